import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Codel } from "./codel.ts";

/** Feeds one wait every `everyMs` and returns the state after each. */
function states(codel: Codel, waitsMs: readonly number[], everyMs: number, startMs = 0): string[] {
  return waitsMs.map((waitMs, index) => {
    codel.observe(startMs + index * everyMs, waitMs);
    return codel.state.kind;
  });
}

test("RFC 8289, 3.2: a wait above the target is a burst until it has stood for an interval", () => {
  const codel = new Codel({ targetMs: 5, intervalMs: 100 });
  const seen = states(codel, Array<number>(12).fill(50), 10);
  assert.deepEqual(seen, [...Array<string>(10).fill("above"), "overloaded", "overloaded"]);
  assert.equal(codel.patienceMs, 10);
});

test("RFC 8289, 3.2: one wait at or below the target, and the interval begins anew", () => {
  const codel = new Codel({ targetMs: 5, intervalMs: 100 });
  assert.equal(states(codel, [...Array<number>(9).fill(50), 5], 10).at(-1), "good");
  assert.ok(!states(codel, Array<number>(10).fill(50), 10, 100).includes("overloaded"));
  assert.equal(codel.patienceMs, 100);
});

test("overload is over once the wait has stayed low for an interval, and not before", () => {
  const codel = new Codel({ targetMs: 5, intervalMs: 100 });
  states(codel, Array<number>(11).fill(50), 10);
  states(codel, Array<number>(10).fill(0), 10, 110);
  assert.equal(codel.state.kind, "below");
  assert.ok(codel.isOverloaded);
  codel.observe(205, 6);
  assert.equal(codel.state.kind, "overloaded");
  const seen = states(codel, Array<number>(11).fill(0), 10, 210);
  assert.deepEqual(seen, [...Array<string>(10).fill("below"), "good"]);
});

test("on any schedule, it turns only on a whole interval of waits on one side of the target", () => {
  const observation = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 }));
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 100, size: "max" }), (observations) => {
      const codel = new Codel({ targetMs: 5, intervalMs: 100 });
      const history: { nowMs: number; isLong: boolean }[] = [];
      let nowMs = 0;
      for (const [stepMs, waitMs] of observations) {
        const before = codel.isOverloaded;
        nowMs += stepMs;
        history.push({ nowMs, isLong: waitMs > 5 });
        codel.observe(nowMs, waitMs);
        // The longest run up to now of observations on the side opposite to where it stood.
        let sinceMs: number | undefined;
        for (const one of history) sinceMs = one.isLong === before ? undefined : (sinceMs ?? one.nowMs);
        const turns = sinceMs !== undefined && nowMs - sinceMs >= 100;
        assert.equal(codel.isOverloaded, turns ? !before : before);
      }
    }),
  );
});

test("options that cannot be are refused by name", () => {
  assert.throws(() => new Codel({ targetMs: 0 }), /targetMs/);
  assert.throws(() => new Codel({ targetMs: 100 }), /intervalMs/);
  assert.throws(() => new Codel({ intervalMs: Number.POSITIVE_INFINITY }), RangeError);
});
