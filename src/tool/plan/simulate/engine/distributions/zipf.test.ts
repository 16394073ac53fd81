import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Streams } from "../random/streams.ts";
import { Zipf } from "./zipf.ts";

/** The sum of k^-s up to n: term by term to 10^5, and by Euler and Maclaurin beyond. */
function harmonic(n: number, s: number): number {
  let sum = 0;
  const exact = Math.min(n, 100_000);
  for (let k = 1; k <= exact; k++) sum += k ** -s;
  if (n === exact) return sum;
  const integral = s === 1 ? Math.log(n / exact) : (n ** (1 - s) - exact ** (1 - s)) / (1 - s);
  return sum + integral + (n ** -s - exact ** -s) / 2;
}

const DRAWS = 200_000;

for (const [keys, exponent] of [
  [1, 1],
  [10, 0],
  [10, 1],
  [1_000, 0.8],
  [50, 3],
  [1_000_000, 1.2],
  [1e9, 0.6],
  [1e9, 1],
  [1e9, 1 + 1e-9],
] as const) {
  test(`${keys} keys, exponent ${exponent}: ranks come up as the law says`, () => {
    const zipf = new Zipf({ keys, exponent });
    const random = new Streams(11).of(`${keys} ${exponent}`);
    // The first ranks by themselves, and the others by doublings: each class is due a share of the law.
    const bounds = [0, 1, 2, 3];
    while ((bounds.at(-1) ?? 0) < keys) bounds.push((bounds.at(-1) ?? 1) * 2);
    const counts = new Float64Array(bounds.length);
    for (let at = 0; at < DRAWS; at++) {
      const rank = zipf.draw(random);
      assert.ok(Number.isInteger(rank) && rank >= 0 && rank < keys);
      const found = bounds.findIndex((bound) => bound > rank);
      counts[found] = (counts[found] ?? 0) + 1;
    }
    const total = harmonic(keys, exponent);
    let chi = 0;
    let classes = 0;
    for (let at = 1; at < bounds.length; at++) {
      const upTo = (bound: number) => (bound === 0 ? 0 : harmonic(Math.min(keys, bound), exponent));
      const due = (DRAWS * (upTo(bounds[at] ?? 0) - upTo(bounds[at - 1] ?? 0))) / total;
      if (due < 5) continue;
      chi += ((counts[at] ?? 0) - due) ** 2 / due;
      classes++;
    }
    // About four standard deviations above what is due.
    assert.ok(chi <= classes + 4 * Math.sqrt(2 * classes), `chi square ${chi} of ${classes} classes`);
  });
}

test("a draw takes hardly more than one number", () => {
  for (const exponent of [0.5, 1, 1.5, 4]) {
    const zipf = new Zipf({ keys: 1e9, exponent });
    const random = new Streams(1).of("count");
    let taken = 0;
    for (let at = 0; at < 20_000; at++) {
      zipf.draw(() => {
        taken++;
        return random();
      });
    }
    assert.ok(taken < 20_000 * 1.03, `${taken / 20_000} numbers per draw at ${exponent}`);
  }
});

test("whatever the law and the dice, a rank is one of the keys", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e12 }),
      fc.double({ min: 0, max: 20, noNaN: true }),
      fc.integer(),
      (keys, exponent, seed) => {
        const rank = new Zipf({ keys, exponent }).draw(new Streams(seed).of("rank"));
        assert.ok(Number.isInteger(rank) && rank >= 0 && rank < keys);
      },
    ),
    { numRuns: 2_000 },
  );
  assert.throws(() => new Zipf({ keys: 0, exponent: 1 }), RangeError);
  assert.throws(() => new Zipf({ keys: 1, exponent: -1 }), RangeError);
});
