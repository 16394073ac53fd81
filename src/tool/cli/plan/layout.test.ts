import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { widthOf } from "../text.ts";
import { bar, filledBar, offsetBar, sparkline } from "./bars.ts";
import { fittingTable } from "./fitting-table.ts";
import { wrapped } from "./sheet.ts";

test("a bar is as long as its share, to an eighth of a column", () => {
  assert.equal(bar(0, 8), "");
  assert.equal(bar(0.5, 8), "████");
  assert.equal(bar(1, 4), "████");
  assert.equal(bar(2, 4), "████");
  assert.equal(bar(1 / 64, 8), "▏");
  assert.equal(bar(1e-9, 8), "▏");
  assert.equal(bar(Number.NaN, 8), "");
  assert.equal(filledBar(0.25, 8), "██      ");
  assert.equal(offsetBar(0.5, 0.5, 8), "    ████");
});

test("a step of a waterfall stays within its width", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(share, share, fc.integer({ min: 8, max: 60 }), (from, length, width) => {
      assert.ok(widthOf(offsetBar(from, length, width)) <= width);
    }),
  );
});

test("a curve has a column a value, and a dot where nothing is known", () => {
  assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8), "▁▂▃▄▅▆▇█");
  assert.equal(sparkline([1, null, 1], 8), "█·█");
  assert.equal(sparkline([0, 0], 8), "▁▁");
  assert.equal(sparkline([0, 9, 0, 1], 2), "█▂");
  assert.equal(sparkline([1, Number.POSITIVE_INFINITY], 2), "▁█");
});

test("a table that is too wide cuts what may be cut, then leaves out what can be left out", () => {
  const columns = [
    { title: "NAME", least: 6 },
    { title: "KIND", drop: 1 },
    { title: "LOAD", align: "right" as const },
  ];
  const rows = [["a-very-long-name", "service", "1,000/s"]];
  assert.deepEqual(fittingTable(columns, rows, 40), [
    "NAME              KIND        LOAD",
    "a-very-long-name  service  1,000/s",
  ]);
  assert.deepEqual(fittingTable(columns, rows, 28), [
    "NAME        KIND        LOAD",
    "a-very-lo…  service  1,000/s",
  ]);
  assert.deepEqual(fittingTable(columns, rows, 16), ["NAME        LOAD", "a-very…  1,000/s"]);
});

test("words keep their order when they are wrapped, and lines their width", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { maxLength: 30 }), (words) => {
      const lines = wrapped(words.join(" "), 20);
      assert.deepEqual(lines.join(" ").split(" ").filter(Boolean), words);
      assert.ok(lines.every((line) => line.length <= 20));
    }),
  );
  assert.deepEqual(wrapped("", 20), []);
});
