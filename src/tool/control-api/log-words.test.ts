import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { hasWords, logWordsOf } from "./log-words.ts";
import type { LogEntry } from "./logs.ts";

const entry: LogEntry = {
  id: 1,
  timeMs: 0,
  part: "shortener",
  replica: "shortener.2",
  source: "stdout",
  level: "error",
  text: "Could not Redirect: no such link",
  fields: { "req.url": "/links/7", user: "Ann B", constructor: "x" },
};

describe("the words of a search", () => {
  test("are words, phrases, what must not be, and fields", () => {
    assert.deepEqual(logWordsOf('  Two "one Phrase"  -not -"no phrase" user:ann -req.url:"/a b" '), [
      { text: "two", field: undefined, not: false },
      { text: "one phrase", field: undefined, not: false },
      { text: "not", field: undefined, not: true },
      { text: "no phrase", field: undefined, not: true },
      { text: "ann", field: "user", not: false },
      { text: "/a b", field: "req.url", not: true },
    ]);
    assert.deepEqual(
      logWordsOf('http://x a: - "" "open end').map(({ text, field }) => [text, field]),
      [
        ["http://x", undefined],
        ["a:", undefined],
        ["-", undefined],
        ["open end", undefined],
      ],
    );
    assert.deepEqual(logWordsOf(""), []);
  });

  test("hold of an entry when all do, whatever their case", () => {
    const holds = (query: string) => hasWords(entry, logWordsOf(query));
    for (const query of [
      "",
      "redirect LINK",
      '"no such link"',
      "/links/7",
      "user:ann",
      'USER:"ann b"',
      "-other",
      "-user:carl",
      "-missing:x",
      "level:err",
      "part:short replica:.2 source:stdout",
    ]) {
      assert.ok(holds(query), query);
    }
    for (const query of [
      "redirect gone",
      '"such no"',
      "-link",
      "user:carl",
      "missing:x",
      "toString:x",
      "url:7",
    ]) {
      assert.ok(!holds(query), query);
    }
  });

  test("in quotes say what they say without, and each of them tells entries apart into two halves", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9.,/]{1,10}$/), (word) => {
        assert.deepEqual(logWordsOf(`"${word}"`), logWordsOf(word));
        assert.notEqual(hasWords(entry, logWordsOf(`"${word}"`)), hasWords(entry, logWordsOf(`-"${word}"`)));
      }),
    );
    fc.assert(
      fc.property(fc.string(), (query) => {
        for (const { text } of logWordsOf(query)) assert.notEqual(text, "");
        hasWords(entry, logWordsOf(query));
      }),
    );
  });
});
