import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Reporter, simulatedStore } from "./reporter.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes that are in use: arrays outside of the heap are let go of a moment after the collection. */
async function usedBytes(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Parts whose routes are each hit every second, unevenly, so that nothing is quiet. */
async function busy(routes: number, seconds: number, bytesMax?: number) {
  const { clock, store } = simulatedStore(bytesMax === undefined ? {} : { bytesMax });
  const reporters = ["a.1", "b.1", "c.1"].map((replica) => new Reporter(store, clock, "delta", replica));
  for (let second = 0; second < seconds; second++) {
    await clock.advance(1_000);
    for (const reporter of reporters) {
      for (let route = 0; route < routes; route++) {
        const attributes = { "http.route": `/route-${route}`, "http.request.method": "GET" };
        reporter.count(1 + ((second * route) % 5), attributes);
        for (let index = 0; index < 4; index++)
          reporter.took(0.004 * 2 ** ((second + route + index) % 6), attributes);
      }
      reporter.report();
    }
  }
  return { clock, store };
}

test("the estimate of its size is near what the heap grows by", async () => {
  // All of them are held until the end: one that was let go of meanwhile would be counted against the next.
  const held = [await busy(2, 5)];
  for (const [routes, seconds] of [
    [150, 3],
    [60, 130],
  ] as const) {
    const before = await usedBytes();
    const { store, clock } = await busy(routes, seconds);
    held.push({ store, clock });
    const grownBytes = (await usedBytes()) - before;
    const { bytes, series } = store.status();
    assert.equal(series, 3 * 2 * routes);
    const ratio = grownBytes / bytes;
    assert.ok(ratio > 0.6 && ratio < 1.3, `the heap grew by ${grownBytes} bytes, ${bytes} are booked`);
  }
  assert.equal(held.length, 3);
});

test("a store keeps within its bytes by reaching less far back, and its sums over what it keeps stay right", async () => {
  const bytesMax = 2_000_000;
  const { clock, store } = await busy(40, 600, bytesMax);
  const { bytes, series, fromMs } = store.status();
  assert.ok(bytes <= bytesMax, `${bytes} bytes`);
  assert.equal(series, 240, "no series had to go");
  const nowMs = clock.wallMs();
  assert.ok(nowMs - fromMs >= 590_000, "the coarse tiers still reach back");
  const count = store.histogram({ name: "took" }, nowMs - 500_000, nowMs)?.count ?? 0;
  const expected = 500 * 3 * 40 * 4;
  assert.ok(Math.abs(count - expected) < 0.02 * expected, `${count} of ${expected}`);
});

test("a store that is full of series that report lets the fewest go, and counts that", async () => {
  const { store } = await busy(60, 60, 500_000);
  const { bytes, series, dropped } = store.status();
  assert.ok(bytes <= 500_000, `${bytes} bytes`);
  assert.ok(series > 50 && series < 360, `${series} series are left`);
  assert.ok((dropped["store-full"] ?? 0) > 0);
});

test("a small system costs little", () => {
  const { clock, store } = simulatedStore();
  assert.equal(store.status().bytes, 0);
  for (let replica = 1; replica <= 10; replica++) {
    const own = { unit: "1", part: "web", replica: `web.${replica}`, timeMs: clock.wallMs(), value: 0.5 };
    store.gauge({ ...own, name: "process.cpu.utilization" });
    store.gauge({ ...own, name: "process.memory.usage" });
  }
  assert.ok(store.status().bytes < 50_000, `${store.status().bytes} bytes`);
});
