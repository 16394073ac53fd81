import assert from "node:assert/strict";
import { test } from "node:test";
import { logGamma, lowerGamma, poissonProbability, upperGamma } from "./gamma.ts";
import { normalPercentile, normalTail } from "./normal.ts";

function near(got: number, wanted: number, relative: number): void {
  assert.ok(Math.abs(got - wanted) <= relative * Math.abs(wanted), `${got}, not ${wanted}`);
}

test("ln Γ is right at the points that have a closed form", () => {
  near(logGamma(0.5), 0.5 * Math.log(Math.PI), 1e-14);
  near(logGamma(11), Math.log(3_628_800), 1e-14);
  // Abramowitz & Stegun, table 6.1: Γ(1.5) = 0.88622 69255, Γ(1.25) = 0.90640 24771.
  near(Math.exp(logGamma(1.5)), 0.886226925452758, 1e-13);
  near(Math.exp(logGamma(1.25)), 0.9064024770554771, 1e-13);
  assert.ok(Math.abs(logGamma(1)) < 1e-14 && Math.abs(logGamma(2)) < 1e-14);
});

test("the incomplete gamma function of a whole shape is a Poisson sum, from the least shape to 10,000", () => {
  for (const [shape, x] of [
    [1, 0.5],
    [3, 9],
    [10, 2],
    [10, 30],
    [400, 380],
    [10_000, 9_900],
    [10_000, 10_300],
  ] as const) {
    let below = 0;
    for (let k = 0; k < shape; k++) below += poissonProbability(k, x);
    near(upperGamma(shape, x), below, 1e-11);
    near(upperGamma(shape, x) + lowerGamma(shape, x), 1, 1e-13);
  }
});

test("Poisson probabilities keep their digits where the mean is large", () => {
  near(poissonProbability(3, 2), (8 / 6) * Math.exp(-2), 1e-14);
  let sum = 0;
  for (let k = 9_000; k < 11_000; k++) sum += poissonProbability(k, 10_000);
  near(sum, 1, 1e-12);
  assert.equal(poissonProbability(0, 0), 1);
  assert.equal(poissonProbability(2, 0), 0);
});

test("the normal law agrees with its tables", () => {
  // Abramowitz & Stegun, tables 26.1 and 26.2.
  near(normalTail(1), 0.15865525393145707, 1e-12);
  near(normalTail(-1), 0.8413447460685429, 1e-12);
  near(normalTail(6), 9.865876450376981e-10, 1e-10);
  near(normalPercentile(0.975), 1.959963984540054, 1e-11);
  near(normalPercentile(0.01), -2.3263478740408408, 1e-11);
  near(normalPercentile(0.99), 2.3263478740408408, 1e-11);
  assert.equal(normalPercentile(0.5), 0);
  assert.throws(() => normalPercentile(1), RangeError);
});
