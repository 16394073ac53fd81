import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bloomFilter } from "./bloom-filter.ts";
import {
  bitsOf,
  codeLength,
  codesOf,
  collisionChance,
  namesUntilCollision,
  timedIds,
  yearsUntilExhausted,
} from "./id-space.ts";
import { instancesFor, ratesOfUsers, readShare, readsAndWrites, underWay } from "./rates.ts";
import { bytesPerSecond, logBytesPerDay, storedBytes, workingSet } from "./volumes.ts";

const anySize = fc.integer({ min: 0, max: 2 ** 50 });
const anyGrowth = fc.double({ min: -0.9, max: 10, noNaN: true });

const near = (got: number, wanted: number, relative = 1e-9): void =>
  assert.ok(Math.abs(got - wanted) <= relative * Math.abs(wanted), `${got}, not ${wanted}`);

test("the birthday problem has the values of the textbooks", () => {
  // Feller, II.3: of 23 people two share a birthday more often than not, exactly 0.507; the approximation says 0.500.
  assert.equal(collisionChance(23, 365).toFixed(3), "0.500");
  assert.equal(Math.round(namesUntilCollision(365, 0.5)), 23);
  // Random UUIDs have 122 bits: half a chance after 2.71 × 10^18.
  assert.equal((namesUntilCollision(2 ** 122, 0.5) / 1e18).toFixed(2), "2.71");
  // Of 100 million random codes of seven letters in base 62, some are the same for certain.
  assert.ok(collisionChance(1e8, codesOf(62, 7)) > 0.999);
  near(collisionChance(2, 1e15), 1e-15, 1e-9);
});

test("Snowflake's bits last 69.7 years, for 1,024 makers with 4,096,000 ids a second each", () => {
  const { years, makers, perSecondOfEach } = timedIds({ timeBits: 41, makerBits: 10, numberBits: 12 });
  // Twitter, "Announcing Snowflake", 2010: 41 bits of milliseconds, "69 years with a custom epoch".
  assert.equal(years.toFixed(1), "69.7");
  assert.equal(makers, 1_024);
  assert.equal(perSecondOfEach, 4_096_000);
  // Sonyflake: 39 bits of 10 ms are 174 years, 8 bits of numbers 25,600 ids a second.
  const slow = timedIds({ timeBits: 39, makerBits: 16, numberBits: 8, stepMs: 10 });
  assert.equal(slow.years.toFixed(0), "174");
  assert.equal(slow.perSecondOfEach, 25_600);
});

test("the optimal Bloom filters of the survey come out", () => {
  // Broder and Mitzenmacher 2004: with 8 bits for each item, 5 or 6 hashes, about 0.0216 of strangers are taken for known.
  const eight = bloomFilter(1_000, Math.exp(-8 * Math.LN2 ** 2));
  near(eight.bits, 8_000);
  assert.equal(eight.hashes, 6);
  assert.equal(eight.falsePositives.toFixed(4), "0.0216");
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 1e12, noNaN: true }),
      fc.double({ min: 1e-9, max: 0.9, noNaN: true }),
      (items, wanted) => {
        const { falsePositives, bits, bytes, hashes } = bloomFilter(items, wanted);
        // A whole number of hashes costs a little.
        assert.ok(
          falsePositives >= wanted * (1 - 1e-9) && falsePositives <= wanted * 1.2 + 0.05,
          `${falsePositives}`,
        );
        assert.ok(hashes >= 1 && bytes * 8 === bits);
        assert.ok(bloomFilter(items, wanted / 2).bits > bits);
      },
    ),
  );
});

test("codes are as long as it takes, and not longer", () => {
  assert.equal(codeLength(3_521_614_606_208, 62), 7);
  assert.equal(codeLength(3_521_614_606_209, 62), 8);
  assert.equal(codeLength(1, 62), 0);
  assert.equal(bitsOf(codesOf(62, 7)).toFixed(1), "41.7");
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 1e9 }), fc.integer({ min: 2, max: 90 }), (names, alphabet) => {
      const length = codeLength(names, alphabet);
      assert.ok(codesOf(alphabet, length) >= names && codesOf(alphabet, length - 1) < names);
    }),
  );
});

