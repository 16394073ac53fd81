import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock, seededRandom } from "../../time/index.ts";
import type { SpanData } from "../otlp/model.ts";
import { startCollector, type TestCollector } from "../testing/collector.ts";
import { ExportQueue } from "./export-queue.ts";
import { createExporter, type ExporterOptions } from "./exporter.ts";
import { spanSizeBytes } from "./item-size.ts";
import { retryAfterMs } from "./otlp-client.ts";

function spanOf(name: string): SpanData {
  return {
    traceId: "a".repeat(32),
    spanId: "b".repeat(16),
    parentSpanId: undefined,
    traceState: "",
    name,
    kind: 1,
    startUs: 1_000_000,
    endUs: 2_000_000,
    attributes: {},
    events: [],
    links: [],
    status: 0,
    statusMessage: "",
  };
}

function exporterTo(collector: TestCollector, options: Partial<ExporterOptions> = {}) {
  const clock = new SimulatedClock();
  const exporter = createExporter({
    clock,
    random: seededRandom(1),
    resource: { attributes: { "service.name": "test" } },
    scope: { name: "test", version: "" },
    endpoints: { traces: { url: new URL(`${collector.url}/v1/traces`), headers: {} } },
    collect: () => [],
    ...options,
  });
  return { clock, exporter };
}

