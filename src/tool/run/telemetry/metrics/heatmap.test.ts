import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../../blocks/time/index.ts";
import { Reporter, SECOND_BOUNDS, simulatedStore } from "./reporter.ts";

test("rows are the reported bounds around what occurred, and each step holds what it took", async () => {
  const { clock, store } = simulatedStore();
  const fromMs = clock.wallMs();
  const reporters = [1, 2].map((number) => new Reporter(store, clock, "cumulative", `web.${number}`));
  for (let step = 1; step <= 6; step++) {
    await clock.advance(10_000);
    for (const reporter of reporters) {
      for (let index = 0; index < step; index++) reporter.took(0.03);
      reporter.took(0.2);
      reporter.report({ value: 0.2, traceId: `trace-${step}` });
    }
  }
  const answer = store.heatmap({ name: "took", as: "rate", fromMs, toMs: clock.wallMs(), points: 6 });
  assert.deepEqual([answer.stepMs, answer.unit], [10_000, "s"]);
  assert.deepEqual(answer.bounds, [0.025, 0.05, 0.1, 0.25]);
  assert.deepEqual(
    answer.counts,
    [1, 2, 3, 4, 5, 6].map((step) => [0, 2 * step, 0, 2, 0]),
  );
  assert.deepEqual(new Set(answer.exemplars.map(({ value }) => value)), new Set([0.2]));
  assert.ok(SECOND_BOUNDS.includes(answer.bounds[0] ?? 0));
});

test("histograms of different bounds share at most 40 rows of equal ratio, which hold all that was taken", async () => {
  const { clock, store } = simulatedStore();
  const random = seededRandom(7);
  const fromMs = clock.wallMs();
  const reporter = new Reporter(store, clock, "cumulative");
  let count = 0;
  for (let step = 0; step < 60; step++) {
    await clock.advance(1_000);
    for (let index = 0; index < 20; index++) {
      const value = 10 ** (random() * 5 - 4);
      reporter.took(value);
      store.observe({ name: "took", unit: "s", part: "web", replica: "own", timeMs: clock.wallMs(), value });
      count += 2;
    }
    reporter.report();
  }
  await clock.advance(2_000);
  const answer = store.heatmap({ name: "took", as: "rate", fromMs, toMs: clock.wallMs() });
  assert.ok(answer.bounds.length <= 40 && answer.bounds.length >= 15, `${answer.bounds.length} rows`);
  assert.ok(answer.bounds.every((bound, index) => index === 0 || bound > (answer.bounds[index - 1] ?? 0)));
  assert.ok(answer.counts.every((rows) => rows.length === answer.bounds.length + 1));
  const sum = answer.counts.flat().reduce((total, each) => total + each, 0);
  assert.ok(Math.abs(sum - count) < 1, `${sum} of ${count}`);
  assert.equal(
    answer.counts.reduce((total, rows) => total + (rows.at(-1) ?? 0), 0),
    0,
  );
});
