import assert from "node:assert/strict";
import { test } from "node:test";
import { type EventHandler, Simulation } from "./simulation.ts";

function noting(simulation: Simulation): EventHandler & { readonly log: string[] } {
  const log: string[] = [];
  return { log, happen: (subject) => void log.push(`${subject} at ${simulation.nowMs}`) };
}

test("events happen in the order of their times, and of their planning where those are equal", () => {
  const simulation = new Simulation();
  const note = noting(simulation);
  simulation.at(5, note, 1);
  simulation.after(3, note, 2);
  simulation.at(5, note, 3);
  simulation.at(3, note, 4);
  assert.equal(simulation.pending, 4);
  assert.equal(simulation.nextMs, 3);
  assert.equal(simulation.run(), "idle");
  assert.deepEqual(note.log, ["2 at 3", "4 at 3", "1 at 5", "3 at 5"]);
  assert.equal(simulation.events, 4);
});

test("what is planned for the past happens now, behind what was planned for now; what is planned for never takes no room", () => {
  const simulation = new Simulation();
  const note = noting(simulation);
  simulation.at(10, {
    happen: () => {
      simulation.at(10, note, 1);
      simulation.at(-5, note, 2);
      simulation.after(-1, note, 3);
      simulation.at(Number.POSITIVE_INFINITY, note, 4);
      assert.equal(simulation.cancel(simulation.cancellableAt(Number.POSITIVE_INFINITY, note, 5)), false);
    },
  });
  simulation.run();
  assert.deepEqual(note.log, ["1 at 10", "2 at 10", "3 at 10"]);
  assert.throws(() => simulation.at(Number.NaN, note), RangeError);
});

test("a run goes up to its time and not beyond, and another goes on from there", () => {
  const simulation = new Simulation();
  const note = noting(simulation);
  for (const timeMs of [1, 2, 3]) simulation.at(timeMs, note, timeMs);
  assert.equal(simulation.run(2), "time");
  assert.deepEqual(note.log, ["1 at 1", "2 at 2"]);
  assert.equal(simulation.run(2.5), "time");
  assert.equal(simulation.nowMs, 2.5);
  assert.equal(simulation.run(1), "time");
  assert.equal(simulation.nowMs, 2.5, "time does not go back");
  simulation.run();
  assert.deepEqual(note.log.at(-1), "3 at 3");
});

test("a cancelled event never happens, and its name cancels no other that takes its room", () => {
  const simulation = new Simulation();
  const note = noting(simulation);
  const first = simulation.cancellableAfter(1, note, 1);
  assert.equal(simulation.isPlanned(first), true);
  assert.equal(simulation.cancel(first), true);
  assert.equal(simulation.isPlanned(first), false);
  const second = simulation.cancellableAfter(1, note, 2);
  assert.notEqual(first, second);
  assert.equal(simulation.cancel(first), false);
  simulation.run();
  assert.deepEqual(note.log, ["2 at 1"]);
  assert.equal(simulation.cancel(second), false);
  assert.equal(simulation.pending, 0);
});

test("timeouts that are cancelled leave nothing behind, however many", () => {
  const simulation = new Simulation({ pendingMax: 64 });
  let left = 500_000;
  const never: EventHandler = { happen: () => assert.fail("it was cancelled") };
  const request: EventHandler = {
    happen: () => {
      simulation.cancel(timeout);
      timeout = simulation.cancellableAfter(1e9, never);
      if (--left > 0) simulation.after(1, request);
    },
  };
  let timeout = simulation.cancellableAfter(1e9, never);
  simulation.after(1, request);
  simulation.run(1e8);
  assert.equal(simulation.events, 500_000);
  assert.equal(simulation.pending, 1);
});

test("a run ends when it is stopped, or when more happens than may", () => {
  const simulation = new Simulation({ eventsMax: 1_000 });
  const forever: EventHandler = {
    happen: () => {
      simulation.after(0, forever);
      if (simulation.events === 10) simulation.stop();
    },
  };
  simulation.after(7, forever);
  assert.equal(simulation.run(1e6), "stopped");
  assert.equal(simulation.events, 10);
  assert.equal(simulation.nowMs, 7);
  assert.equal(simulation.run(1e6), "events");
  assert.equal(simulation.events, 1_000);
});

test("more than may be planned at once is refused by an error, and nothing is lost", () => {
  const simulation = new Simulation({ pendingMax: 2 });
  const note = noting(simulation);
  simulation.at(1, note, 1);
  simulation.at(2, note, 2);
  assert.throws(() => simulation.at(3, note, 3), RangeError);
  simulation.run();
  assert.deepEqual(note.log, ["1 at 1", "2 at 2"]);
  assert.throws(() => new Simulation({ pendingMax: 2 ** 23 }), RangeError);
  assert.throws(() => new Simulation({ eventsMax: 0 }), RangeError);
});

test("what a handler throws comes through, and the rest can still happen", () => {
  const simulation = new Simulation();
  const note = noting(simulation);
  simulation.at(1, {
    happen: () => {
      throw new Error("broken");
    },
  });
  simulation.at(2, note, 2);
  assert.throws(() => simulation.run(), /broken/);
  assert.equal(simulation.nowMs, 1);
  simulation.run();
  assert.deepEqual(note.log, ["2 at 2"]);
});
