import assert from "node:assert/strict";
import { test } from "node:test";
import { RUN_ERRORS, RunError, type RunErrorCode } from "./errors.ts";

test("every code of the table makes an error of its own, with its word on whether a retry can help", () => {
  for (const code of Object.keys(RUN_ERRORS) as RunErrorCode[]) {
    const error = new RunError(code, "what happened", { details: { part: "x" } });
    assert.equal(error.code, code);
    assert.equal(error.name, "RunError");
    assert.equal(error.retryable, RUN_ERRORS[code].retryable);
    assert.deepEqual(error.details, { part: "x" });
  }
});
