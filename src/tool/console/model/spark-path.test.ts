import assert from "node:assert/strict";
import { test } from "node:test";
import { sparkPath } from "./spark-path.ts";

test("values become a line from left to right, with what lies below it", () => {
  const { line, area } = sparkPath([0, 5, 10], 100, 12);
  assert.equal(line, "M0 11L50 6L100 1");
  assert.equal(area, "M0 12L0 11L50 6L100 1L100 12Z");
});

test("unknown values break the line, and one between them is a dot", () => {
  assert.equal(sparkPath([1, null, 1, 1], 30, 12).line, "M0 1L0 1M20 1L30 1");
});

test("nothing, noughts and values beyond the top draw nothing odd", () => {
  assert.deepEqual(sparkPath([], 30, 12), { line: "", area: "" });
  assert.equal(sparkPath([0, 0], 30, 12).line, "M0 11L30 11");
  assert.equal(sparkPath([50, -3], 30, 12, 10).line, "M0 1L30 11");
});
