import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  decodeRequest,
  type MetricData,
  type Resource,
  type SpanData,
} from "../../../blocks/telemetry/otlp/index.ts";

/** A collector that keeps what it is told. */
export interface TestCollector extends AsyncDisposable {
  readonly endpoint: string;
  readonly resources: readonly Resource[];
  readonly spans: readonly SpanData[];
  /** `Authorization` of the last request. */
  readonly key: string | undefined;
  /** As told last. */
  metric(name: string): MetricData | undefined;
  /** Resolves once something more has been told. */
  next(): Promise<void>;
}

/** Listens on a free port of loopback. */
export async function testCollector(): Promise<TestCollector> {
  const spans: SpanData[] = [];
  const resources: Resource[] = [];
  let metrics: readonly MetricData[] = [];
  let key: string | undefined;
  let { promise: told, resolve: tell } = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    const bytes = Buffer.concat(await request.toArray());
    key = request.headers.authorization;
    if (request.url === "/v1/traces") {
      for (const { items, resource } of decodeRequest("traces", "protobuf", bytes)) {
        spans.push(...items);
        resources.push(resource);
      }
    } else if (request.url === "/v1/metrics") {
      const batches = decodeRequest("metrics", "protobuf", bytes);
      metrics = batches.flatMap(({ items }) => items);
      resources.push(...batches.map(({ resource }) => resource));
    } else response.statusCode = 404;
    response.end();
    const before = tell;
    ({ promise: told, resolve: tell } = Promise.withResolvers<void>());
    before();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    resources,
    get key() {
      return key;
    },
    metric: (name) => metrics.find((one) => one.name === name),
    next: () => told,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
