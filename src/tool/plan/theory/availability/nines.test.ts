import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { availabilityOfDown, downMinutesPerYear, ninesOf } from "./nines.ts";
import { availabilityFrom, failuresPerYear, repairFrom } from "./repair.ts";

test("the handbook's nines come out to the digit", () => {
  // "99% (Two 9s): ~87.6 hours of downtime per year"
  assert.equal((downMinutesPerYear(0.99) / 60).toFixed(1), "87.6");
  // "99.9% (Three 9s): ~8.76 hours of downtime per year"
  assert.equal((downMinutesPerYear(0.999) / 60).toFixed(2), "8.76");
  // "99.99% (Four 9s): ~52.56 minutes of downtime per year", and "99.99% uptime (52 minutes downtime/year)", which is cut off, not rounded.
  assert.equal(downMinutesPerYear(0.9999).toFixed(2), "52.56");
  assert.equal(Math.trunc(downMinutesPerYear(0.9999)), 52);
  // "99.999% (Five 9s): ~5.26 minutes of downtime per year"
  assert.equal(downMinutesPerYear(0.99999).toFixed(2), "5.26");
});

test("the table of Site Reliability Engineering comes out as well", () => {
  // Beyer and others, "Site Reliability Engineering", 2016, table A-1, unavailability per year.
  assert.equal((downMinutesPerYear(0.9) / 1_440).toFixed(1), "36.5");
  assert.equal((downMinutesPerYear(0.95) / 1_440).toFixed(2), "18.25");
  assert.equal((downMinutesPerYear(0.99) / 1_440).toFixed(2), "3.65");
  assert.equal((downMinutesPerYear(0.995) / 1_440).toFixed(2), "1.83");
  assert.equal((downMinutesPerYear(0.9995) / 60).toFixed(2), "4.38");
  assert.equal(downMinutesPerYear(0.9999).toFixed(1), "52.6");
});

test("nines, minutes and availabilities lead back to each other", () => {
  assert.ok(Math.abs(ninesOf(0.999) - 3) < 1e-9);
  assert.equal(ninesOf(0.9995).toFixed(1), "3.3");
  assert.equal(ninesOf(0), 0);
  assert.equal(ninesOf(1), Number.POSITIVE_INFINITY);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
      assert.ok(Math.abs(availabilityOfDown(downMinutesPerYear(share)) - share) < 1e-12);
    }),
  );
  assert.throws(() => availabilityOfDown(600_000), RangeError);
  assert.throws(() => downMinutesPerYear(1.2), RangeError);
});

test("a machine that runs 999 hours and is repaired in one has three nines and fails 8.76 times a year", () => {
  const repair = { upMs: 999 * 3_600_000, downMs: 3_600_000 };
  assert.ok(Math.abs(availabilityFrom(repair) - 0.999) < 1e-15);
  assert.equal(failuresPerYear(repair).toFixed(2), "8.76");
  assert.ok(Math.abs(repairFrom(0.999, 3_600_000).upMs / repair.upMs - 1) < 1e-9);
  assert.equal(failuresPerYear(repairFrom(1, 1_000)), 0);
  assert.throws(() => repairFrom(0, 1_000), RangeError);
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1, noNaN: true }), (share) => {
      if (share === 1) return;
      assert.ok(Math.abs(availabilityFrom(repairFrom(share, 5_000)) - share) < 1e-12);
    }),
  );
});
