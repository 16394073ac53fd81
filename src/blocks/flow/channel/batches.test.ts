import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../time/index.ts";
import { batches } from "./batches.ts";
import { channel } from "./open-channel.ts";

test("a batch comes when it is full, and otherwise when its first item has waited long enough", async () => {
  const clock = new SimulatedClock();
  const items = channel<number>({ capacity: 100, whenFull: "error" });
  const seen: { atMs: number; batch: number[] }[] = [];
  const loop = (async () => {
    for await (const batch of batches(items, { size: 3, lingerMs: 50, clock })) {
      seen.push({ atMs: clock.monotonicMs(), batch });
    }
  })();
  for (const item of [1, 2, 3, 4]) items.send(item);
  await clock.advance(30);
  items.send(5);
  await clock.advance(100);
  items.send(6);
  await clock.advance(20);
  items.close();
  await loop;
  assert.deepEqual(seen, [
    { atMs: 0, batch: [1, 2, 3] },
    { atMs: 50, batch: [4, 5] },
    { atMs: 150, batch: [6] },
  ]);
  assert.equal(clock.pendingTimers, 0);
});

test("nothing is taken from the channel while the consumer is busy", async () => {
  const items = channel<number>({ capacity: 10, whenFull: "error" });
  for (let item = 0; item < 10; item++) items.send(item);
  for await (const batch of batches(items, { size: 4 })) {
    assert.deepEqual(batch, [0, 1, 2, 3]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(items.length, 6);
    break;
  }
  assert.equal(await items.receive(), 4);
});

test("an abort still hands out what was gathered, then ends the loop with its reason", async () => {
  const clock = new SimulatedClock();
  const items = channel<number>({ capacity: 10, whenFull: "error" });
  const abort = new AbortController();
  const seen: number[][] = [];
  const loop = (async () => {
    const drawn = batches(items, { size: 3, lingerMs: 1_000, clock, signal: abort.signal });
    for await (const batch of drawn) seen.push(batch);
  })();
  items.send(1);
  await clock.advance(10);
  abort.abort(new Error("going down"));
  await assert.rejects(loop, /going down/);
  assert.deepEqual(seen, [[1]]);
  items.send(2);
  assert.equal(items.tryReceive(), 2);
  assert.equal(clock.pendingTimers, 0);
  assert.equal(getEventListeners(abort.signal, "abort").length, 0);
});

test("what is gathered is handed out though no more receivers may wait", async () => {
  const clock = new SimulatedClock();
  const items = channel<number>({ capacity: 10, whenFull: "error", waitersMax: 1 });
  items.send(1);
  const drawing = batches(items, { size: 2, lingerMs: 50, clock })[Symbol.asyncIterator]();
  const first = drawing.next();
  const other = items.receive();
  assert.deepEqual((await first).value, [1]);
  items.close();
  assert.equal(await other, undefined);
  assert.equal(clock.pendingTimers, 0);
});

test("whatever the schedule, batches hold every item once, in order, none empty, too large or late", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 0, max: 40 }),
      fc.array(
        fc.record({ afterMs: fc.integer({ min: 0, max: 60 }), burst: fc.integer({ min: 1, max: 12 }) }),
        {
          maxLength: 12,
          size: "max",
        },
      ),
      async (size, lingerMs, sends) => {
        const clock = new SimulatedClock();
        const items = channel<{ order: number; atMs: number }>({ capacity: 1_000, whenFull: "error" });
        const orders: number[] = [];
        const loop = (async () => {
          for await (const batch of batches(items, { size, lingerMs, clock })) {
            assert.ok(batch.length >= 1 && batch.length <= size);
            for (const { order, atMs } of batch) {
              assert.ok(clock.monotonicMs() - atMs <= lingerMs);
              orders.push(order);
            }
          }
        })();
        let order = 0;
        for (const { afterMs, burst } of sends) {
          await clock.advance(afterMs);
          for (let count = 0; count < burst; count++)
            items.send({ order: order++, atMs: clock.monotonicMs() });
        }
        items.close();
        await loop;
        assert.deepEqual(
          orders,
          Array.from({ length: order }, (_, index) => index),
        );
        assert.equal(clock.pendingTimers, 0);
      },
    ),
    { numRuns: 60 },
  );
});

test("sizes and times out of their range are refused by name", () => {
  const items = channel<number>({ capacity: 1, whenFull: "error" });
  assert.throws(() => batches(items, { size: 0 }), /^RangeError: size/);
  assert.throws(() => batches(items, { size: 1, lingerMs: Number.NaN }), /^RangeError: lingerMs/);
});
