import assert from "node:assert/strict";
import { test } from "node:test";
import { requirementChart, tellingTraces } from "./requirement-chart.ts";

test("a latency is drawn as it is, beside its bound, with gaps where nothing was measured", () => {
  const chart = requirementChart({
    title: "p99",
    unit: "ms",
    bound: "at-most",
    required: 200,
    windowMs: 10_000,
    windows: [
      { fromMs: 0, state: "met", measured: 20 },
      { fromMs: 10_000, state: "unknown" },
    ],
  });
  assert.deepEqual(chart, {
    label: "p99",
    times: [0, 10_000],
    values: [20, null],
    limit: 200,
    format: "ms",
    stepMs: 10_000,
  });
});

test("an availability is drawn as the share that failed", () => {
  const windows = [{ fromMs: 0, state: "not-met" as const, measured: 0.75 }];
  const chart = requirementChart({
    title: "a",
    unit: "share",
    bound: "at-least",
    required: 0.5,
    windowMs: 1,
    windows,
  });
  assert.deepEqual([chart.values, chart.limit, chart.label], [[0.25], 0.5, "share that failed"]);
});

test("each requirement has the traces that tell why, where there are such", () => {
  assert.deepEqual(tellingTraces({ id: "latency.p99", required: 200 })?.params, {
    minMs: "200",
    sort: "duration",
  });
  assert.deepEqual(tellingTraces({ id: "availability", required: 0.99 })?.params, { status: "error" });
  assert.equal(tellingTraces({ id: "traffic", required: 5 }), undefined);
});
