import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RULES } from "./index.ts";
import { DATA_CASES } from "./testing/data-cases.ts";
import { PATH_CASES } from "./testing/path-cases.ts";
import { REQUIREMENT_CASES } from "./testing/requirement-cases.ts";
import { findingsOf } from "./testing/rule-case.ts";

const CASES = [...REQUIREMENT_CASES, ...PATH_CASES, ...DATA_CASES];

describe("each rule finds what it is for, and nothing in a design that only comes near", () => {
  for (const { rule, severity, place, wrong, right } of CASES) {
    test(rule, () => {
      const found = findingsOf(wrong).filter((one) => one.rule === rule);
      assert.deepEqual(
        found.map((one) => [one.severity, one.place]),
        [[severity, place]],
      );
      assert.deepEqual(
        findingsOf(right).filter((one) => one.rule === rule),
        [],
      );
    });
  }
});

test("every rule has such a pair of designs", () => {
  assert.deepEqual(CASES.map(({ rule }) => rule).toSorted(), RULES.map(({ id }) => id).toSorted());
});

test("each finding says why and what to write, as a person would", () => {
  for (const { wrong } of CASES) {
    for (const { title, reason, mend } of findingsOf(wrong)) {
      for (const text of [title, reason, mend])
        assert.doesNotMatch(text, /undefined|NaN|Infinity|null|\[object|e[+-]\d|\d\.\d{5}/, text);
      assert.match(reason, /[.]$/);
      assert.match(mend, /[.]$/);
      assert.match(title, /[^.]$/);
    }
  }
});
