import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { HistogramPoint, MetricData, NumberPoint } from "../../blocks/telemetry/otlp/index.ts";
import { SimulatedClock, systemClock } from "../../blocks/time/index.ts";
import type { TelemetryConfig } from "./config/index.ts";
import { type TestCollector, testCollector } from "./testing/collector.ts";
import { ask, closedPort, configFor, edgeFor, httpOrigin } from "./testing/servers.ts";

const service = { name: "front", namespace: "shop" };

function telemetryFor({ endpoint }: TestCollector, more: Partial<TelemetryConfig> = {}): TelemetryConfig {
  return { endpoint, service, headers: { authorization: "Bearer key" }, metricsIntervalMs: 100, ...more };
}

function durations(metric: MetricData | undefined): readonly HistogramPoint[] {
  assert.ok(metric?.kind === "histogram");
  return metric.points;
}

function numbers(metric: MetricData | undefined): readonly NumberPoint[] {
  assert.ok(metric?.kind === "sum" || metric?.kind === "gauge");
  return metric.points;
}

test("a collector hears of requests and attempts, with traces that they can be followed to", async () => {
  await using collector = await testCollector();
  await using origin = await httpOrigin((request, response) => {
    response.writeHead(request.url === "/bad" ? 500 : 200).end("x");
  });
  const edge = await edgeFor([origin.port], { telemetry: telemetryFor(collector) });
  for (const path of ["/", "/", "/bad"]) await ask(edge.port, { path });
  await ask(edge.port, { method: "POST", body: "x" });
  await edge.close();
  assert.equal(collector.key, "Bearer key");
  for (const { attributes } of collector.resources) {
    assert.equal(attributes["service.name"], "front");
    assert.equal(attributes["service.instance.id"], "front");
    assert.equal(attributes["service.namespace"], "shop");
  }
  assert.equal(collector.spans.length, 8);
  const server = durations(collector.metric("http.server.request.duration"));
  const counts = server.map(({ attributes, count }) => [
    attributes["http.route"],
    attributes["http.request.method"],
    attributes["http.response.status_code"],
    attributes["error.type"],
    count,
  ]);
  assert.deepEqual(counts.sort(), [
    ["/*", "GET", 200, undefined, 2],
    ["/*", "GET", 500, "500", 1],
    ["/*", "POST", 200, undefined, 1],
  ]);
  const client = durations(collector.metric("http.client.request.duration"));
  const failed = client.find(({ attributes }) => attributes["error.type"] === "500");
  assert.deepEqual(
    { ...failed?.attributes },
    {
      "trestle.peer": "service",
      "trestle.endpoint": "service.1",
      "http.response.status_code": 500,
      "error.type": "500",
      "server.address": "127.0.0.1",
      "server.port": origin.port,
    },
  );
  assert.equal(
    client.reduce((sum, { count }) => sum + count, 0),
    4,
  );
  const kinds = new Map(collector.spans.map(({ spanId, kind }) => [spanId, kind]));
  const examples = [...server, ...client].flatMap(({ exemplars }) => exemplars);
  assert.ok(examples.every(({ traceId }) => collector.spans.some((span) => span.traceId === traceId)));
  assert.ok(server.every(({ exemplars }) => exemplars.every(({ spanId }) => kinds.get(spanId) === 2)));
  assert.ok(client.every(({ exemplars }) => exemplars.every(({ spanId }) => kinds.get(spanId) === 3)));
});

test("how an upstream stands is told each time, and totals grow from one telling to the next", async () => {
  await using collector = await testCollector();
  await using origin = await httpOrigin((_, response) => response.end("x"));
  const closed = await closedPort();
  await using edge = await edgeFor([origin.port, closed], { telemetry: telemetryFor(collector) });
  await ask(edge.port);
  await ask(edge.port);
  const total = () =>
    durations(collector.metric("http.server.request.duration")).reduce((sum, { count }) => sum + count, 0);
  while (!collector.metric("http.server.request.duration") || total() < 2) await collector.next();
  const value = (name: string) => numbers(collector.metric(name))[0]?.value;
  assert.equal(value("trestle.edge.upstream.endpoints.known"), 2);
  assert.equal(value("trestle.edge.upstream.requests.active"), 0);
  const connections = numbers(collector.metric("trestle.edge.connections.opened"));
  assert.equal(connections[0]?.attributes["network.protocol.name"], "http1");
  assert.ok(
    durations(collector.metric("http.client.request.duration")).some(
      ({ attributes }) => attributes["error.type"] === "unreachable" && attributes["server.port"] === closed,
    ),
  );
  await ask(edge.port);
  while (total() < 3) await collector.next();
});

