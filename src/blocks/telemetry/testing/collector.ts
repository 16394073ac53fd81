import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "../../node/index.ts";
import type { Batch, LogData, MetricData, Signal, SpanData } from "../otlp/model.ts";
import { decodeRequest } from "../otlp/request.ts";

/** A request as a collector got it. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What it answers: a status, and headers with it; undefined for nothing at all. */
export type CollectorAnswer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | undefined;

/** A collector on loopback for tests: it keeps what it gets, and answers as it is told. */
export interface TestCollector extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly Received[];
  /** What follows is answered so. */
  answer(as: CollectorAnswer): void;
  spans(): Batch<SpanData>[];
  metrics(): Batch<MetricData>[];
  logs(): Batch<LogData>[];
  /** Resolves once there are so many requests. */
  received(count: number): Promise<void>;
}

export async function startCollector(): Promise<TestCollector> {
  const requests: Received[] = [];
  let answer: CollectorAnswer = { status: 200 };
  let changed = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { url = "", headers } = request;
      requests.push({ path: url, headers, body: Buffer.concat(pieces) });
      if (answer) response.writeHead(answer.status, answer.headers).end();
      changed.resolve();
      changed = Promise.withResolvers<void>();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const of = <Of extends Signal>(signal: Of) =>
    requests
      .filter(({ path }) => path === `/v1/${signal}`)
      .flatMap(({ body }) => decodeRequest(signal, "protobuf", body));
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answer(as) {
      answer = as;
    },
    spans: () => of("traces"),
    metrics: () => of("metrics"),
    logs: () => of("logs"),
    async received(count) {
      while (requests.length < count) await changed.promise;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
