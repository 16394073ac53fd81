import assert from "node:assert/strict";
import { test } from "node:test";
import { durationMsOf, spanInWords } from "./duration.ts";

test("spans are read as people type them", () => {
  assert.equal(durationMsOf("90s"), 90_000);
  assert.equal(durationMsOf("15m"), 900_000);
  assert.equal(durationMsOf(" 1H 30m "), 5_400_000);
  assert.equal(durationMsOf("7d"), 604_800_000);
});

test("what is no span is none, however long it is", () => {
  for (const text of [
    "",
    "15",
    "m",
    "1w",
    "0s",
    "-1m",
    "1e3s",
    "9".repeat(50_000),
    `${"1m1m".repeat(10_000)}x`,
  ]) {
    assert.equal(durationMsOf(text), undefined, text.slice(0, 20));
  }
});

test("a span is said in words", () => {
  assert.equal(spanInWords("1m"), "last minute");
  assert.equal(spanInWords("15m"), "last 15 minutes");
  assert.equal(spanInWords("24h"), "last 24 hours");
  assert.equal(spanInWords("2d"), "last 2 days");
  assert.equal(spanInWords("90s"), "last 90 seconds");
});