test("an upstream of HTTP/2 hears of the trace, and no update gives traces new room in a second", async () => {
  await using collector = await testCollector();
  const seen: string[] = [];
  const origin = createServer((request, response) => {
    seen.push(String(request.headers.traceparent));
    response.end("x");
  }).listen(0, "127.0.0.1");
  await once(origin, "listening");
  const { port } = origin.address() as AddressInfo;
  const telemetry = telemetryFor(collector, { traces: { perSecondMax: 3 } });
  const more = { telemetry, upstream: { protocol: "http2" } } as const;
  const clock = new SimulatedClock();
  const edge = await edgeFor([port], more, { clock });
  for (let at = 0; at < 6; at++) {
    await ask(edge.port);
    await edge.update(configFor([port], more));
  }
  const closed = edge.close();
  await closed;
  origin.close();
  const parents = collector.spans.filter(({ kind }) => kind === 3);
  assert.deepEqual(
    seen.filter((one) => one.endsWith("-01")),
    parents.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
  );
  assert.ok(parents.length >= 1 && parents.length <= 3, String(parents.length));
  assert.equal(seen.length, 6);
});

test("an update can begin telemetry, turn it elsewhere and end it, without a restart", async () => {
  await using one = await testCollector();
  await using other = await testCollector();
  await using origin = await httpOrigin((request, response) =>
    response.end(request.headers.traceparent ?? "none"),
  );
  await using edge = await edgeFor([origin.port]);
  assert.equal((await ask(edge.port)).body, "none");
  const config = (telemetry?: TelemetryConfig) => configFor([origin.port], telemetry ? { telemetry } : {});
  await edge.update(config(telemetryFor(one)));
  assert.match((await ask(edge.port)).body, /-01$/);
  await edge.update(config(telemetryFor(one, { traces: { share: 0 } })));
  assert.match((await ask(edge.port)).body, /-00$/);
  await edge.update(config(telemetryFor(other)));
  assert.match((await ask(edge.port)).body, /-01$/);
  await edge.update(config());
  assert.equal((await ask(edge.port)).body, "none");
  while (one.spans.length < 2) await one.next();
  while (other.spans.length < 2) await other.next();
  assert.deepEqual([one.spans.length, other.spans.length], [2, 2]);
});

test("totals are those since the edge began, and do not fall for whom telemetry was off in between", async () => {
  await using collector = await testCollector();
  await using origin = await httpOrigin((_, response) => response.end("x"));
  const beforeUs = systemClock.wallMs() * 1_000;
  await using edge = await edgeFor([origin.port]);
  const startedUs = systemClock.wallMs() * 1_000 + 2_000;
  await ask(edge.port);
  const telemetry = telemetryFor(collector);
  const counts = async (name: string, count: number) => {
    const total = () => durations(collector.metric(name)).reduce((sum, point) => sum + point.count, 0);
    while (!collector.metric(name) || total() < count) await collector.next();
    assert.equal(total(), count);
    for (const { startUs } of durations(collector.metric(name)))
      assert.ok(startUs >= beforeUs - 2_000 && startUs <= startedUs);
  };
  await edge.update(configFor([origin.port], { telemetry }));
  await ask(edge.port);
  await counts("http.server.request.duration", 2);
  await counts("http.client.request.duration", 1);
  await edge.update(configFor([origin.port]));
  await ask(edge.port);
  await edge.update(configFor([origin.port], { telemetry }));
  await ask(edge.port);
  await counts("http.server.request.duration", 4);
  await counts("http.client.request.duration", 2);
});

test("a collector that is not there, or does not answer, is no trouble to requests nor to the edge's end", async () => {
  await using origin = await httpOrigin((_, response) => response.end("x"));
  await using silent = await httpOrigin(() => {});
  for (const port of [await closedPort(), silent.port]) {
    const telemetry = { endpoint: `http://127.0.0.1:${port}`, service, metricsIntervalMs: 100 };
    const edge = await edgeFor([origin.port], { telemetry });
    assert.equal((await ask(edge.port)).status, 200);
    await edge.close();
  }
});
