import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { nearestPoint, scatterPlace } from "./scatter.ts";

const BOX = { left: 50, right: 250, top: 10, bottom: 110 };

describe("a picture of durations over time", () => {
  test("has a tick for each power of ten, the shortest at the bottom", () => {
    const place = scatterPlace([2, 30, 400], { fromMs: 0, toMs: 1_000 }, BOX);
    assert.deepEqual(place.ticksMs, [1, 10, 100, 1_000]);
    assert.equal(place.yOf(1), 110);
    assert.equal(place.yOf(1_000), 10);
    assert.equal(place.xOf(500), 150);
    assert.equal(place.timeAt(150), 500);
    assert.equal(place.timeAt(9_999), 1_000);
  });

  test("holds whatever there is, durations of nought too", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e7, noNaN: true })), (durations) => {
        const place = scatterPlace(durations, { fromMs: 0, toMs: 10 }, BOX);
        for (const ms of durations) assert.ok(place.yOf(ms) >= 10 - 1e-6 && place.yOf(ms) <= 110 + 1e-6);
        assert.ok(place.ticksMs.length >= 2);
      }),
    );
  });

  test("finds the point that is nearest, within reach", () => {
    const points = [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
    ];
    assert.equal(nearestPoint(points, { x: 7, y: 1 }, 8), 1);
    assert.equal(nearestPoint(points, { x: 50, y: 50 }, 8), -1);
  });
});
