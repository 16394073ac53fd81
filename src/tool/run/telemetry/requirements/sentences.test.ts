import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { duration, sentenceOf, share } from "./sentences.ts";

test("a share is told with as many places as it takes, and never better than it is", () => {
  assert.deepEqual([1, 0.9999, 0.99999, 0.5, 0, 0.9731, 0.9999999].map(share), [
    "100 %",
    "99.99 %",
    "99.999 %",
    "50 %",
    "0 %",
    "97.3 %",
    "99.99999 %",
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999 }), (good) => {
      const told = Number.parseFloat(share(good / 1_000_000));
      assert.ok(
        told < 100 && told <= good / 10_000 + 1e-5 && told >= good / 10_000 - 5.01,
        `${told} for ${good}`,
      );
    }),
  );
});

test("times are told in the unit that reads best", () => {
  assert.deepEqual([0, 0.25, 1, 12.34, 200, 1_234].map(duration), [
    "0 ms",
    "250 µs",
    "1 ms",
    "12.3 ms",
    "200 ms",
    "1.23 s",
  ]);
});

test("one sentence says what holds, with the figures", () => {
  const say = (
    id: string,
    required: number,
    measured: number | undefined,
    state: "met" | "not-met" | "unknown",
    requests = 3_412,
  ) => sentenceOf({ id, required, measured, requests, state });
  assert.deepEqual(
    [
      say("latency.p99", 200, 12, "met"),
      say("latency.p50", 5, undefined, "unknown"),
      say("availability", 0.9999, 0.9995, "not-met"),
      say("availability", 0.9999, 1, "met", 1),
      say("availability", 0.9999, undefined, "unknown"),
      say("traffic", 6_944.4, 120, "unknown"),
      say("traffic", 50, 48, "not-met"),
      say("traffic", 50, 51.27, "met"),
      say("traffic", 50, undefined, "unknown"),
    ],
    [
      "p99 is 12 ms of at most 200 ms over 3,412 requests",
      "nothing was measured yet: p50 has to be at most 5 ms",
      "99.95 % did not fail, of at least 99.99 %, over 3,412 requests",
      "100 % did not fail, of at least 99.99 %, over 1 request",
      "nothing was measured yet: 99.99 % of requests must not fail",
      "the most so far was 120 requests per second answered, of 6,944 requests per second required at the peak: less was asked than that, and nothing is proven",
      "the most so far was 48 requests per second answered, of 50 requests per second required at the peak: more was asked, and failed",
      "the most so far was 51.3 requests per second answered, of 50 requests per second required at the peak",
      "nothing was asked yet: 50 requests per second required at the peak, and nothing is proven",
    ],
  );
});
