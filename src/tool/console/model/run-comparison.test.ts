import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { MetricAnswer } from "../../control-api/index.ts";
import { aligned, difference, meanOverCommon } from "./run-comparison.ts";

function answer(fromMs: number, stepMs: number, values: readonly (number | null)[]): MetricAnswer {
  const series = [{ labels: {}, values }];
  const rest = { name: "m", unit: "s", kind: "gauge" as const, leftOut: 0, exemplars: [] };
  return { ...rest, fromMs, stepMs, steps: values.length, series };
}

test("two runs lie over each other by the time since each one's start", () => {
  const all = aligned([
    { answer: answer(1_000, 10, [1, 2, 3]), startedMs: 1_000 },
    { answer: answer(9_020, 10, [7, 8]), startedMs: 9_000 },
  ]);
  assert.deepEqual(all, {
    stepMs: 10,
    steps: 4,
    lines: [
      [1, 2, 3, null],
      [null, null, 7, 8],
    ],
  });
});

test("a finer line is averaged into the steps of the coarser one, and what came before the start is left out", () => {
  const all = aligned([
    { answer: answer(90, 10, [50, 1, 3, 5, null, null, null]), startedMs: 100 },
    { answer: answer(0, 20, [9, 9]), startedMs: 0 },
  ]);
  assert.deepEqual(all.lines, [
    [2, 5, null],
    [9, 9, null],
  ]);
});

test("a run without an answer has an empty line", () => {
  assert.deepEqual(aligned([{ answer: undefined, startedMs: 0 }]), { stepMs: 1, steps: 0, lines: [[]] });
});

test("no value is ever out of the range of those that it is made of", () => {
  const values = fc.array(fc.option(fc.integer({ min: 0, max: 100 })), { maxLength: 40 });
  fc.assert(
    fc.property(
      values,
      values,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      (one, other, a, b) => {
        const all = aligned([
          { answer: answer(500, a, one), startedMs: 500 },
          { answer: answer(0, b, other), startedMs: 0 },
        ]);
        [one, other].forEach((line, index) => {
          const known = line.filter((value) => value !== null);
          const shown = (all.lines[index] ?? []).filter((value) => value !== null);
          assert.equal(shown.length === 0, known.length === 0);
          for (const value of shown)
            assert.ok(value >= Math.min(...known) - 1e-9 && value <= Math.max(...known) + 1e-9);
        });
      },
    ),
  );
});

test("means are taken over the time that both have", () => {
  const all = {
    stepMs: 1,
    steps: 4,
    lines: [
      [1, 3, null, 100],
      [5, 7, 9, null],
    ],
  };
  assert.deepEqual(meanOverCommon(all), [2, 6]);
  assert.deepEqual(meanOverCommon({ stepMs: 1, steps: 1, lines: [[1], [null]] }), [undefined, undefined]);
});

test("a difference is told as a share, a factor, or as none, and judged by which way is better", () => {
  assert.deepEqual(difference(100, 112, "lower"), { text: "+12 %", verdict: "worse", ratio: 1.12 });
  assert.deepEqual(difference(100, 50, "lower"), { text: "−50 %", verdict: "better", ratio: 0.5 });
  assert.deepEqual(difference(100, 250, "higher"), { text: "2.5×", verdict: "better", ratio: 2.5 });
  assert.deepEqual(difference(100, 102, "lower").verdict, "same");
  assert.deepEqual(difference(100, 200, "neither").verdict, "none");
  assert.deepEqual(difference(0, 5, "lower"), { text: "from none", verdict: "worse", ratio: undefined });
  assert.deepEqual(difference(0, 0, "lower"), { text: "the same", verdict: "same", ratio: undefined });
  assert.deepEqual(difference(undefined, 5, "lower"), { text: undefined, verdict: "none", ratio: undefined });
});
