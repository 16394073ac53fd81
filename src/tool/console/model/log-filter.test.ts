import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type LogEntry, logWordsOf } from "../../control-api/index.ts";
import {
  entryMatcher,
  fieldTerm,
  type LogFilter,
  markedInField,
  markedWords,
  termsOf,
  withTerm,
} from "./log-filter.ts";

const ALL: LogFilter = { parts: [], replica: undefined, level: undefined, text: "", traceId: undefined };
const entry: LogEntry = {
  id: 1,
  timeMs: 0,
  part: "shop",
  replica: "shop.2",
  source: "stdout",
  level: "warn",
  text: "Slow query",
  fields: { code: "chacha", "http.status": "503" },
};

function fits(filter: Partial<LogFilter>, of: LogEntry = entry): boolean {
  return entryMatcher({ ...ALL, ...filter })(of);
}

describe("entries as they come", () => {
  test("are matched by part, replica, level and words, all of which have to hold", () => {
    assert.ok(fits({}));
    assert.ok(
      fits({
        parts: ["front", "shop"],
        replica: "shop.2",
        level: "warn",
        text: "slow -fast http.status:503",
      }),
    );
    assert.ok(!fits({ parts: ["front"] }));
    assert.ok(!fits({ replica: "shop.1" }));
    assert.ok(!fits({ level: "error" }));
    assert.ok(!fits({ traceId: "a1" }));
    assert.ok(fits({ traceId: "a1" }, { ...entry, traceId: "a1" }));
    assert.ok(!fits({ text: "code:conf26" }));
  });

  test("that say no level count as information", () => {
    const { level: _level, ...silent } = entry;
    assert.ok(fits({ level: "info" }, silent));
    assert.ok(!fits({ level: "warn" }, silent));
  });

  test("are marked where the words stand that had to occur", () => {
    const search = 'slow -fast code:chacha text:"a b"';
    assert.deepEqual(markedWords(search), ["slow", "a b"]);
    assert.deepEqual(markedInField(search, "Code"), ["slow", "chacha"]);
  });
});

describe("a term made of a field's value", () => {
  test("is written bare where it can be, else in quotes", () => {
    assert.equal(fieldTerm("http.status", "503"), "http.status:503");
    assert.equal(fieldTerm("path", "a b", true), '-path:"a b"');
    assert.equal(fieldTerm("odd name", "x"), '"x"');
    assert.equal(fieldTerm("said", '"no" he said'), 'said:" he said"');
    assert.equal(fieldTerm("empty", '""'), undefined);
  });

  test("finds the entry that it was made of, and its opposite does not", () => {
    const ascii = fc.string({ maxLength: 200 });
    fc.assert(
      fc.property(ascii, ascii, ascii, (field, value, before) => {
        const of: LogEntry = { ...entry, text: "", fields: { [field]: value } };
        const term = fieldTerm(field, value);
        const not = fieldTerm(field, value, true);
        if (term === undefined || not === undefined) return assert.equal(value.replaceAll('"', ""), "");
        assert.ok(fits({ text: term }, of));
        assert.ok(!fits({ text: not }, of));
        assert.deepEqual(logWordsOf(withTerm(before, term)).at(-1), logWordsOf(term)[0]);
      }),
      { numRuns: 300 },
    );
  });

  test("takes its opposite's place in a search, and stands there once", () => {
    assert.equal(withTerm('a -code:x "b c"', "code:x"), 'a "b c" code:x');
    assert.equal(withTerm('a code:x "b', "code:x"), 'a "b" code:x');
  });
});

test("a search that is cut into terms and put together again asks for the same", () => {
  const searches = fc.string({ unit: fc.constantFrom("a", "b", ":", "-", '"', " ", "/"), maxLength: 24 });
  fc.assert(
    fc.property(searches, (search) => {
      assert.deepEqual(logWordsOf(termsOf(search).join(" ")), logWordsOf(search));
    }),
    { numRuns: 2_000 },
  );
});
