import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Level, LogEntry } from "../../control-api/index.ts";
import { logColumns } from "./log-histogram.ts";

function entryAt(timeMs: number, level?: Level): LogEntry {
  const rest = { id: timeMs, part: "shop", replica: "shop.1", source: "stdout", text: "" } as const;
  return level === undefined ? { ...rest, timeMs } : { ...rest, timeMs, level };
}

describe("counts of entries over time", () => {
  test("are by level, and what says none is information", () => {
    const entries = [
      entryAt(0, "fatal"),
      entryAt(999, "error"),
      entryAt(1_000, "warn"),
      entryAt(1_001),
      entryAt(1_500, "debug"),
      entryAt(9_999, "info"),
      entryAt(-1, "info"),
    ];
    const columns = logColumns(entries, { fromMs: 0, toMs: 2_000 }, 3);
    assert.deepEqual(columns, [
      { fromMs: 0, toMs: 1_000, bad: 2, warn: 0, info: 0, quiet: 0 },
      { fromMs: 1_000, toMs: 2_000, bad: 0, warn: 1, info: 1, quiet: 1 },
    ]);
  });

  test("cover the time without a gap, in no more columns than asked for, and count what lies in them once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 9 }),
        fc.integer({ min: 1, max: 10 ** 9 }),
        fc.integer({ min: 1, max: 120 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (fromMs, lengthMs, columnsMax, places) => {
          const toMs = fromMs + lengthMs;
          const entries = places.map((place) => entryAt(Math.floor(fromMs + place * (lengthMs - 1))));
          const columns = logColumns(entries, { fromMs, toMs }, columnsMax);
          assert.ok(columns.length >= 1 && columns.length <= Math.max(2, columnsMax));
          assert.ok((columns[0]?.fromMs ?? 0) <= fromMs && (columns.at(-1)?.toMs ?? 0) >= toMs);
          columns.forEach((column, at) => {
            if (at > 0) assert.equal(column.fromMs, columns[at - 1]?.toMs);
          });
          assert.equal(
            columns.reduce((sum, { info }) => sum + info, 0),
            entries.length,
          );
        },
      ),
    );
  });

  test("of no time are none", () => {
    assert.deepEqual(logColumns([entryAt(5)], { fromMs: 5, toMs: 5 }, 10), []);
  });
});
