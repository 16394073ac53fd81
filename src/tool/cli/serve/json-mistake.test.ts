import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jsonMistakeIn } from "./json-mistake.ts";

test("a mistake is told by its line and column, and by what stands there", () => {
  for (const [text, line, column, character] of [
    ['{\n  "a": [1, 2,],\n}', 2, 14, "]"],
    ['{\n  "a": 1,\n}', 3, 1, "}"],
    ["{\n  // why\n}", 2, 3, "/"],
    ["{ a: 1 }", 1, 3, "a"],
    ["{ 'a': 1 }", 1, 3, "'"],
    ['{ "a": tru }', 1, 11, " "],
    ["[1] 2", 1, 5, "2"],
    ['"a\nb"', 1, 3, "\n"],
    ["[01]", 1, 3, "1"],
  ] as const) {
    const message = `${JSON.stringify(character)} is not expected here`;
    assert.deepEqual(jsonMistakeIn(text), { line, column, message }, text);
  }
  for (const text of ["", '{ "a": [1', '"a\\u12', "nul", "-"]) {
    assert.deepEqual(jsonMistakeIn(text), { line: 1, column: text.length + 1, message: "it ends too early" });
  }
});

test("whatever is put into JSON that does not belong there is found where it begins", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), (value, where) => {
      const text = JSON.stringify(value, undefined, 2);
      // Between lines, where no blank or character of a text is.
      const lines = text.split("\n");
      const at = where % lines.length;
      const wrong = [...lines.slice(0, at), `#${lines[at]}`, ...lines.slice(at + 1)].join("\n");
      const { line, column } = jsonMistakeIn(wrong);
      assert.deepEqual([line, column], [at + 1, 1]);
    }),
  );
});
