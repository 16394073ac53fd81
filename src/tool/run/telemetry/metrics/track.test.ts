import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Track } from "./track.ts";
import { TrackCursor } from "./track-cursor.ts";

const TIERS = [
  { stepMs: 1_000, reachMs: 900_000 },
  { stepMs: 10_000, reachMs: 14_400_000 },
  { stepMs: 60_000, reachMs: 172_800_000 },
];

const report = fc.record({
  /** After the one before, or before its end: a late one. */
  gapMs: fc.oneof(fc.constant(0), fc.integer({ min: -20_000, max: 90_000 })),
  lengthMs: fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 70_000 })),
  amount: fc.oneof(fc.constant(0), fc.nat(1_000)),
});

test("no amount is lost or counted twice, in whichever tier it is read, whatever order reports come in", () => {
  fc.assert(
    fc.property(fc.array(report, { minLength: 1, maxLength: 120, size: "max" }), (reports) => {
      const track = new Track(
        TIERS,
        "add",
        true,
        TIERS.map(() => ({ bytes: 0 })),
      );
      let atMs = 1_000_000;
      let sum = 0;
      for (const { gapMs, lengthMs, amount } of reports) {
        const fromMs = atMs + gapMs;
        const used = amount === 0 ? 0 : 1;
        track.add(fromMs, fromMs + lengthMs, { value: amount, used, ids: [amount % 7], counts: [amount] });
        atMs = Math.max(atMs, fromMs + lengthMs);
        sum += amount;
      }
      for (let target = 0; target < TIERS.length; target++) {
        const read = readAll(track, target);
        assert.ok(Math.abs(read.sum - sum) <= 1e-6 * (1 + sum), `${read.sum} of ${sum} in tier ${target}`);
        assert.ok(Math.abs(read.count - sum) <= 1e-6 * (1 + sum), `${read.count} counted of ${sum}`);
      }
    }),
    { numRuns: 300 },
  );
});

test("a stretch is read once, and back to the beginning, although tiers overlap and reach differently far", () => {
  const track = new Track(
    TIERS,
    "add",
    false,
    TIERS.map(() => ({ bytes: 0 })),
  );
  const hours = 6;
  for (let second = 1; second <= hours * 3_600; second++) {
    track.add((second - 1) * 1_000, second * 1_000, {
      value: 1 + (second % 3),
      used: 0,
      ids: [],
      counts: [],
    });
    if (second % 60 === 0)
      track.dropBefore(
        second * 1_000,
        TIERS.map(({ reachMs }) => reachMs),
      );
  }
  for (let target = 0; target < TIERS.length; target++) {
    const { sum, fromMs, longestMs } = readAll(track, target);
    // Where the finer tier ends within a step of the coarser one, that step is cut as if it were even.
    assert.ok(Math.abs(sum - 2 * hours * 3_600) < 10, `${sum} in tier ${target}`);
    assert.equal(fromMs, 0);
    assert.equal(longestMs, 60_000);
  }
  const recent = new TrackCursor();
  recent.open(track, 0);
  assert.ok(recent.previous());
  assert.equal(recent.entryToMs - recent.entryFromMs, 1_000);
});

test("time without a report is a gap in every tier; time without change is one entry", () => {
  const track = new Track(
    TIERS,
    "add",
    false,
    TIERS.map(() => ({ bytes: 0 })),
  );
  const quiet = { value: 0, used: 0, ids: [], counts: [] };
  for (let second = 0; second < 300; second++) track.add(second * 1_000, (second + 1) * 1_000, quiet);
  track.add(600_000, 700_000, { ...quiet, value: 5 });
  for (let target = 0; target < TIERS.length; target++) {
    const entries = [];
    const cursor = new TrackCursor();
    cursor.open(track, target);
    while (cursor.previous()) entries.push([cursor.fromMs, cursor.toMs, cursor.entry.value]);
    assert.deepEqual(entries, [
      [600_000, 700_000, 5],
      [300_000, 600_000, Number.NaN],
      [0, 300_000, 0],
    ]);
  }
});

function readAll(track: Track, target: number) {
  const cursor = new TrackCursor();
  cursor.open(track, target);
  let sum = 0;
  let count = 0;
  let fromMs = Number.POSITIVE_INFINITY;
  let longestMs = 0;
  while (cursor.previous()) {
    assert.ok(cursor.toMs <= fromMs, "stretches do not overlap");
    fromMs = cursor.fromMs;
    longestMs = Math.max(longestMs, cursor.toMs - cursor.fromMs);
    const { entry } = cursor;
    if (Number.isNaN(entry.value)) continue;
    const share = (cursor.toMs - cursor.fromMs) / (cursor.entryToMs - cursor.entryFromMs);
    sum += share * entry.value;
    for (let index = 0; index < entry.used; index++) count += share * (entry.counts[index] ?? 0);
  }
  return { sum, count, fromMs, longestMs };
}
