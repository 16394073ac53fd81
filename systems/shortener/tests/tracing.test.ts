import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { databaseCalls, memoryTelemetry } from "trestle/telemetry";
import { SimulatedClock, seededRandom } from "trestle/time";
import { RespClient } from "../redirect/resp/resp-client.ts";
import { RespStore } from "../redirect/resp-store.ts";
import { startMemoryShortener } from "../testing/memory-shortener.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";

test("a request is a span of its caller's trace, under its route's name and never under its code", async () => {
  await using shortener = await startMemoryShortener();
  const { origin, telemetry } = shortener;
  const traceparent = `00-${TRACE}-${CALLER}-01`;
  for (const path of ["/abcdefg", "/healthz", "/api/links/abcdefg?token=secret", "/no/such/page"])
    await fetch(origin + path, { headers: { traceparent }, redirect: "manual" });
  while (telemetry.spans.length < 4) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    telemetry.spans.map(({ name, traceId, parentSpanId, attributes }) => [
      name,
      traceId,
      parentSpanId,
      attributes["http.response.status_code"],
    ]),
    [
      ["GET /:code", TRACE, CALLER, 404],
      ["GET /healthz", TRACE, CALLER, 200],
      ["GET /api/links/:code", TRACE, CALLER, 404],
      ["GET", TRACE, CALLER, 404],
    ],
  );
  assert.ok(!JSON.stringify(telemetry.spans).includes("secret"));
});

test("a request that its caller does not sample is measured and not told", async () => {
  await using shortener = await startMemoryShortener();
  const { origin, telemetry } = shortener;
  await fetch(`${origin}/healthz`, { headers: { traceparent: `00-${TRACE}-${CALLER}-00` } });
  await fetch(`${origin}/healthz`, { headers: { traceparent: `00-${TRACE}-${CALLER}-01` } });
  while (telemetry.spans.length < 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(telemetry.spans.length, 1);
  const metric = telemetry.metrics().find(({ name }) => name === "http.server.request.duration");
  assert.ok(metric?.kind === "histogram");
  assert.equal(metric.points[0]?.count, 2);
  assert.equal(metric.points[0]?.attributes["http.route"], "/healthz");
});

test("what goes wrong within a request is logged with its trace", async () => {
  await using shortener = await startMemoryShortener();
  const { origin, telemetry, store, lines } = shortener;
  store.get = () => Promise.reject(new Error("the test wants it so"));
  const { status } = await fetch(`${origin}/abcdefg`, {
    headers: { traceparent: `00-${TRACE}-${CALLER}-01` },
  });
  assert.equal(status, 500);
  while (telemetry.spans.length < 1) await new Promise((resolve) => setImmediate(resolve));
  const [line] = lines.map((text) => JSON.parse(text) as Record<string, unknown>);
  assert.equal(line?.message, "a request failed");
  assert.equal(line.trace_id, TRACE);
  assert.equal(line.span_id, telemetry.spans[0]?.spanId);
  assert.equal(telemetry.spans[0]?.status, 2);
});

test("what is asked of the cache is a step of the request, with the server's address, and so is what it does not answer", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => socket.write(String(bytes).includes("PING") ? "+PONG\r\n" : "$2\r\nhi\r\n"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const clock = new SimulatedClock();
  const telemetry = memoryTelemetry({ clock, random: seededRandom(1) });
  const client = new RespClient({ url: `redis://127.0.0.1:${port}`, clock });
  const calls = databaseCalls(telemetry, clock, { system: "redis", address: "127.0.0.1", port });
  const store = new RespStore(client, calls);
  while (!client.isReady) await new Promise((resolve) => setImmediate(resolve));

  await telemetry.tracer.span("GET /:code", { kind: "server" }, async () => {
    assert.equal(await store.get("link:a"), "hi");
    client.close();
    assert.equal(await store.get("link:a"), undefined);
  });
  // What no request asks for is measured, and of no trace.
  assert.equal(await store.get("link:a"), undefined);

  const [good, bad, request, ...others] = telemetry.spans;
  assert.equal(others.length, 0);
  assert.equal(good?.parentSpanId, request?.spanId);
  assert.equal(good?.kind, 3);
  assert.deepEqual(good?.attributes, {
    "db.system.name": "redis",
    "server.address": "127.0.0.1",
    "server.port": port,
    "db.operation.name": "GET",
  });
  assert.equal(bad?.status, 2);
  assert.equal(bad?.attributes["error.type"], "NO_REPLY");
  const [metric] = telemetry.metrics();
  assert.ok(metric?.kind === "histogram");
  assert.deepEqual(
    metric.points.map(({ attributes, count }) => [attributes["error.type"], count]),
    [
      [undefined, 1],
      ["NO_REPLY", 2],
    ],
  );
  await new Promise((resolve) => server.close(resolve));
});
