import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { atLeast, inParallel, inSeries, kOfN, numberUp, servedShare, sumOfLaws } from "./composition.ts";

const near = (got: number, wanted: number, by = 1e-12): void =>
  assert.ok(Math.abs(got - wanted) <= by, `${got}, not ${wanted}`);

const anyShare = fc.double({ min: 0, max: 1, noNaN: true });
const anyParts = fc.array(anyShare, { minLength: 1, maxLength: 12 });

test("published compositions come out", () => {
  // Azure Well-Architected Framework, "Composite SLAs": App Service 99.95 % and SQL Database 99.99 % in series: 99.94 %.
  assert.equal((inSeries([0.9995, 0.9999]) * 100).toFixed(2), "99.94");
  // The same page: the database or a queue (99.9 %) that stands in: 1 - 0.0001 × 0.001 = 99.99999 %, with the app 99.95 %.
  assert.equal((inParallel([0.9999, 0.999]) * 100).toFixed(5), "99.99999");
  assert.equal((inSeries([0.9995, inParallel([0.9999, 0.999])]) * 100).toFixed(2), "99.95");
  // AWS, "Availability and Beyond": two instances of 99 % in parallel are 99.99 %; hard dependencies of 99.99 % and 99.99 %: 99.98 %.
  near(inParallel([0.99, 0.99]), 0.9999);
  assert.equal((inSeries([0.9999, 0.9999]) * 100).toFixed(2), "99.98");
  // Google, "The Calculus of Service Availability" (ACM Queue 15, 2017): with N critical dependencies each needs one nine more, roughly: ten of
  // 99.999 % leave 99.99 %.
  assert.equal((inSeries(Array<number>(10).fill(0.99999)) * 100).toFixed(2), "99.99");
});

test("k of n as textbooks have it", () => {
  // Two of three, the majority: 3p² - 2p³ (Barlow and Proschan, chapter 1; triple modular redundancy).
  for (const p of [0.5, 0.9, 0.99]) near(kOfN(2, 3, p), 3 * p ** 2 - 2 * p ** 3);
  // Trivedi, chapter 3: three of five with 0.9 are up 0.99144 of the time.
  near(kOfN(3, 5, 0.9), 0.99144);
  // A quorum of two of three at 99.9 % is down as often as two fail at once: 3 × 10^-6.
  assert.equal((1 - kOfN(2, 3, 0.999)).toExponential(2), "3.00e-6");
  // Parts that differ: both, or one and not the other.
  near(atLeast(1, [0.9, 0.8]), 1 - 0.1 * 0.2);
  near(atLeast(2, [0.9, 0.8]), 0.72);
  near(atLeast(0, []), 1);
  near(atLeast(1, []), 0);
});

test("1 of n is parallel, n of n is series, and needing more never helps", () => {
  fc.assert(
    fc.property(anyParts, (parts) => {
      near(atLeast(1, parts), inParallel(parts));
      near(atLeast(parts.length, parts), inSeries(parts));
      for (let k = 0; k < parts.length; k++) {
        assert.ok(atLeast(k + 1, parts) <= atLeast(k, parts) + 1e-12);
        assert.ok(atLeast(k, [...parts, 0.5]) >= atLeast(k, parts) - 1e-12);
      }
    }),
  );
});

test("the law of how many are up is a law, with the sum of availabilities as its mean", () => {
  fc.assert(
    fc.property(anyParts, (parts) => {
      const law = numberUp(parts);
      assert.equal(law.length, parts.length + 1);
      near(
        law.reduce((sum, chance) => sum + chance, 0),
        1,
      );
      near(
        law.reduce((sum, chance, up) => sum + chance * up, 0),
        parts.reduce((sum, one) => sum + one, 0),
        1e-9,
      );
      assert.deepEqual(sumOfLaws(law, [1]), law);
    }),
  );
});

test("what few do together lies between all or nothing and what they are on average", () => {
  fc.assert(
    fc.property(anyParts, fc.integer({ min: 1, max: 15 }), (parts, needed) => {
      const served = servedShare(needed, numberUp(parts));
      const enough = Math.min(needed, parts.length);
      assert.ok(served >= atLeast(enough, parts) - 1e-12);
      assert.ok(served <= inParallel(parts) + 1e-12);
      // One more replica that is as good as the worst never makes it worse.
      const better = servedShare(needed, numberUp([...parts, Math.max(...parts)]));
      assert.ok(better >= served - 1e-12, `${better} ${served}`);
    }),
  );
  // Of two, both needed: one alone does half.
  near(servedShare(2, numberUp([0.9, 0.9])), 0.9);
  near(servedShare(1, numberUp([0.9, 0.9])), 0.99);
});

test("what is no share is refused", () => {
  assert.throws(() => inSeries([1.1]), RangeError);
  assert.throws(() => inParallel([-0.1]), RangeError);
  assert.throws(() => numberUp([Number.NaN]), RangeError);
  assert.throws(() => atLeast(1.5, [1]), RangeError);
});
