import type { IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { request } from "../../../../blocks/node/index.ts";
import {
  type Batch,
  encodeRequest,
  type LogData,
  type MetricData,
  type SpanData,
  type TelemetrySink,
} from "../../../../blocks/telemetry/otlp/index.ts";

/** A sink that keeps what it got. */
export interface KeptTelemetry extends TelemetrySink {
  readonly kept: { spans: SpanData[]; metrics: MetricData[]; logs: LogData[]; batches: number };
}

export function keepingSink(): KeptTelemetry {
  const kept: KeptTelemetry["kept"] = { spans: [], metrics: [], logs: [], batches: 0 };
  const take =
    <Item>(into: Item[]) =>
    (batch: Batch<Item>) => {
      kept.batches++;
      for (const item of batch.items) into.push(item);
    };
  return { kept, spans: take(kept.spans), metrics: take(kept.metrics), logs: take(kept.logs) };
}

/** A request of that many spans, of about 300 bytes each. */
export function spansRequest(
  count: number,
  resource: Record<string, string> = { "service.name": "a" },
): Uint8Array {
  const items = Array.from({ length: count }, (_, at): SpanData => {
    const id = (at + 1).toString(16);
    return {
      traceId: id.padStart(32, "a"),
      spanId: id.padStart(16, "b"),
      parentSpanId: undefined,
      traceState: "",
      name: "GET /:id",
      kind: 2,
      startUs: 1_790_000_000_000_000 + at,
      endUs: 1_790_000_000_000_500 + at,
      attributes: {
        "http.request.method": "GET",
        "http.route": "/:id",
        "url.path": `/${id}`,
        "http.response.status_code": 302,
        "server.address": "127.0.0.1",
        "user_agent.original": "Mozilla/5.0 (X11; Linux x86_64)",
      },
      events: [],
      links: [],
      status: 0,
      statusMessage: "",
    };
  });
  return encodeRequest("traces", [
    { resource: { attributes: resource }, scope: { name: "s", version: "" }, items },
  ]);
}

export interface PostOptions {
  readonly port: number;
  readonly token: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body: Uint8Array;
  readonly isGzip?: boolean;
  readonly method?: string;
}

export interface PostAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends one request of OTLP/HTTP, protobuf unless the headers say otherwise. */
export function post(options: PostOptions): Promise<PostAnswer> {
  const { port, token, path = "/v1/traces", headers = {}, isGzip = false, method = "POST" } = options;
  const body = isGzip ? gzipSync(options.body) : options.body;
  const fields: Record<string, string> = {
    "content-type": "application/x-protobuf",
    authorization: `Bearer ${token}`,
    ...(isGzip ? { "content-encoding": "gzip" } : {}),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const sending = request({ host: "127.0.0.1", port, path, method, headers: fields }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    sending.on("error", reject);
    sending.end(body);
  });
}

/** Writes bytes to a port, in pieces if there are several, and gives what came back when the other side has closed. */
export function exchangeRaw(port: number, pieces: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.setNoDelay(true);
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
    const [first, ...rest] = pieces;
    const writeNext = (piece: string | Uint8Array | undefined) => {
      if (piece === undefined) return;
      socket.write(piece, () => setImmediate(() => writeNext(rest.shift())));
    };
    writeNext(first);
  });
}
