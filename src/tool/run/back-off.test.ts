import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { BackOff, DEFAULT_BACK_OFF } from "./back-off.ts";

describe("a back-off", () => {
  test("waits 100 ms after the first failure, twice as long after each one that follows, and never over 30 s", () => {
    const backOff = new BackOff();
    const waits = Array.from({ length: 12 }, () => backOff.failed(0).waitMs);
    assert.deepEqual(waits.slice(0, 5), [100, 200, 400, 800, 1600]);
    assert.deepEqual(waits.slice(-3), [25_600, 30_000, 30_000].slice(-3).with(0, 30_000));
  });

  test("calls it a crash loop from the fifth failure in a row", () => {
    const backOff = new BackOff();
    const verdicts = Array.from({ length: 6 }, () => backOff.failed(0).looping);
    assert.deepEqual(verdicts, [false, false, false, false, true, true]);
  });

  test("starts from the first wait again after the process had been ready for 10 s", () => {
    const backOff = new BackOff();
    for (let failure = 0; failure < 7; failure++) backOff.failed(0);
    assert.deepEqual(backOff.failed(10_000), { waitMs: 100, looping: false });
    assert.equal(backOff.failed(9_999).waitMs, 200);
  });

  test("forgets the failures when it is reset", () => {
    const backOff = new BackOff();
    for (let failure = 0; failure < 7; failure++) backOff.failed(0);
    backOff.reset();
    assert.deepEqual(backOff.failed(0), { waitMs: 100, looping: false });
  });

  test("keeps every wait between the first and the longest, however often a process fails", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 2_000 }), (lives) => {
        const backOff = new BackOff();
        for (const readyMs of lives) {
          const { waitMs } = backOff.failed(readyMs);
          assert.ok(waitMs >= DEFAULT_BACK_OFF.firstMs && waitMs <= DEFAULT_BACK_OFF.longestMs);
        }
      }),
    );
  });
});
