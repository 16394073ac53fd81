import assert from "node:assert/strict";
import { test } from "node:test";
import { readFieldLines } from "./field-lines.ts";

function read(text: string): string[] | undefined {
  const fields: string[] = [];
  return readFieldLines(text, 0, fields, 100) ? fields : undefined;
}

test("names keep their case, values lose the blanks around them, and the order stays", () => {
  assert.deepEqual(read("x-Case: Kept \r\nB:\t two words\t\r\nb:\r\nB: \t \r\n!#$%&'*+-.^_`|~9: \xe9\r\n"), [
    "x-Case",
    "Kept",
    "B",
    "two words",
    "b",
    "",
    "B",
    "",
    "!#$%&'*+-.^_`|~9",
    "\xe9",
  ]);
  assert.deepEqual(read(""), []);
});

test("reading begins where it is told to", () => {
  const fields = ["A", "1"];
  assert.equal(readFieldLines("HTTP/1.1 200 OK\r\nB: 2\r\n", 17, fields, 100), true);
  assert.deepEqual(fields, ["A", "1", "B", "2"]);
});

for (const [what, text] of [
  ["without a name", ": 1\r\n"],
  ["without a colon", "A\r\n"],
  ["with a space before the colon", "A : 1\r\n"],
  ["with a space before the name", " A: 1\r\n"],
  ["that is folded", "A: 1\r\n 2\r\n"],
  ["with a character in its name that no token has", "A(: 1\r\n"],
  ["with a name beyond ASCII", "\xe9: 1\r\n"],
  ["with a bare carriage return", "A: 1\rB: 2\r\n"],
  ["with a bare line feed", "A: 1\nB: 2\r\n"],
  ["with a zero byte", "A: \0\r\n"],
  ["with another control character", "A: \x1f\r\n"],
  ["with a DEL", "A: \x7f\r\n"],
  ["without an end", "A: 1"],
  ["that ends half", "A: 1\r"],
  ["that is empty", "\r\n"],
] as const) {
  test(`a line ${what} is refused`, () => {
    assert.equal(read(text), undefined);
    assert.equal(read(`Good: 1\r\n${text}`), undefined);
  });
}
