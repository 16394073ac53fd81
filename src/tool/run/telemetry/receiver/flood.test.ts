import assert from "node:assert/strict";
import { test } from "node:test";
import { Metadata } from "@grpc/grpc-js";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import type { TelemetrySink } from "../../../../blocks/telemetry/otlp/index.ts";
import { type Clock, SimulatedClock, systemClock } from "../../../../blocks/time/index.ts";
import { openReceiver, type Receiver } from "./receiver.ts";
import { post, spansRequest } from "./receiver-fixture.ts";

const token = "token-of-a-test";

/** Takes everything and keeps nothing. */
function countingSink() {
  const counts = { spans: 0 };
  const sink: TelemetrySink = {
    spans: (batch) => {
      counts.spans += batch.items.length;
    },
    metrics: () => {},
    logs: () => {},
  };
  return { sink, counts };
}

/** A clock on which each look takes a millisecond, so that decoding has a cost that does not depend on the machine. */
function costlyClock(): Clock {
  const simulated = new SimulatedClock();
  let nowMs = 0;
  return {
    wallMs: () => simulated.wallMs(),
    monotonicMs: () => ++nowMs,
    setTimer: (delayMs, callback) => simulated.setTimer(delayMs, callback),
    sleep: (delayMs, options) => simulated.sleep(delayMs, options),
  };
}

function droppedOf(receiver: Receiver): number {
  return Object.values(receiver.status().traces.dropped).reduce((sum, count) => sum + count, 0);
}

test("beyond the budget requests are told to come again, and what they held is counted to the last span", async () => {
  const { sink, counts } = countingSink();
  const clock = costlyClock();
  await using receiver = await openReceiver({ clock, port: 0, token, sink, decodeShare: 0.01 });
  const statuses = new Map<number, number>();
  const json = Buffer.from(
    JSON.stringify({
      resourceSpans: [
        { scopeSpans: [{ spans: Array(10).fill({ traceId: "1".repeat(32), spanId: "2".repeat(16) }) }] },
      ],
    }),
  );
  let sent = 0;
  for (let at = 0; at < 150; at++) {
    const isJson = at % 2 === 0;
    const headers: Record<string, string> = isJson ? { "content-type": "application/json" } : {};
    const body = isJson ? json : spansRequest(2_000);
    const answer = await post({ port: receiver.port, token, body, headers, isGzip: at % 3 === 0 });
    sent += isJson ? 10 : 2_000;
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    if (answer.status === 429) assert.ok(Number(answer.headers["retry-after"]) >= 1);
  }
  assert.deepEqual([...statuses.keys()].sort(), [200, 429]);
  const { received, dropped } = receiver.status().traces;
  assert.equal(received, counts.spans);
  assert.ok((dropped.overload ?? 0) > 0);
  assert.equal(received + (dropped.overload ?? 0), sent);
});

test("a large request is decoded in many turns of the event loop, none of which takes long", async () => {
  let inThisTurn = 0;
  let most = 0;
  const sink: TelemetrySink = {
    spans: (batch) => {
      if (inThisTurn === 0) setImmediate(() => (inThisTurn = 0));
      inThisTurn += batch.items.length;
      most = Math.max(most, inThisTurn);
    },
    metrics: () => {},
    logs: () => {},
  };
  await using receiver = await openReceiver({ clock: costlyClock(), port: 0, token, sink });
  const answer = await post({ port: receiver.port, token, body: spansRequest(40_000), isGzip: true });
  assert.equal(answer.status, 200);
  assert.equal(receiver.status().traces.received, 40_000);
  // On this clock a batch takes a millisecond, and a turn ends with the fourth.
  assert.ok(most >= 256 && most <= 5 * 256, `${most} spans in one turn`);
});

test("a client of gRPC is told of overload in words that it understands", async () => {
  const { sink } = countingSink();
  await using receiver = await openReceiver({
    clock: costlyClock(),
    port: 0,
    token,
    sink,
    decodeShare: 0.001,
  });
  const body = spansRequest(2_000);
  for (let at = 0; droppedOf(receiver) === 0; at++) {
    assert.ok(at < 200);
    await post({ port: receiver.port, token, body });
  }
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  const url = `http://127.0.0.1:${receiver.port}`;
  const exporter = new OTLPTraceExporter({ url, metadata, timeoutMillis: 300 });
  const result = await new Promise<{ code: number; error?: Error }>((resolve) =>
    exporter.export([], resolve),
  );
  await exporter.shutdown();
  assert.equal(result.code, 1);
  assert.match(String(result.error?.message), /RESOURCE_EXHAUSTED: more arrives/);
});

test("a flood of spans takes no more memory the longer it lasts", async (t) => {
  const { sink, counts } = countingSink();
  await using receiver = await openReceiver({ clock: systemClock, port: 0, token, sink });
  const body = spansRequest(2_500);
  let sent = 0;
  const flood = async (requests: number) => {
    let left = requests;
    const sender = async () => {
      while (left-- > 0) {
        await post({ port: receiver.port, token, body });
        sent += 2_500;
      }
    };
    await Promise.all(Array.from({ length: 8 }, sender));
  };
  await flood(80);
  const before = process.memoryUsage();
  const startMs = systemClock.monotonicMs();
  await flood(160);
  const tookMs = systemClock.monotonicMs() - startMs;
  const after = process.memoryUsage();
  t.diagnostic(`${Math.round((160 * 2_500) / tookMs)} spans per ms offered`);
  assert.ok(after.rss - before.rss < 48 * 1024 * 1024, `${after.rss - before.rss} bytes more`);
  assert.equal(receiver.status().traces.received, counts.spans);
  assert.equal(counts.spans + droppedOf(receiver), sent);
  assert.ok(droppedOf(receiver) > 0, "more was offered than a quarter of the time can decode");
});
