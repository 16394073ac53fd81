import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { harmonicNumber, popularityOf, topShare } from "./zipf.ts";

const anyKeys = fc.record({
  count: fc.double({ min: 0, max: 12, noNaN: true }).map((tens) => Math.floor(10 ** tens)),
  skew: fc.double({ min: 0, max: 3, noNaN: true }),
});

test("harmonic numbers have the values that tables and closed forms give", () => {
  const near = (got: number, wanted: number): void =>
    assert.ok(Math.abs(got / wanted - 1) < 1e-12, `${got}, not ${wanted}`);
  near(harmonicNumber(10, 1), 7381 / 2520);
  // H(10^6) = 14.392726722865723631… (OEIS A001008 and A002805; Knuth, TAOCP 1.2.7 gives the series).
  near(harmonicNumber(1e6, 1), 14.392726722865724);
  // H(n) = ln n + γ + 1/2n …
  near(harmonicNumber(1e12, 1), 12 * Math.LN10 + 0.5772156649015329);
  // The sum of 1/r^2 is π²/6, less about 1/n.
  near(harmonicNumber(1e12, 2), Math.PI ** 2 / 6 - 1e-12);
  near(harmonicNumber(12_345, 0), 12_345);
  // The sum of √r, by Euler and Maclaurin as NIST DLMF 25.11.43 has it for ζ(1/2) = -1.4603545088.
  near(harmonicNumber(1e10, 0.5), 2e5 - 1.4603545088095868 + 0.5e-5);
});

test("a sum by ranges is the sum of all", () => {
  for (const skew of [0.3, 0.8, 1, 1.7]) {
    let sum = 0;
    for (let rank = 300_000; rank >= 1; rank--) sum += rank ** -skew;
    assert.ok(Math.abs(harmonicNumber(300_000, skew) / sum - 1) < 1e-12, `${skew}`);
  }
});

test("of a million things, a fifth get 56 to 74 % of all requests by the skews that Breslau and others found", () => {
  // By the integral, 0.2^(1 - skew): 0.56 and 0.75. The rule of 80 and 20 is a skew of 0.89 here.
  assert.equal(topShare({ count: 1e6, skew: 0.64 }, 200_000).toFixed(2), "0.56");
  assert.equal(topShare({ count: 1e6, skew: 0.83 }, 200_000).toFixed(2), "0.74");
  assert.equal(topShare({ count: 1e6, skew: 0.894 }, 200_000).toFixed(2), "0.80");
});

test("shares add up to 1 and fall with the rank, for any population", () => {
  fc.assert(
    fc.property(anyKeys, (keys) => {
      const ranges = popularityOf(keys);
      assert.equal(
        ranges.reduce((sum, { count }) => sum + count, 0),
        keys.count,
      );
      assert.ok(Math.abs(ranges.reduce((sum, { count, share }) => sum + count * share, 0) - 1) < 1e-9);
      assert.ok(ranges.every(({ share }, at) => share <= (ranges[at - 1]?.share ?? 1) * (1 + 1e-9)));
      assert.ok(ranges.length < 1_400);
    }),
  );
});

test("the top of a population gets more the larger it is, and its share of it at least", () => {
  fc.assert(
    fc.property(anyKeys, fc.double({ min: 0, max: 1, noNaN: true }), (keys, share) => {
      const top = Math.floor(keys.count * share);
      const got = topShare(keys, top);
      assert.ok(got >= top / keys.count - 1e-9 && got <= 1 + 1e-12);
      assert.ok(topShare(keys, top + 1) >= got);
    }),
  );
});

test("populations outside their ranges are refused", () => {
  assert.throws(() => popularityOf({ count: 0, skew: 1 }), RangeError);
  assert.throws(() => popularityOf({ count: 1e13, skew: 1 }), RangeError);
  assert.throws(() => topShare({ count: 10, skew: -1 }, 1), RangeError);
  assert.throws(() => topShare({ count: Number.NaN, skew: 1 }, 1), RangeError);
});
