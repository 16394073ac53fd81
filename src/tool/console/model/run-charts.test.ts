import assert from "node:assert/strict";
import { test } from "node:test";
import type { MetricAnswer } from "../../control-api/index.ts";
import { figureParams, lineOfPart, partsOf, RUN_FIGURES } from "./run-charts.ts";

function answer(...parts: string[]): MetricAnswer {
  const series = parts.map((part, index) => ({ labels: { part }, values: [index] }));
  const rest = { name: "m", unit: "s", kind: "gauge" as const, leftOut: 0, exemplars: [] };
  return { ...rest, fromMs: 0, stepMs: 1, steps: 1, series };
}

test("a figure is asked once for all parts, over the whole of a run, which is never shorter than a second", () => {
  const failed = RUN_FIGURES.find((one) => one.id === "failed");
  assert.ok(failed);
  assert.deepEqual(figureParams(failed, { startedMs: 1_000.5 }, 1_200), {
    name: "http.server.request.duration",
    as: "rate",
    by: "part",
    fromMs: 1_000,
    toMs: 2_001,
    points: 300,
    "where.error.type": "*",
  });
});

test("parts are those that any answer knows, the best known first", () => {
  assert.deepEqual(partsOf([answer("hot", "api"), undefined, answer("api"), answer("zoo", "api")]), [
    "api",
    "hot",
    "zoo",
  ]);
  assert.deepEqual(lineOfPart(answer("hot", "api"), "api"), [1]);
  assert.equal(lineOfPart(answer("hot"), "api"), undefined);
});
