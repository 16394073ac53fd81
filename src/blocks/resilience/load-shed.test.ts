import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../time/index.ts";
import { bulkhead } from "./bulkhead/bulkhead.ts";
import { sourceOf } from "./call/abort-source.ts";
import { PolicyError } from "./errors.ts";
import type { Gate, GateOutcome, Priority } from "./gate.ts";
import { type LoadShedOptions, loadShed } from "./load-shed.ts";
import { policy } from "./policy.ts";
import { timeout } from "./timeout.ts";

/** Lets as many in as there is room for, background calls never, and notes how they ended. */
class Room implements Gate {
  inFlight = 0;
  readonly left: { readonly tookMs: number; readonly outcome: GateOutcome }[] = [];
  readonly retryAfterMs = 700;
  readonly #places: number;

  constructor(places: number) {
    this.#places = places;
  }

  enter(_nowMs: number, priority: Priority): boolean {
    if (priority === "background" || this.inFlight >= this.#places) return false;
    this.inFlight++;
    return true;
  }

  leave(nowMs: number, enteredMs: number, outcome: GateOutcome): void {
    this.inFlight--;
    this.left.push({ tookMs: nowMs - enteredMs, outcome });
  }
}

function guarded(places: number, options?: LoadShedOptions) {
  const room = new Room(places);
  const layer = loadShed(room, options);
  const clock = new SimulatedClock();
  return { room, layer, clock, run: policy(layer).with({ clock }) };
}

test("what the gate turns away is not called, and is told when to come again", async () => {
  const events: unknown[] = [];
  const { layer, run } = guarded(1, { name: "checkout" });
  const watched = run.with({ observer: (event) => events.push(event) });
  const isShed = (error: unknown) =>
    error instanceof PolicyError &&
    error.code === "OVERLOADED" &&
    error.retryAfterMs === 700 &&
    error.by === layer;
  await assert.rejects(
    watched.run(() => assert.fail("it was called"), { priority: "background" }),
    isShed,
  );
  assert.deepEqual(events, [{ kind: "refused", layer: "checkout", code: "OVERLOADED" }]);
  assert.equal(await watched.run(() => "normal"), "normal");
  assert.deepEqual(layer.counters, { calls: 2, shed: 1 });
});

test("the gate hears how long each call took and how it ended, before the caller does", async () => {
  const { room, clock, run } = guarded(1);
  const value = run.run(() => clock.sleep(30)).then(() => assert.equal(room.inFlight, 0));
  await clock.advance(30);
  await value;
  await assert.rejects(
    run.run(() => {
      throw new Error("at once");
    }),
  );
  await assert.rejects(run.run(() => Promise.reject(undefined)));
  assert.deepEqual(room.left, [
    { tookMs: 30, outcome: "succeeded" },
    { tookMs: 0, outcome: "failed" },
    { tookMs: 0, outcome: "failed" },
  ]);
});

test("a call that was given up says nothing of the capacity, one that an outer timeout ended does", async () => {
  const { room, layer, clock, run } = guarded(5);
  const waits = (context: { signal: AbortSignal }) =>
    new Promise((_, reject) => context.signal.addEventListener("abort", () => reject(new Error("aborted"))));
  const abort = new AbortController();
  const given = assert.rejects(run.run(waits, { signal: abort.signal }), (reason) => reason === "enough");
  abort.abort("enough");
  await given;
  const late = assert.rejects(policy(timeout(10), layer).with({ clock }).run(waits), { code: "TIMED_OUT" });
  await clock.advance(10);
  await late;
  assert.deepEqual(
    room.left.map(({ outcome }) => outcome),
    ["ignored", "failed"],
  );
  assert.deepEqual([room.inFlight, clock.pendingTimers, sourceOf(abort.signal).listeners], [0, 0, 0]);
});

test("what was refused further in is ignored, and an answer that nobody minds is a success", async () => {
  const { room, layer } = guarded(5, { isFailure: (error) => error !== "not found" });
  const inner = policy(layer, bulkhead({ concurrent: 1 }));
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = inner.run(() => promise);
  await assert.rejects(
    inner.run(() => "never"),
    { code: "BULKHEAD_FULL" },
  );
  resolve();
  await first;
  await assert.rejects(inner.run(() => Promise.reject("not found")));
  assert.deepEqual(
    room.left.map(({ outcome }) => outcome),
    ["ignored", "succeeded", "succeeded"],
  );
});

test("what a gate throws when it is asked is what the call rejects with", async () => {
  const broken: Gate = {
    enter: () => {
      throw "no gate";
    },
    leave: () => {},
    retryAfterMs: 0,
  };
  const clock = new SimulatedClock();
  const calls = policy(timeout(1_000), loadShed(broken)).with({ clock });
  const rejected = calls.run(() => assert.fail("it was called"));
  await assert.rejects(rejected, (error) => error === "no gate");
  assert.equal(clock.pendingTimers, 0);
});

test("over random schedules every call that enters leaves once, and 10,000 at once as well", async () => {
  const ending = fc.constantFrom("value", "throw", "reject", "inner");
  await fc.assert(
    fc.asyncProperty(
      fc.array(ending, { maxLength: 50, size: "max" }),
      fc.integer({ min: 0, max: 5 }),
      async (endings, places) => {
        const { room, layer, run } = guarded(places);
        const works: Record<(typeof endings)[number], () => unknown> = {
          value: () => 1,
          throw: () => {
            throw undefined;
          },
          reject: () => Promise.reject("text"),
          inner: () => run.run(() => 2),
        };
        await Promise.allSettled(endings.map((how) => run.run(works[how])));
        assert.equal(room.inFlight, 0);
        assert.equal(room.left.length + (layer.counters.shed ?? 0), layer.counters.calls);
      },
    ),
    { numRuns: 50 },
  );
  const { room, layer, run } = guarded(1_000);
  await Promise.allSettled(Array.from({ length: 10_000 }, () => run.run(async () => 1)));
  assert.deepEqual([room.inFlight, room.left.length, layer.counters.shed], [0, 1_000, 9_000]);
});
