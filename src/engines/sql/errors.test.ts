import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { SQL_ERRORS, SqlError, type SqlErrorCode } from "./errors.ts";

test("each code makes an error of its own, knows whether a retry helps, and stands in the README", () => {
  const readme = readFileSync(new URL("./README.md", import.meta.url), "utf8");
  for (const [code, row] of Object.entries(SQL_ERRORS)) {
    const error = new SqlError(code as SqlErrorCode, row.message);
    assert.equal(error.code, code);
    assert.equal(error.retryable, row.retryable);
    assert.ok(readme.includes(`\`${code}\``), `${code} is not documented`);
  }
});
