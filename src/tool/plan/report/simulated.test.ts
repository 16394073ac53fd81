import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlanAnswer } from "../plan-answer.ts";
import { contradictionsOf } from "./simulated.ts";
import { demoAnswer, demoSimulation } from "./testing/demo-answer.ts";

const holding: PlanAnswer = {
  ...demoAnswer,
  requirements: demoAnswer.requirements.map((one) => ({ ...one, state: "holds" })),
};

test("a simulation that keeps what the estimate promises says nothing", () => {
  assert.deepEqual(contradictionsOf({ ...holding, simulation: demoSimulation }), []);
  assert.deepEqual(contradictionsOf(holding), []);
});

test("more failures than availability allows are told, and a class that is later than allowed", () => {
  const [reads, writes] = demoSimulation.classes;
  assert.ok(reads && writes);
  const late = { ...writes, latencyMs: { ...writes.latencyMs, p99: 1_200 } };
  const simulation = { ...demoSimulation, failed: demoSimulation.requests / 2, classes: [reads, late] };
  assert.deepEqual(contradictionsOf({ ...holding, simulation }), [
    "Simulated, latency p99 of write is 1.2 s, where 200 ms are allowed.",
    "Simulated, 50% of the requests fail, where availability allows 0.01%.",
  ]);
});

test("of a requirement that fails by the estimate already nothing more is said", () => {
  const simulation = { ...demoSimulation, failed: demoSimulation.requests };
  const failing = holding.requirements.map((one) => ({ ...one, state: "fails" as const }));
  assert.deepEqual(contradictionsOf({ ...holding, requirements: failing, simulation }), []);
});
