import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { credits } from "./credits.ts";

test("a producer sends what was asked for, and waits for the rest", async () => {
  const gate = credits();
  const sent: number[] = [];
  const producer = (async () => {
    for (let item = 1; item <= 5; item++) {
      await gate.spend();
      sent.push(item);
    }
  })();
  await turn();
  assert.deepEqual(sent, []);
  gate.grant(2);
  await turn();
  assert.deepEqual(sent, [1, 2]);
  gate.grant(10);
  await producer;
  assert.equal(gate.available, 7);
});

test("a large request is not starved by small ones, and lets them through when it gives up", async () => {
  const gate = credits({ initial: 3 });
  const abort = new AbortController();
  const large = gate.spend(5, { signal: abort.signal });
  const small = gate.spend(1);
  assert.equal(gate.trySpend(1), false);
  await turn();
  assert.equal(gate.waiting, 2);
  abort.abort(new Error("changed my mind"));
  await assert.rejects(large, /changed my mind/);
  await small;
  assert.equal(gate.available, 2);
  assert.equal(getEventListeners(abort.signal, "abort").length, 0);
});

test("closing refuses who waits and who comes, and a late grant does nothing", async () => {
  const gate = credits({ initial: 1, waitersMax: 1 });
  const waiting = gate.spend(2);
  await assert.rejects(gate.spend(2), { code: "TOO_MANY_WAITING" });
  const refused = assert.rejects(waiting, { code: "CREDITS_CLOSED" });
  await gate[Symbol.asyncDispose]();
  await refused;
  gate.grant(5);
  assert.equal(gate.available, 0);
  await assert.rejects(gate.spend(), { code: "CREDITS_CLOSED" });
});

test("numbers that are no counts are refused, and so is a grant beyond what HTTP/2 allows", async () => {
  const gate = credits({ initial: 1 });
  for (const count of [0, -1, 0.5, Number.NaN, 2 ** 31]) {
    assert.throws(() => gate.grant(count), /^RangeError: count/);
    await assert.rejects(gate.spend(count), /^RangeError: count/);
  }
  assert.throws(() => gate.grant(2 ** 31 - 1), /^RangeError: count brings/);
  assert.throws(() => credits({ initial: -1 }), /^RangeError: initial/);
  assert.throws(() => credits({ waitersMax: 0 }), /^RangeError: waitersMax/);
});

test("whatever the schedule, never more is spent than was granted, in order, and nobody waits for what is there", async () => {
  const anyStep = fc.oneof(
    fc.record({ kind: fc.constant("grant" as const), count: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant("spend" as const), count: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constant("trySpend" as const), count: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constant("abort" as const), count: fc.nat() }),
    fc.record({ kind: fc.constant("turn" as const), count: fc.constant(0) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 80, size: "max" }), async (steps) => {
      const gate = credits();
      const aborts: AbortController[] = [];
      const served: number[] = [];
      let [granted, spent, order] = [0, 0, 0];
      for (const { kind, count } of steps) {
        if (kind === "grant") {
          granted += count;
          gate.grant(count);
        } else if (kind === "spend") {
          const abort = new AbortController();
          aborts.push(abort);
          const mine = order++;
          gate.spend(count, { signal: abort.signal }).then(
            () => {
              spent += count;
              served.push(mine);
            },
            () => {},
          );
        } else if (kind === "trySpend") {
          if (gate.trySpend(count)) spent += count;
        } else if (kind === "abort") {
          aborts[count % Math.max(1, aborts.length)]?.abort();
        } else {
          await turn();
          assert.equal(gate.available, granted - spent);
        }
        assert.ok(spent <= granted && gate.available >= 0);
      }
      gate.close();
      await turn();
      assert.deepEqual(
        served,
        [...served].sort((a, b) => a - b),
      );
      for (const { signal } of aborts) assert.equal(getEventListeners(signal, "abort").length, 0);
    }),
    { numRuns: 100 },
  );
});
