import assert from "node:assert/strict";
import { test } from "node:test";
import { CodedError } from "../../errors/index.ts";
import { isRetryable, retryAfterMsOf } from "./retryable.ts";

test("what may go away is tried again, non-errors included", () => {
  for (const error of [new Error("reset"), new SyntaxError("half a JSON"), undefined, null, "text", 42, {}])
    assert.ok(isRetryable(error), String(error));
  const lost = new TypeError("fetch failed", {
    cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }),
  });
  assert.ok(isRetryable(lost));
  assert.ok(isRetryable(new CodedError("TIMED_OUT", "late", { retryable: true })));
  assert.ok(isRetryable(new DOMException("late", "TimeoutError")));
});

test("what says so, what was given up, an open circuit and the program's mistakes are not", async () => {
  assert.ok(!isRetryable(new CodedError("GONE", "gone", { retryable: false })));
  assert.ok(!isRetryable({ retryable: false }));
  assert.ok(!isRetryable(new DOMException("enough", "AbortError")));
  assert.ok(!isRetryable(new CodedError("CIRCUIT_OPEN", "open", { retryable: true })));
  for (const mistake of [
    new TypeError("x is not a function"),
    new RangeError("depth"),
    new ReferenceError("y"),
  ])
    assert.ok(!isRetryable(mistake), mistake.message);
  assert.ok(!isRetryable(new assert.AssertionError({ message: "never" })));
});

test("what fetch rejects with is told apart: a lost connection from a bad URL", async () => {
  const failure = (url: string) =>
    fetch(url).then(
      () => assert.fail("answered"),
      (error: unknown) => error,
    );
  assert.ok(isRetryable(await failure("http://127.0.0.1:1/")));
  assert.ok(!isRetryable(await failure("http//nowhere")));
});

test("a time to wait is a number of at least 0, and nothing else is", () => {
  assert.equal(retryAfterMsOf({ retryAfterMs: 0 }), 0);
  assert.equal(retryAfterMsOf(Object.assign(new Error(), { retryAfterMs: 1_500 })), 1_500);
  assert.equal(retryAfterMsOf({ retryAfterMs: Number.POSITIVE_INFINITY }), Number.POSITIVE_INFINITY);
  for (const retryAfterMs of [-1, Number.NaN, "5", undefined, {}])
    assert.equal(retryAfterMsOf({ retryAfterMs }), undefined);
  for (const error of [undefined, null, "text", new Error()]) assert.equal(retryAfterMsOf(error), undefined);
});
