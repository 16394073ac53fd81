import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lastGood } from "./last-good.ts";

test("it finds the last value of a key while that is young enough, and keeps no more keys than it may", () => {
  const step = fc.record({
    key: fc.constantFrom("a", "b", "c", "d", "e"),
    what: fc.constantFrom("keep", "find"),
    passesMs: fc.integer({ min: 0, max: 60 }),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 80, size: "max" }),
      fc.integer({ min: 1, max: 4 }),
      (steps, keysMax) => {
        const ageMsMax = 100;
        const memory = lastGood<number>({ ageMsMax, keysMax });
        // By hand: all that was ever kept, the latest last.
        const kept: { key: string; value: number; atMs: number }[] = [];
        let nowMs = 0;
        for (const [value, { key, what, passesMs }] of steps.entries()) {
          nowMs += passesMs;
          if (what === "keep") {
            memory.keep(key, value, nowMs);
            kept.push({ key, value, atMs: nowMs });
          } else {
            const found = memory.find(key, nowMs)?.value;
            const latest = kept.findLast((one) => one.key === key);
            const isYoung = latest !== undefined && nowMs - latest.atMs <= ageMsMax;
            const laterKeys = new Set(
              kept.slice(latest ? kept.indexOf(latest) + 1 : 0).map((one) => one.key),
            );
            // One that was forgotten for its age leaves its place to another.
            if (isYoung && laterKeys.size < keysMax) assert.equal(found, latest.value);
            else if (!isYoung) assert.equal(found, undefined);
            else assert.ok(found === undefined || found === latest.value);
          }
          assert.ok(memory.size <= keysMax);
        }
      },
    ),
  );
});

test("the key set longest ago makes room", () => {
  const memory = lastGood<string>({ ageMsMax: Number.POSITIVE_INFINITY, keysMax: 2 });
  memory.keep("a", "1", 0);
  memory.keep("b", "2", 1);
  memory.keep("a", "3", 2);
  memory.keep("c", "4", 3);
  assert.deepEqual(
    ["a", "b", "c"].map((key) => memory.find(key, 1e12)?.value),
    ["3", undefined, "4"],
  );
});

test("undefined is a value too", () => {
  const memory = lastGood<undefined>({ ageMsMax: 10 });
  memory.keep("a", undefined, 0);
  assert.ok(memory.find("a", 5));
  assert.equal(memory.find("b", 5), undefined);
});

test("a mistake in the options is named", () => {
  assert.throws(() => lastGood({ ageMsMax: 0 }), /ageMsMax has to be above 0, not 0/);
  assert.throws(() => lastGood({ ageMsMax: Number.NaN }), RangeError);
  assert.throws(() => lastGood({ ageMsMax: 1, keysMax: 0 }), /keysMax/);
});
