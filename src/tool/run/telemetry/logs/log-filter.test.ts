import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { hasWords, logWordsOf } from "../../../control-api/index.ts";
import { LogFilter } from "./log-filter.ts";
import { StoredLine } from "./stored-line.ts";
import { line } from "./testdata/lines.ts";

const letters = fc.string({ unit: fc.constantFrom(...'aB1 .:@-/\\"\n\u001bä='), maxLength: 6 });
const value = fc.oneof(
  letters,
  fc.integer({ min: -20, max: 20 }),
  fc.boolean(),
  fc.array(letters, { maxLength: 2 }),
);
const text = fc.oneof(
  letters,
  fc.record({ msg: letters, a: value, b: fc.record({ c: value }) }).map((fields) => JSON.stringify(fields)),
  letters.map((said) => `level=info msg=${JSON.stringify(said)} b.c=x`),
);
const query = fc
  .array(fc.tuple(fc.constantFrom("", "-", "a:", "b.c:", "level:", "part:"), letters), { maxLength: 2 })
  .map((words) => words.map(([before, said]) => `${before}"${said.replaceAll('"', "")}"`).join(" "));

describe("a filter of log lines", () => {
  test("passes by no line that fits, as it is written or in the record of a run", () => {
    fc.assert(
      fc.property(text, query, (said, words) => {
        const stored = new StoredLine(1, line("a", 1, said));
        const filter = new LogFilter({ text: words });
        const fits = hasWords(stored.entry(), logWordsOf(words));
        assert.equal(filter.entryOf(stored) !== undefined, fits);
        if (fits) assert.ok(filter.mayFit(JSON.stringify(line("a", 1, said))));
      }),
      { numRuns: 3_000 },
    );
  });
});