/** Lets sockets move, without moving the clock, until a condition holds. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000 && !condition(); turn++)
    await new Promise((resolve) => setImmediate(resolve));
  assert.ok(condition(), `it never came true that ${condition}`);
}

test("spans wait a second for others and go in one request; an idle exporter has no timer", async () => {
  await using collector = await startCollector();
  const { clock, exporter } = exporterTo(collector);
  exporter.span(spanOf("a"));
  await clock.advance(999);
  exporter.span(spanOf("b"));
  assert.equal(collector.requests.length, 0);
  await clock.advance(1);
  await collector.received(1);
  assert.deepEqual(
    collector.spans().flatMap(({ items }) => items.map(({ name }) => name)),
    ["a", "b"],
  );
  await until(() => exporter.counters.traces.sent === 2);
  assert.equal(clock.pendingTimers, 0);
  await exporter.close();
});

test("a request's worth is sent at once, over one connection", async () => {
  await using collector = await startCollector();
  const { exporter } = exporterTo(collector);
  for (let count = 0; count < 1_200; count++) exporter.span(spanOf(`s${count}`));
  await until(() => exporter.counters.traces.sent === 1_200);
  assert.deepEqual(
    collector.spans().map(({ items }) => items.length),
    [512, 512, 176],
  );
  await exporter.close();
});

test("what a busy collector does not take is sent again when it says, and once", async () => {
  await using collector = await startCollector();
  const { clock, exporter } = exporterTo(collector);
  collector.answer({ status: 429, headers: { "retry-after": "7" } });
  exporter.span(spanOf("a"));
  await clock.advance(1_000);
  await collector.received(1);
  await until(() => exporter.counters.traces.trouble !== "");
  collector.answer({ status: 200 });
  await clock.advance(6_999);
  assert.equal(collector.requests.length, 1);
  await clock.advance(1);
  await collector.received(2);
  await until(() => exporter.counters.traces.sent === 1);
  assert.deepEqual(exporter.counters.traces, { sent: 1, lost: 0, trouble: "", turnedAway: 0 });
  assert.deepEqual(collector.requests[0]?.body, collector.requests[1]?.body);
  await exporter.close();
});

test("what a collector refuses for good is lost and counted, and what follows is sent", async () => {
  await using collector = await startCollector();
  const { clock, exporter } = exporterTo(collector);
  collector.answer({ status: 400 });
  exporter.span(spanOf("a"));
  await clock.advance(1_000);
  await until(() => exporter.counters.traces.lost === 1);
  assert.match(exporter.counters.traces.trouble, /400/);
  collector.answer({ status: 202 });
  exporter.span(spanOf("b"));
  await clock.advance(1_000);
  await until(() => exporter.counters.traces.sent === 1);
  await exporter.close();
});

test("a collector that is away costs a bounded queue, growing waits, and in the end what waited longest", async () => {
  await using collector = await startCollector();
  const endpoints = { traces: { url: new URL("http://127.0.0.1:1/v1/traces"), headers: {} } };
  const spansMax = { itemsMax: 10, sizeBytesMax: 1_000_000 };
  const { clock, exporter } = exporterTo(collector, { endpoints, spansMax });
  exporter.span(spanOf("first"));
  await clock.advance(1_000);
  await until(() => exporter.counters.traces.trouble.includes("ECONNREFUSED"));
  for (let count = 0; count < 100; count++) exporter.span(spanOf(`s${count}`));
  assert.equal(exporter.counters.traces.turnedAway, 90);
  for (let wait = 0; wait < 200 && exporter.counters.traces.lost === 0; wait++) {
    await clock.advance(1_000);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(exporter.counters.traces.lost, 1);
  await exporter.close();
  assert.equal(exporter.counters.traces.lost, 11);
});

test("a collector that hangs is given up after its timeout, and holds a close for no longer than that may take", async () => {
  await using collector = await startCollector();
  collector.answer(undefined);
  const endpoints = { traces: { url: new URL(`${collector.url}/v1/traces`), headers: {}, timeoutMs: 500 } };
  const { clock, exporter } = exporterTo(collector, { endpoints });
  exporter.span(spanOf("a"));
  await clock.advance(1_000);
  await collector.received(1);
  await clock.advance(500);
  await until(() => exporter.counters.traces.trouble.includes("in time"));
  const closed = exporter.close({ timeoutMs: 200 });
  await collector.received(2);
  await clock.advance(200);
  await closed;
  exporter.span(spanOf("late"));
  await clock.advance(10_000);
  assert.equal(collector.requests.length, 2);
  assert.equal(clock.pendingTimers, 0);
});

test("a collector that hangs as the exporter closes is asked nothing more once that is over", async () => {
  await using collector = await startCollector();
  collector.answer(undefined);
  const { clock, exporter } = exporterTo(collector);
  exporter.span(spanOf("a"));
  await clock.advance(1_000);
  await collector.received(1);
  exporter.span(spanOf("b"));
  const closed = exporter.close({ timeoutMs: 200 });
  await clock.advance(200);
  await closed;
  await until(() => exporter.counters.traces.lost === 2);
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(collector.requests.length, 1);
  assert.equal(clock.pendingTimers, 0);
});

test("metrics are told at each interval and once more at the end; a collection that fails is passed over", async () => {
  await using collector = await startCollector();
  let value = 0;
  const endpoints = { metrics: { url: new URL(`${collector.url}/v1/metrics`), headers: {} } };
  const { clock, exporter } = exporterTo(collector, {
    endpoints,
    collect: () => [
      {
        name: "count",
        description: "",
        unit: "",
        kind: "gauge",
        points: [{ attributes: {}, startUs: 0, timeUs: 1, value: ++value, exemplars: [] }],
      },
    ],
  });
  await clock.advance(10_000);
  await collector.received(1);
  await until(() => exporter.counters.metrics.sent === 1);
  await clock.advance(10_000);
  await collector.received(2);
  await exporter.close();
  const values = collector
    .metrics()
    .flatMap(({ items }) => items.flatMap((metric) => (metric.kind === "gauge" ? metric.points : [])))
    .map((point) => point.value);
  assert.deepEqual(values, [1, 2, 3]);
});

test("what cannot be written down is lost alone", async () => {
  await using collector = await startCollector();
  const { clock, exporter } = exporterTo(collector);
  const hostile = { ...spanOf("a"), attributes: null } as unknown as SpanData;
  assert.doesNotThrow(() => exporter.span(hostile));
  await clock.advance(1_000);
  await until(() => exporter.counters.traces.lost + exporter.counters.traces.sent === 1);
  exporter.span(spanOf("b"));
  await clock.advance(1_000);
  await until(() => collector.spans().some(({ items }) => items.some(({ name }) => name === "b")));
  await exporter.close();
});

test("a queue never holds more than it may, and gives back the oldest in their order", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("offer" as const), sizeBytes: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ do: fc.constant("take" as const), count: fc.integer({ min: 1, max: 5 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100, size: "max" }), (steps) => {
      const queue = new ExportQueue<number>({ itemsMax: 8, sizeBytesMax: 100 });
      const expected: { id: number; sizeBytes: number }[] = [];
      let turnedAway = 0;
      for (const [id, one] of steps.entries()) {
        const held = expected.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        if (one.do === "offer") {
          const fits = expected.length < 8 && held + one.sizeBytes <= 100;
          assert.equal(queue.offer(id, one.sizeBytes), fits);
          if (fits) expected.push({ id, sizeBytes: one.sizeBytes });
          else turnedAway++;
        } else {
          const taken = queue.take({ itemsMax: one.count, sizeBytesMax: 60 });
          const gone = expected.splice(0, taken.length);
          assert.deepEqual(
            taken,
            gone.map(({ id: each }) => each),
          );
          assert.equal(taken.length > 0, gone.length > 0 || expected.length > 0);
          assert.ok(taken.length <= 1 || gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) <= 60);
        }
        assert.equal(queue.length, expected.length);
        assert.equal(queue.turnedAway, turnedAway);
      }
    }),
  );
});

test("an item's size grows with its texts, however deep they are", () => {
  const small = spanSizeBytes(spanOf("a"));
  const text = "x".repeat(1_000);
  assert.ok(spanSizeBytes({ ...spanOf("a"), attributes: { a: [{ b: text }, text] } }) >= small + 2_000);
  assert.ok(
    spanSizeBytes({ ...spanOf("a"), events: [{ timeUs: 1, name: text, attributes: {} }] }) >= small + 1_000,
  );
});

test("Retry-After is read as seconds and as a date, and never beyond a minute", () => {
  const nowMs = Date.UTC(2026, 0, 1);
  assert.equal(retryAfterMs("3", nowMs), 3_000);
  assert.equal(retryAfterMs("Thu, 01 Jan 2026 00:00:05 GMT", nowMs), 5_000);
  assert.equal(retryAfterMs("Thu, 01 Jan 2025 00:00:05 GMT", nowMs), 0);
  assert.equal(retryAfterMs("999999", nowMs), 60_000);
  for (const value of [undefined, "soon", "-1 apples", ""])
    assert.equal(retryAfterMs(value, nowMs), undefined);
});
