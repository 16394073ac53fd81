import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { tokensOf } from "./tokens.ts";

const words = (source: string) =>
  tokensOf(source)
    .filter((one) => one.kind === "word")
    .map((one) => one.text);

test("comments, strings, regular expressions and templates hold no words", () => {
  assert.deepEqual(words("a // b\n/* c\n*/ d"), ["a", "d"]);
  assert.deepEqual(words(`a "b \\" c" 'd' e`), ["a", "e"]);
  assert.deepEqual(words('a = /b"[/c]"/g; d'), ["a", "d"]);
  assert.deepEqual(words("return /b'/.test(x)"), ["return", "test", "x"]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source code
  assert.deepEqual(words("a`b ${c + `d ${ {e} } f`} g` h"), ["a", "c", "e", "h"]);
});

test("a slash after a value divides", () => {
  assert.deepEqual(words("a / b / c"), ["a", "b", "c"]);
  assert.deepEqual(words("(a) / b / c"), ["a", "b", "c"]);
});

test("lines are counted through whatever spans them", () => {
  const lines = tokensOf("#!/usr/bin/env node\na\n/* \n */ b `\n` c").map((one) => [one.text, one.line]);
  assert.deepEqual(lines, [
    ["a", 2],
    ["b", 4],
    ["\n", 4],
    ["c", 5],
  ]);
});

// biome-ignore lint/suspicious/noTemplateCurlyInString: a set of characters
const CHARACTERS = "ab \"'`${}/*\\\n[]().#1".split("");

test("any text at all is taken apart, and no line is beyond its end", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 60 }), (text) => {
      const last = text.split("\n").length;
      for (const token of tokensOf(text)) assert.ok(token.line >= 1 && token.line <= last);
    }),
  );
});
