import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { PlanAnswer } from "../plan-answer.ts";
import { demoAnswer } from "../report/testing/demo-answer.ts";
import { kneeOf, sweep } from "./index.ts";

/** The demo with a p99 of that many milliseconds, of 200 allowed. */
function withP99(predicted: number): PlanAnswer {
  return {
    ...demoAnswer,
    requirements: demoAnswer.requirements.flatMap((one) =>
      one.id === "latency.p99"
        ? [{ ...one, predicted, state: predicted <= 200 ? "holds" : "fails" } as const]
        : [],
    ),
  };
}

test("a sweep tells where a requirement begins to hold, and where more brings little", () => {
  const p99s = new Map([
    ["16MiB", 1_000],
    ["32MiB", 600],
    ["64MiB", 120],
    ["128MiB", 100],
    ["256MiB", 95],
  ]);
  const done: number[] = [];
  const found = sweep(
    "hot.memory",
    [...p99s.keys()],
    (value) => withP99(p99s.get(value) ?? 0),
    (n) => done.push(n),
  );
  assert.deepEqual(done, [1, 2, 3, 4, 5]);
  assert.deepEqual(
    found.points.map(({ requirements }) => requirements[0]?.state),
    ["fails", "fails", "holds", "holds", "holds"],
  );
  assert.deepEqual(found.requirements[0]?.turns, [{ from: "32MiB", to: "64MiB", state: "holds" }]);
  assert.equal(found.requirements[0]?.knee, "64MiB");
  assert.equal(found.requirements[0]?.afterKnee, "less");
  assert.deepEqual(found.points[0]?.bottleneck, demoAnswer.bottleneck);
});

test("a value that the design refuses keeps its reason, and the others are planned", () => {
  const planAt = (value: string) => {
    if (value === "0") throw new Error("0 replicas serve nobody");
    return withP99(100);
  };
  const found = sweep("shortener.replicas", ["0", "1"], planAt);
  assert.deepEqual(found.points[0], { value: "0", requirements: [], refused: "0 replicas serve nobody" });
  assert.equal(found.points[1]?.requirements[0]?.predicted, 100);
  assert.throws(() => sweep("shortener.replicas", ["0"], planAt), /serve nobody/);
});

test("a straight line, one that turns back and a short one have no knee", () => {
  assert.equal(kneeOf([1, 2, 3, 4, 5]), undefined);
  assert.equal(kneeOf([1, 9, 2, 8, 3]), undefined);
  assert.equal(kneeOf([9, 2, 1]), undefined);
  assert.equal(kneeOf([5, 5, 5, 5]), undefined);
});

test("the knee of a hyperbola is where its slopes are alike, full points left out", () => {
  const curve = Array.from({ length: 19 }, (_, index) => 1 / (index + 1));
  // Farthest from the chord where 1/(x+1) falls as steeply as it: near √19 − 1.
  assert.deepEqual(kneeOf(curve), { index: 3, after: "less" });
  assert.equal(kneeOf([Number.POSITIVE_INFINITY, undefined, ...curve])?.index, 5);
  assert.equal(kneeOf(curve.toReversed())?.after, "more");
});

test("a knee stays where it is when the curve is scaled, shifted or turned over", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 4, maxLength: 30 }),
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: -1_000, max: 1_000 }),
      (steps, factor, shift) => {
        let sum = 0;
        const curve = steps.map((step) => {
          sum += step;
          return sum;
        });
        const power = 2 ** Math.floor(Math.log2(factor));
        assert.deepEqual(kneeOf(curve.map((value) => value * power)), kneeOf(curve));
        assert.deepEqual(kneeOf(curve.map((value) => shift - value)), kneeOf(curve));
      },
    ),
  );
});
