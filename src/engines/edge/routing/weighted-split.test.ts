import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../blocks/time/index.ts";
import { WeightedSplit } from "./weighted-split.ts";

test("over all numbers that can be drawn, each place has exactly its weight's share", () => {
  fc.assert(
    fc.property(
      fc
        .array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 6 })
        .filter((weights) => weights.some((one) => one > 0)),
      (weights) => {
        const total = weights.reduce((sum, one) => sum + one, 0);
        let step = 0;
        const split = new WeightedSplit(
          weights.map((weight, to) => ({ to, weight })),
          () => (step++ + 0.5) / total,
        );
        const drawn = weights.map(() => 0);
        for (let count = 0; count < total; count++) {
          const place = split.draw() ?? -1;
          drawn[place] = (drawn[place] ?? 0) + 1;
        }
        assert.deepEqual(drawn, weights);
      },
    ),
  );
});

test("of 100,000 requests a canary of one in a hundred gets about a thousand", () => {
  const split = new WeightedSplit(
    [
      { to: "stable", weight: 99 },
      { to: "canary", weight: 1 },
    ],
    seededRandom(7),
  );
  let canaries = 0;
  for (let count = 0; count < 100_000; count++) if (split.draw() === "canary") canaries++;
  // Four standard deviations of the binomial: the square root of 100,000 · 0.01 · 0.99 is 31.5.
  assert.ok(Math.abs(canaries - 1_000) < 126, String(canaries));
});

test("a weight of 0 is never drawn, at either end of what can be drawn", () => {
  for (const drawn of [0, 1 - 2 ** -32]) {
    const shares = [0, 3, 0].map((weight, to) => ({ to, weight }));
    assert.equal(new WeightedSplit(shares, () => drawn).draw(), 1);
  }
  const even = [1, 1].map((weight, to) => ({ to, weight }));
  assert.equal(new WeightedSplit(even, () => 0.5).draw(), 1);
  assert.equal(new WeightedSplit([{ to: "x", weight: 0 }], () => 0).draw(), undefined);
});
