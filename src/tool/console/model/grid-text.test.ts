import assert from "node:assert/strict";
import { test } from "node:test";
import { gridCsv, gridJson, isFigure } from "./grid-text.ts";

const column = (name: string) => ({ name, type: "text" });

test("CSV quotes what has to be quoted, and tells NULL from nothing", () => {
  const grid = {
    columns: [column("id"), column('odd "name"')],
    rows: [
      ["1", null],
      ["-2", ""],
      ["a,b", { text: "cut\nhere", length: 9_000 }],
    ],
  };
  assert.equal(gridCsv(grid), 'id,"odd ""name"""\r\n1,\r\n-2,""\r\n"a,b","cut\nhere"');
});

test("no value becomes a formula where the CSV is opened", () => {
  const rows = [["=1+1"], ["@x"], ["-1.5"], ["-x"], ["\tx"]];
  assert.equal(gridCsv({ columns: [column("v")], rows }), "v\r\n'=1+1\r\n'@x\r\n-1.5\r\n'-x\r\n'\tx");
});

test("JSON keeps NULL, and columns of one name apart", () => {
  const grid = { columns: [column("a"), column("a"), column("__proto__")], rows: [["1", null, "x"]] };
  assert.equal(gridJson(grid), '[\n  {\n    "a": "1",\n    "a_2": null,\n    "__proto__": "x"\n  }\n]');
});

test("figures are told by their type", () => {
  assert.ok(["integer", "numeric(10,2)", "double precision"].every(isFigure));
  assert.ok(!["text", "integer[]", "timestamp", "numeric(3,1)[]"].some(isFigure));
});
