import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../time/index.ts";
import { retryAfterMs } from "./retry-after.ts";

const clock = new SimulatedClock(Date.UTC(1994, 10, 6, 8, 49, 7));

test("seconds and all three forms of a date are read (RFC 9110, 10.2.3 and 5.6.7)", () => {
  assert.equal(retryAfterMs("120", clock), 120_000);
  assert.equal(retryAfterMs(" 0 ", clock), 0);
  assert.equal(retryAfterMs("Sun, 06 Nov 1994 08:49:37 GMT", clock), 30_000);
  assert.equal(retryAfterMs("Sunday, 06-Nov-94 08:49:37 GMT", clock), 30_000);
  assert.equal(retryAfterMs("Sun Nov  6 08:49:37 1994", clock), 30_000);
});

test("a date that has passed asks for nothing", () => {
  assert.equal(retryAfterMs("Sun, 06 Nov 1994 08:00:00 GMT", clock), 0);
});

test("what is neither is not read, though the language's parser would", () => {
  const neither = ["", "-5", "1.5", "soon", "2030-01-01", "Sun, 99 Nov 1994 08:49:37 GMT", "1e3"];
  for (const text of neither) assert.equal(retryAfterMs(text, clock), undefined, text);
  assert.equal(retryAfterMs(null, clock), undefined);
});

test("whatever a server sends is a time from 0 on, or nothing", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d*$/), fc.date().map(String)), (text) => {
      const ms = retryAfterMs(text, clock);
      assert.ok(ms === undefined || ms >= 0);
    }),
  );
  assert.equal(retryAfterMs("9".repeat(400), clock), Number.POSITIVE_INFINITY);
});
