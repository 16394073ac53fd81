import assert from "node:assert/strict";
import { test } from "node:test";
import { axisTexts, evenTicks, nearestStep, timeTickText } from "./ticks.ts";

test("ticks stand evenly apart, the last row among them", () => {
  assert.deepEqual(evenTicks(5, 10), [0, 1, 2, 3, 4]);
  assert.deepEqual(evenTicks(10, 4), [0, 3, 6, 9]);
  assert.deepEqual(evenTicks(0, 4), []);
  assert.deepEqual(evenTicks(3, 0), []);
});

test("an axis says seconds only where they differ, and the day where it begins", () => {
  const noon = new Date(2026, 2, 1, 12, 30, 15).getTime();
  assert.equal(timeTickText(noon, 5_000), "12:30:15");
  assert.equal(timeTickText(noon, 60_000), "12:30");
  assert.equal(timeTickText(new Date(2026, 2, 1).getTime(), 3_600_000), "03-01");
  assert.equal(timeTickText(noon, 86_400_000), "03-01");
});

test("the step nearest to a moment is found, within the ends", () => {
  const times = [1_000, 2_000, 3_000];
  assert.equal(nearestStep(times, 2_400), 1);
  assert.equal(nearestStep(times, 2_600), 2);
  assert.equal(nearestStep(times, -5), 0);
  assert.equal(nearestStep(times, 9_000), 2);
  assert.equal(nearestStep([], 9_000), -1);
});

test("no two ticks of an axis say the same, and none takes much room", () => {
  assert.deepEqual(axisTexts([0, 0.005, 0.01, 0.015], "cores"), ["0", "0.005", "0.01", "0.015"]);
  assert.deepEqual(axisTexts([0, 0.5, 1, 1.5], "cores"), ["0", "0.5", "1", "1.5"]);
  assert.deepEqual(axisTexts([0, 0.05], "seconds"), ["0", "50 ms"]);
});
