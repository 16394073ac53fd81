import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../time/index.ts";
import { Deadline, withDeadline } from "../deadline/deadline.ts";
import { sourceOf } from "./abort-source.ts";
import { Call } from "./call.ts";

const work = () => {};

test("what a caller does not say has its default", () => {
  const call = Call.of(work, undefined);
  assert.equal(call.attempt, 1);
  assert.equal(call.key, undefined);
  assert.equal(call.priority, "normal");
  assert.equal(call.remainingMs, Number.POSITIVE_INFINITY);
  assert.equal(call.aborted, false);
  const child = Call.of(work, { key: "a", priority: "critical" }).child(3);
  assert.deepEqual([child.attempt, child.key, child.priority], [3, "a", "critical"]);
});

test("the earlier deadline is in force, the call's or that of the work around it", () => {
  const clock = new SimulatedClock();
  const in50 = new Deadline(50, clock);
  const in80 = new Deadline(80, clock);
  assert.equal(Call.of(work, { deadline: in50 }).remainingMs, 50);
  withDeadline(in80, () => {
    assert.equal(Call.of(work, undefined).remainingMs, 80);
    assert.equal(Call.of(work, { deadline: in50 }).remainingMs, 50);
  });
  withDeadline(in50, () => assert.equal(Call.of(work, { deadline: in80 }).child().remainingMs, 50));
});

test("an abort reaches the parts of a call, through those that nobody asked for their signal", () => {
  const controller = new AbortController();
  const call = Call.of(work, { signal: controller.signal });
  const part = call.child().child();
  const { signal } = part;
  assert.equal(signal, part.signal);
  controller.abort("gone");
  assert.equal(signal.aborted, true);
  assert.equal(signal.reason, "gone");
  assert.equal(call.aborted, true);
  assert.equal(call.child().signal.reason, "gone");
});

test("a part that is aborted leaves the call and its other parts alone", () => {
  const { signal } = new AbortController();
  const call = Call.of(work, { signal });
  const [loser, winner] = [call.child(1), call.child(2)];
  const signals = [loser.signal, winner.signal];
  loser.abort("too slow");
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, false],
  );
  assert.equal(call.aborted, false);
  assert.equal(loser.reason, "too slow");
  winner.end();
  call.end();
  assert.equal(call.listeners, 0);
  assert.equal(sourceOf(signal).listeners, 0);
});

test("a part that was aborted keeps its reason when the call is aborted later", () => {
  const call = Call.of(work, undefined);
  const part = call.child();
  part.abort("first");
  call.abort("second");
  assert.equal(part.reason, "first");
  assert.equal(part.signal.reason, "first");
});

test("a call that nobody listens to costs its caller's signal nothing", () => {
  const { signal } = new AbortController();
  const call = Call.of(work, { signal });
  const part = call.child();
  assert.equal(sourceOf(signal).listeners, 0);
  assert.equal(part.signal.aborted, false);
  assert.equal(sourceOf(signal).listeners, 1);
  part.end();
  call.end();
  call.end();
  assert.equal(sourceOf(signal).listeners, 0);
});

test("work that outlives its call and only then asks for the signal leaves nothing behind", () => {
  const controller = new AbortController();
  const call = Call.of(work, { signal: controller.signal });
  const part = call.child();
  part.end();
  call.end();
  assert.equal(part.signal.aborted, false);
  assert.equal(sourceOf(controller.signal).listeners, 0);
  controller.abort();
  assert.equal(call.child().signal.aborted, true);
});
