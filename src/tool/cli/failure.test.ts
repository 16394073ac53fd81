import assert from "node:assert/strict";
import { test } from "node:test";
import { CLI_ERRORS, CliError, type CliErrorCode } from "./errors.ts";
import { reportFailure } from "./failure.ts";
import { MemoryTerminal } from "./testing/memory-terminal.ts";

test("an error that was foreseen is its message and nothing else", () => {
  const terminal = new MemoryTerminal();
  const error = new CliError("NO_RUN_RECORDED", "nothing runs here");
  assert.equal(reportFailure(error, terminal, { json: false }), 1);
  assert.equal(terminal.err.text, "trestle: nothing runs here\n");
});

test("one that was not foreseen says so, and how to see where it happened", () => {
  const terminal = new MemoryTerminal();
  assert.equal(reportFailure(new TypeError("x is not a function"), terminal, { json: false }), 1);
  assert.match(terminal.err.text, /^trestle: x is not a function\n.*TRESTLE_DEBUG=1/);
});

test("TRESTLE_DEBUG=1 shows the stack of the error and of its causes", () => {
  const terminal = new MemoryTerminal({ environment: { TRESTLE_DEBUG: "1" } });
  const cause = new TypeError("below");
  reportFailure(new CliError("NO_RUN_RECORDED", "above", { cause }), terminal, { json: false });
  assert.match(terminal.err.text, /CliError: above\n {4}at [\s\S]*caused by TypeError: below\n {4}at /);
});

test("as JSON an error has its code, its message and its facts", () => {
  const terminal = new MemoryTerminal();
  const error = new CliError("UNKNOWN_PART", "no part x", { details: { part: "x" } });
  reportFailure(error, terminal, { json: true });
  assert.deepEqual(JSON.parse(terminal.err.text), {
    error: { code: "UNKNOWN_PART", message: "no part x", details: { part: "x" } },
  });
});

test("each code of the table makes an error that bears it and knows whether a retry can help", () => {
  for (const code of Object.keys(CLI_ERRORS) as CliErrorCode[]) {
    const error = new CliError(code, "x");
    assert.equal(error.code, code);
    assert.equal(error.retryable, CLI_ERRORS[code].retryable);
  }
});

test("a wrong argument exits with 2", () => {
  assert.equal(reportFailure(new CliError("BAD_ARGUMENT", "x"), new MemoryTerminal(), { json: false }), 2);
});
