import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlanAnswer } from "../plan-answer.ts";
import { growthOf } from "./growth.ts";
import { demoAnswer } from "./testing/demo-answer.ts";
import { orderedRequirements, verdictText } from "./verdict.ts";
import { betweenMs, waterfallOf } from "./waterfall.ts";

test("what breaks stands in the order of the loads, with the peak among it", () => {
  assert.deepEqual(
    growthOf(demoAnswer).map(({ kind, what, perSecond }) => [kind, what, Math.round(perSecond)]),
    [
      ["peak", "the peak", 6_944],
      ["breaks", "latency p99 goes above 200 ms", 8_100],
      ["full", "shortener is full", 8_370],
    ],
  );
});

test("what no load breaks and what holds at none is no step, and without steps there is no growth to show", () => {
  const broken = (breaksAtPerSecond: number): PlanAnswer => {
    const { bottleneck: _none, ...rest } = demoAnswer;
    return { ...rest, requirements: rest.requirements.map((one) => ({ ...one, breaksAtPerSecond })) };
  };
  assert.deepEqual(growthOf(broken(0)), []);
  assert.deepEqual(growthOf(broken(Number.POSITIVE_INFINITY)), []);
  assert.deepEqual(growthOf({ ...demoAnswer, classes: [] }), []);
});

test("steps of a waterfall follow each other to the end of the way", () => {
  const [read] = demoAnswer.classes;
  assert.ok(read);
  const steps = waterfallOf({ stays: read.stays });
  for (const [index, { from, share }] of steps.entries()) {
    const next = steps[index + 1]?.from ?? 1;
    assert.ok(Math.abs(from + share - next) < 1e-12, `step ${index}`);
  }
  // Visits count: a twentieth of the requests come to the database.
  assert.ok(Math.abs((steps[3]?.totalMs ?? 0) - 0.03) < 1e-12);
});

test("what a request takes besides its stays is told, and leaves room in the waterfall", () => {
  const [read] = demoAnswer.classes;
  assert.ok(read);
  const between = betweenMs(read);
  assert.ok(Math.abs(between - (1.9 - 0.21 - 0.92 - 0.18 - 0.03)) < 1e-12);
  const last = waterfallOf(read).at(-1);
  assert.ok(last && Math.abs(1 - last.from - last.share - between / 1.9) < 1e-12);
  assert.equal(betweenMs({ stays: read.stays }), 0);
  const latencyMs = { ...read.latencyMs, mean: Number.POSITIVE_INFINITY };
  assert.equal(betweenMs({ stays: read.stays, latencyMs }), 0);
});

test("stays without a bound share the whole waterfall, and one of nothing has no share", () => {
  const stay = { part: "a", depth: 0, ms: 1, visits: 1 };
  const endless = { ...stay, ms: Number.POSITIVE_INFINITY };
  const full = waterfallOf({ stays: [stay, endless, endless] });
  assert.deepEqual(
    full.map(({ share }) => share),
    [0, 0.5, 0.5],
  );
  assert.deepEqual(
    waterfallOf({ stays: [{ ...stay, ms: 0 }] }).map(({ share }) => share),
    [0],
  );
  assert.deepEqual(waterfallOf({ stays: [] }), []);
});

test("a verdict is that of the worst requirement, and says how many there are", () => {
  const sentence = (...states: ("holds" | "fails" | "unknown")[]) => {
    const [one] = demoAnswer.requirements;
    assert.ok(one);
    return verdictText({ system: "it", requirements: states.map((state) => ({ ...one, state })) }).sentence;
  };
  assert.equal(sentence(), "it has no requirements that a plan could check");
  assert.equal(sentence("holds"), "it holds its requirement");
  assert.equal(sentence("holds", "holds"), "it holds both of its requirements");
  assert.equal(sentence("holds", "holds", "holds"), "it holds all 3 of its requirements");
  assert.equal(sentence("fails"), "it cannot hold its requirement");
  assert.equal(sentence("fails", "holds", "unknown"), "it cannot hold its requirements: 1 of 3 fails");
  assert.equal(sentence("fails", "fails"), "it cannot hold its requirements: all 2 fail");
  assert.equal(sentence("unknown"), "it: nothing can be said of its requirements yet");
  assert.match(
    sentence("holds", "unknown"),
    /holds 1 of 2 requirements; nothing can be said of the other yet$/,
  );
  assert.deepEqual(
    orderedRequirements(demoAnswer).map(({ state }) => state),
    ["fails", "holds", "unknown"],
  );
});
