import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Entry, Strip, StripCursor } from "./strip.ts";

const value = fc.oneof(
  fc.double().map((each) => each + 0),
  fc.nat(),
  fc.integer(),
  fc.constant(Number.NaN),
  fc.constant(2 ** 52),
  fc.constant(-(2 ** 49)),
);
const buckets = fc.uniqueArray(fc.nat(8_192), { maxLength: 80 }).chain((ids) =>
  fc.record({
    ids: fc.constant(ids.sort((one, other) => one - other)),
    counts: fc.array(fc.double({ min: 0.25, max: 1e9, noNaN: true }), {
      minLength: ids.length,
      maxLength: ids.length,
    }),
  }),
);
const entry = fc.record({ lengthMs: fc.integer({ min: 1, max: 10_000_000 }), value, buckets });

test("what is put into a strip is read from its newest entry back, number for number", () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60, size: "max" }), fc.boolean(), (given, hasBuckets) => {
      const account = { bytes: 0 };
      const strip = new Strip(1_000, hasBuckets, account);
      let atMs = 1_000;
      const expected = given.map(({ lengthMs, value, buckets }) => {
        const fromMs = atMs;
        atMs += lengthMs;
        const used = hasBuckets ? buckets.ids.length : 0;
        strip.append(atMs, { value, used, ...buckets });
        const { ids, counts } = hasBuckets ? buckets : { ids: [], counts: [] };
        return { fromMs, toMs: atMs, value, ids, counts };
      });
      assert.deepEqual(read(strip), expected.reverse());
      assert.ok(account.bytes > 0);
      strip.release();
      assert.equal(account.bytes, 0);
    }),
    { numRuns: 200 },
  );
});

test("the newest entry can be written anew, longer or larger, also when it filled a piece", () => {
  const strip = new Strip(0, false, { bytes: 0 });
  for (let index = 1; index <= 1_000; index++) {
    strip.append(index * 10, plain(index));
    strip.replaceLast(index * 10 + 5, plain(index + 0.125));
    strip.replaceLast(index * 10, plain(-index));
  }
  const entries = read(strip);
  assert.equal(entries.length, 1_000);
  assert.deepEqual(entries[0], { fromMs: 9_990, toMs: 10_000, value: -1_000, ids: [], counts: [] });
  assert.deepEqual(entries.at(-1), { fromMs: 0, toMs: 10, value: -1, ids: [], counts: [] });
});

test("a strip lets go of whole pieces that are too old, and a cursor passes over those that are too new", () => {
  const account = { bytes: 0 };
  const strip = new Strip(0, false, account);
  for (let index = 1; index <= 2_000; index++) strip.append(index, plain(index + 0.1));
  const before = account.bytes;
  strip.dropBefore(1_500);
  assert.ok(account.bytes < before / 3, `${account.bytes} of ${before} bytes are left`);
  assert.ok(strip.fromMs <= 1_500 && strip.fromMs > 1_300, `it begins at ${strip.fromMs}`);
  assert.equal(read(strip).at(-1)?.fromMs, strip.fromMs);
  const cursor = new StripCursor();
  cursor.open(strip, 1_600);
  assert.ok(cursor.previous());
  assert.ok(cursor.toMs >= 1_600 && cursor.toMs < 1_700, `it begins with ${cursor.toMs}`);
});

function plain(value: number): Entry {
  return { value, used: 0, ids: [], counts: [] };
}

function read(strip: Strip) {
  const cursor = new StripCursor();
  cursor.open(strip);
  const entries = [];
  while (cursor.previous()) {
    const { fromMs, toMs, value, used } = cursor;
    entries.push({
      fromMs,
      toMs,
      value,
      ids: cursor.ids.slice(0, used),
      counts: cursor.counts.slice(0, used),
    });
  }
  return entries;
}
