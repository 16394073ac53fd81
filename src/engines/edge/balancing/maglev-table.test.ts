import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAGLEV_MEMBERS_MAX, maglevTable } from "./maglev-table.ts";

function idsOf(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `service.${at + 1}`);
}

function tableOf(ids: readonly string[], weights: readonly number[] = ids.map(() => 1)): Uint16Array {
  return maglevTable(ids, Float64Array.from(weights));
}

function slotsOf(table: Uint16Array, count: number): number[] {
  const slots = new Array<number>(count).fill(0);
  for (const at of table) slots[at] = (slots[at] ?? 0) + 1;
  return slots;
}

test("tables have a prime number of slots, so that every member's steps lead through all of them", () => {
  for (const count of [1, 655, 656]) {
    const size = tableOf(idsOf(count)).length;
    assert.ok(size >= 99 * count);
    for (let divisor = 2; divisor * divisor <= size; divisor++) assert.notEqual(size % divisor, 0);
  }
});

test("slots are shared out evenly: among equals nobody has more than one above another", () => {
  for (const count of [1, 2, 3, 10, 100, 655]) {
    const slots = slotsOf(tableOf(idsOf(count)), count);
    assert.ok(Math.max(...slots) - Math.min(...slots) <= 1);
  }
});

test("slots are shared out by weight, within one and a half percent of the fair share and two slots", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 30 }), (weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const table = tableOf(idsOf(weights.length), weights);
      slotsOf(table, weights.length).forEach((slots, at) => {
        const fair = (table.length * (weights[at] ?? 0)) / total;
        assert.ok(Math.abs(slots - fair) <= fair * 0.015 + 2, `${slots} for ${fair}`);
      });
    }),
    { numRuns: 25 },
  );
});

test("nobody is without a slot, be it the lightest of many", () => {
  const weights = Array.from({ length: 600 }, (_, at) => (at === 300 ? 1 : 1_000));
  assert.ok(Math.min(...slotsOf(tableOf(idsOf(600), weights), 600)) >= 1);
});

test("the table is the same in whatever order the members are listed", () => {
  const ids = idsOf(20);
  const table = tableOf(ids);
  const turned = [...ids].reverse();
  assert.deepEqual(
    Array.from(tableOf(turned), (at) => turned[at]),
    Array.from(table, (at) => ids[at]),
  );
});

test("one of n members that leaves takes with it the keys it had, and fewer than one percent of the others move", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(), (count, which) => {
      const ids = idsOf(count);
      const leaver = which % count;
      const left = ids.filter((_, at) => at !== leaver);
      const before = tableOf(ids);
      const after = tableOf(left);
      let moved = 0;
      for (let slot = 0; slot < before.length; slot++) {
        const at = before[slot] ?? 0;
        if (at !== leaver && ids[at] !== left[after[slot] ?? 0]) moved += 1;
      }
      assert.ok(moved / before.length < 0.01, `${moved} of ${before.length} slots, with ${count} members`);
    }),
    { numRuns: 25 },
  );
});

test("no members, and more than places have numbers, are refused", () => {
  assert.throws(() => tableOf([]), RangeError);
  assert.throws(() => tableOf(Array(MAGLEV_MEMBERS_MAX + 1).fill("a")), RangeError);
});
