import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { entryTime, wholeTime } from "./log-time.ts";

describe("moments of logs", () => {
  test("are written with milliseconds, and with the day where it is asked for", () => {
    const timeMs = Date.UTC(2026, 2, 1, 14, 3, 7, 250);
    assert.equal(entryTime(timeMs, true), "14:03:07.250");
    assert.equal(entryTime(timeMs, true, true), "03-01 14:03:07.250");
    assert.equal(wholeTime(timeMs, true), "2026-03-01T14:03:07.250Z");
  });

  test("in the reader's own time are the same moments", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }), (date) => {
        assert.equal(Date.parse(wholeTime(date.getTime())), date.getTime());
        assert.equal(wholeTime(date.getTime()).slice(11, 23), entryTime(date.getTime()));
      }),
    );
  });

  test("that are none are a dash", () => {
    assert.equal(entryTime(Number.NaN), "–");
    assert.equal(wholeTime(1e99), "–");
  });
});