test("storage with growth is what adding it up month by month comes to", () => {
  const bytesPerDay = 7;
  for (const growthPerYear of [-0.3, 0.5, 3]) {
    let sum = 0;
    const steps = 365 * 4 * 10;
    for (let step = 0; step < steps; step++) {
      sum += (bytesPerDay / 10) * (1 + growthPerYear) ** ((step + 0.5) / 3_650);
    }
    near(storedBytes({ bytesPerDay, days: 4 * 365, growthPerYear }), sum, 1e-6);
  }
});

test("volumes add up: by copies, by days without growth, and never less with growth", () => {
  fc.assert(
    fc.property(
      anySize,
      fc.integer({ min: 0, max: 4_000 }),
      fc.integer({ min: 1, max: 9 }),
      anyGrowth,
      (bytesPerDay, days, copies, growthPerYear) => {
        const one = storedBytes({ bytesPerDay, days, growthPerYear });
        near(storedBytes({ bytesPerDay, days, growthPerYear, copies }), one * copies);
        near(storedBytes({ bytesPerDay, days }), bytesPerDay * days);
        if (growthPerYear >= 0) assert.ok(one >= bytesPerDay * days * (1 - 1e-9));
        near(bytesPerSecond(bytesPerDay) * 86_400, bytesPerDay);
      },
    ),
  );
});

test("names last until as many are used as there are", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 1e15, noNaN: true }),
      fc.double({ min: 0.1, max: 1e9, noNaN: true }),
      anyGrowth,
      (names, perDay, growthPerYear) => {
        const years = yearsUntilExhausted({ names, perDay, growthPerYear });
        if (years === Infinity) {
          assert.ok(growthPerYear < 0);
          return;
        }
        near(storedBytes({ bytesPerDay: perDay, days: years * 365, growthPerYear }), names, 1e-5);
      },
    ),
  );
  assert.equal(yearsUntilExhausted({ names: 5, perDay: 0 }), Infinity);
});

test("rates, logs and instances are the sums that they are", () => {
  assert.equal(underWay(7_000, 0.05), 350);
  assert.equal(logBytesPerDay({ perSecond: 2, lineBytes: 450, linesPerRequest: 3 }), 2 * 86_400 * 450 * 3);
  assert.equal(readShare(9), 0.9);
  // 1,000 by 0.7 of 100 is 14.3; and just as many as fit need no more.
  assert.equal(instancesFor({ perSecond: 1_000, eachPerSecond: 100, utilisation: 0.7 }), 15);
  assert.equal(instancesFor({ perSecond: 0.3, eachPerSecond: 0.1 }), 3);
  // 1.1 / 0.11 is a little more than 10 in floating numbers.
  assert.equal(instancesFor({ perSecond: 1.1, eachPerSecond: 0.11 }), 10);
  assert.equal(instancesFor({ perSecond: 0, eachPerSecond: 1 }), 0);
  fc.assert(
    fc.property(anySize, fc.double({ min: 0, max: 1, noNaN: true }), (rate, share) => {
      const { reads, writes } = readsAndWrites(rate, share);
      near(reads + writes, rate);
      near(workingSet({ readsPerDay: rate, unique: share, itemBytes: 10 }).bytes, rate * share * 10);
      near(ratesOfUsers({ dailyUsers: rate, requestsPerUserPerDay: 2 }).perSecond * 43_200, rate);
    }),
  );
});

test("numbers outside their ranges are refused", () => {
  assert.throws(() => ratesOfUsers({ dailyUsers: -1, requestsPerUserPerDay: 1 }), RangeError);
  assert.throws(() => storedBytes({ bytesPerDay: 1, days: 1, growthPerYear: -1 }), RangeError);
  assert.throws(() => storedBytes({ bytesPerDay: Number.NaN, days: 1 }), RangeError);
  assert.throws(() => instancesFor({ perSecond: 1, eachPerSecond: 0 }), RangeError);
  assert.throws(() => bloomFilter(10, 1), RangeError);
  assert.throws(() => codeLength(10, 1), RangeError);
  assert.throws(() => namesUntilCollision(10, 1), RangeError);
});
