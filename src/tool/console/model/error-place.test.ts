import assert from "node:assert/strict";
import { test } from "node:test";
import { errorPlace } from "./error-place.ts";

test("a position is shown in its line", () => {
  const sql = "SELECT 1,\n\tnme\nFROM t";
  assert.deepEqual(errorPlace(sql, 11), { line: 2, text: " nme", column: 1 });
  assert.deepEqual(errorPlace(sql, 0), { line: 1, text: "SELECT 1,", column: 0 });
  assert.deepEqual(errorPlace(sql, 9_999), { line: 3, text: "FROM t", column: 6 });
});

test("of a long line only what is around is shown", () => {
  const { text, column } = errorPlace(`${"a".repeat(500)}!${"b".repeat(500)}`, 500);
  assert.equal(text[column], "!");
  assert.ok(text.length <= 120);
});
