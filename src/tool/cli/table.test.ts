import assert from "node:assert/strict";
import { test } from "node:test";
import { table } from "./table.ts";

test("columns line up, numbers on the right, whatever their colours", () => {
  const lines = table(
    [{ title: "PART" }, { title: "MEMORY", align: "right" }],
    [
      ["\x1b[1mlinks\x1b[22m", "30 MiB"],
      ["a", "1.0 GiB"],
    ],
  );
  assert.deepEqual(lines, ["PART    MEMORY", "\x1b[1mlinks\x1b[22m   30 MiB", "a      1.0 GiB"]);
});

test("a column without a value is left out, and no line ends in spaces", () => {
  assert.deepEqual(table([{ title: "A" }, { title: "B" }], [["x", ""]]), ["A", "x"]);
  assert.deepEqual(table([{ title: "A" }, { title: "LONG" }], [["x", "y"]]), ["A  LONG", "x  y"]);
});
