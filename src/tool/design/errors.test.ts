import assert from "node:assert/strict";
import { test } from "node:test";
import { DESIGN_ERRORS, DesignError, type DesignErrorCode } from "./errors.ts";
import { formatProblems } from "./problem.ts";

const problem = {
  file: "/shop/system.ts",
  line: 3,
  column: 7,
  path: "hot.memory",
  message: "it is wrong",
  mend: "Mend it.",
};

test("each code makes an error that bears it, keeps its cause, and tells every problem", () => {
  for (const code of Object.keys(DESIGN_ERRORS) as DesignErrorCode[]) {
    const cause = new Error("why");
    const error = new DesignError(code, [problem, { ...problem, line: 9 }], { folder: "/shop", cause });
    assert.equal(error.code, code);
    assert.equal(error.retryable, DESIGN_ERRORS[code].retryable);
    assert.equal(error.cause, cause);
    assert.equal(error.problems.length, 2);
    assert.match(
      error.message,
      /2 problems[\s\S]*system\.ts:3:7 {2}hot\.memory\n {2}it is wrong\.\n {2}Mend it\.[\s\S]*:9:7/,
    );
  }
});

test("a file inside the folder is shown by its path from there, any other by its whole path", () => {
  assert.match(formatProblems([problem], { folder: "/" }), /^shop\/system\.ts:3:7/);
  assert.match(formatProblems([problem], { folder: "/shop/api" }), /^\/shop\/system\.ts:3:7/);
  assert.match(formatProblems([problem]), /^\/shop\/system\.ts:3:7/);
});
