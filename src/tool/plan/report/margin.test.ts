import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequirementAnswer } from "../plan-answer.ts";
import { breakText, marginText, timesThePeak } from "./margin.ts";

const base = { id: "x", title: "x", state: "holds", sentence: "" } as const;

function latency(predicted: number | undefined): RequirementAnswer {
  const known = predicted === undefined ? {} : { predicted };
  return { ...base, unit: "ms", bound: "at-most", required: 200, ...known };
}

function availability(predicted: number): RequirementAnswer {
  return { ...base, unit: "share", bound: "at-least", required: 0.9999, predicted };
}

function rate(predicted: number): RequirementAnswer {
  return { ...base, unit: "per-second", bound: "at-least", required: 1_000, predicted };
}

test("an upper bound tells what is to spare, or how much it is too much", () => {
  assert.equal(marginText(latency(12)), "94% to spare");
  assert.equal(marginText(latency(0.2)), "over 99% to spare");
  assert.equal(marginText(latency(200)), "none to spare");
  assert.equal(marginText(latency(246)), "23% too much");
  assert.equal(marginText(latency(640)), "3.2 times what is allowed");
  assert.equal(marginText(latency(Number.POSITIVE_INFINITY)), "beyond all bounds");
  assert.equal(marginText(latency(undefined)), undefined);
});

test("availability is told by what is lost", () => {
  assert.equal(marginText(availability(0.99995)), "50% of the loss allowed");
  assert.equal(marginText(availability(0.9999)), "100% of the loss allowed");
  assert.equal(marginText(availability(0.99985)), "50% more loss than allowed");
  assert.equal(marginText(availability(0.999)), "10 times the loss allowed");
});

test("a lower bound tells what is to spare, or what is short", () => {
  assert.equal(marginText(rate(1_200)), "20% to spare");
  assert.equal(marginText(rate(3_100)), "3.1 times what is asked");
  assert.equal(marginText(rate(880)), "12% short");
});

test("the load that breaks a requirement stands beside the peak", () => {
  const breaks = (breaksAtPerSecond: number) => breakText({ ...latency(12), breaksAtPerSecond }, 6_944);
  assert.equal(breaks(8_100), "It stops holding at 8,100/s, 1.2 times the peak.");
  assert.equal(breaks(3_472), "It stops holding at 3,472/s, 50% of the peak.");
  assert.equal(breaks(Number.POSITIVE_INFINITY), "No load breaks it.");
  assert.equal(breakText(latency(12), 6_944), undefined);
  assert.equal(timesThePeak(6_944, 6_944), "just the peak");
});
