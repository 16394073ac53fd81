import assert from "node:assert/strict";
import { test } from "node:test";
import { thinned } from "./exemplars.ts";

const dot = (timeMs: number, value: number, traceId = `${timeMs} ${value}`) => ({ timeMs, value, traceId });

test("of each stretch of time the largest example is shown, the earliest first", () => {
  const dots = [dot(900, 5), dot(10, 1), dot(12, 3), dot(14, 2)];
  assert.deepEqual(thinned(dots, 0, 1_000), [dot(12, 3), dot(900, 5)]);
});

test("a trace has one dot, however many percentiles tell of it, and none outside of the time that is shown", () => {
  assert.deepEqual(thinned([dot(500, 1, "a"), dot(500, 1, "a"), dot(2_000, 9)], 0, 1_000), [
    dot(500, 1, "a"),
  ]);
});

test("as the time moves on, what is shown stays", () => {
  const dots = Array.from({ length: 500 }, (_, at) => dot(at * 20, (at * 7) % 31));
  const now = thinned(dots, 0, 10_000).filter(({ timeMs }) => timeMs >= 1_250 && timeMs <= 9_750);
  const later = thinned(dots, 1_000, 11_000).filter(({ timeMs }) => timeMs >= 1_250 && timeMs <= 9_750);
  assert.ok(now.length > 30);
  assert.deepEqual(later, now);
});
