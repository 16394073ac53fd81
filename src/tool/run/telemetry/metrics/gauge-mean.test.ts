import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedStore } from "./reporter.ts";

const SECOND = 1_000;

test("the mean of a gauge is over the time of which something is known", async () => {
  const { clock, store } = simulatedStore();
  const gauge = (value: number, replica = "api.1") =>
    store.gauge({ name: "use", unit: "1", part: "api", replica, timeMs: clock.wallMs(), value });
  const mean = (seconds: number) => {
    const means = store.meanBy(
      { name: "use", part: "api" },
      "replica",
      clock.wallMs() - seconds * SECOND,
      clock.wallMs(),
    );
    return Object.fromEntries(means);
  };
  gauge(1);
  await clock.advance(2 * SECOND);
  gauge(3);
  await clock.advance(2 * SECOND);
  gauge(9);
  gauge(2, "api.2");
  await clock.advance(2 * SECOND);
  assert.deepEqual(mean(2), { "api.1": 9, "api.2": 2 });
  assert.equal(mean(4)["api.1"], 6);
  assert.equal(mean(3)["api.1"], 7);
  assert.equal(mean(60)["api.1"], 13 / 3);
  await clock.advance(60 * SECOND);
  assert.deepEqual(mean(5), {}, "nothing was told for so long that nothing is known");
});
