import assert from "node:assert/strict";
import { test } from "node:test";
import { rateLimitHeaders } from "./headers.ts";

const allowed = { allowed: true, limit: 10, remaining: 3, resetAfterMs: 1_001, retryAfterMs: 0, delayMs: 0 };

test("seconds are whole and rounded up, and Retry-After comes with a refusal alone", () => {
  assert.deepEqual(rateLimitHeaders(allowed), {
    "RateLimit-Limit": "10",
    "RateLimit-Remaining": "3",
    "RateLimit-Reset": "2",
  });
  const refused = { ...allowed, allowed: false, resetAfterMs: 2_000.0000001, retryAfterMs: 1 };
  assert.equal(rateLimitHeaders(refused)["Retry-After"], "1");
  assert.equal(rateLimitHeaders(refused)["RateLimit-Reset"], "2");
});

test("what is without end has no field", () => {
  const never = {
    ...allowed,
    allowed: false,
    retryAfterMs: Number.POSITIVE_INFINITY,
    resetAfterMs: Number.POSITIVE_INFINITY,
  };
  assert.deepEqual(Object.keys(rateLimitHeaders(never)), ["RateLimit-Limit", "RateLimit-Remaining"]);
});
