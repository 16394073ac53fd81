import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { globMatches } from "./index.ts";

const CASES: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ["", "", true],
  ["", "a", false],
  ["*", "", true],
  ["**", "abc", true],
  ["a*c", "abbbc", true],
  ["a*c", "abbb", false],
  ["h?llo", "hello", true],
  ["h?llo", "hllo", false],
  ["h[ae]llo", "hallo", true],
  ["h[^e]llo", "hello", false],
  ["h[a-c]llo", "hbllo", true],
  ["h[c-a]llo", "hbllo", true],
  ["h[]llo", "hllo", false],
  ["\\*", "*", true],
  ["\\*", "a", false],
  ["[\\]]", "]", true],
  ["[a", "a", true],
  ["a\\", "a\\", true],
  ["[a-", "-", true],
  ["*\x00\xff", "key\x00\xff", true],
];

for (const [pattern, text, matches] of CASES)
  test(`${JSON.stringify(pattern)} ${matches ? "matches" : "does not match"} ${JSON.stringify(text)}`, () => {
    assert.equal(globMatches(pattern, text), matches);
  });

test("stars and question marks mean what the same regular expression means", () => {
  const part = fc.constantFrom("a", "b", "*", "?");
  const letters = fc.array(fc.constantFrom("a", "b"), { maxLength: 10 }).map((list) => list.join(""));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), letters, (parts, text) => {
      const expression = parts.map((one) => (one === "*" ? ".*" : one === "?" ? "." : one)).join("");
      assert.equal(globMatches(parts.join(""), text), new RegExp(`^${expression}$`).test(text));
    }),
  );
});

test("a pattern made to be slow is not", () => {
  assert.equal(globMatches(`${"a*".repeat(2000)}b`, "a".repeat(4000)), false);
});
