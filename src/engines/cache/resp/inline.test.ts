import assert from "node:assert/strict";
import { test } from "node:test";
import { splitInline } from "./index.ts";

const LINES: readonly (readonly [line: string, args: string[] | undefined])[] = [
  ["", []],
  ["  \t ", []],
  ["PING", ["PING"]],
  ["SET  a\tb ", ["SET", "a", "b"]],
  ['SET a "b c"', ["SET", "a", "b c"]],
  ['"\\n\\r\\t\\b\\a\\x41\\xff\\q"', ["\n\r\t\b\x07A\xffq"]],
  ["'a\\'b\\n'", ["a'b\\n"]],
  ['""', [""]],
  ['a"b"', ["ab"]],
  ['"a"b', undefined],
  ['"a', undefined],
  ["'a", undefined],
  ['"a\\', undefined],
];

for (const [line, args] of LINES)
  test(`the line ${JSON.stringify(line)} ${args ? `is ${JSON.stringify(args)}` : "does not balance"}`, () => {
    assert.deepEqual(splitInline(line), args);
  });
