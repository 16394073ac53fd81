import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../time/index.ts";
import { PolicyError } from "../errors.ts";
import { policy } from "../policy.ts";
import { timeout } from "../timeout.ts";
import { currentDeadline, Deadline, earlierOf, withDeadline } from "./deadline.ts";
import { deadlineFromHeaders, deadlineHeaders } from "./deadline-headers.ts";
import { deadline } from "./deadline-layer.ts";

test("a deadline says what is left, and that it has passed", () => {
  const clock = new SimulatedClock();
  const soon = new Deadline(100, clock);
  assert.equal(soon.remainingMs, 100);
  assert.equal(soon.hasPassed, false);
  assert.equal(new Deadline(0, clock).hasPassed, true);
  assert.equal(new Deadline(Number.POSITIVE_INFINITY, clock).hasPassed, false);
  assert.throws(() => new Deadline(Number.NaN), RangeError);
});

test("a deadline follows its work through every await, and nobody else's", async () => {
  const clock = new SimulatedClock();
  const given = new Deadline(100, clock);
  assert.equal(currentDeadline(), undefined);
  const seen = withDeadline(
    given,
    async (word: string) => {
      await clock.sleep(10);
      return `${word} ${currentDeadline() === given}`;
    },
    "mine:",
  );
  assert.equal(currentDeadline(), undefined);
  await clock.advance(10);
  assert.equal(await seen, "mine: true");
});

test("of two clocks the one with less left is the earlier", async () => {
  const one = new SimulatedClock();
  const other = new SimulatedClock();
  await other.advance(1_000);
  const long = new Deadline(500, one);
  const short = new Deadline(100, other);
  assert.equal(earlierOf(long, short), short);
  assert.equal(earlierOf(short, long), short);
});

/** One step deeper into the calls that one request makes. */
type Step =
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "withDeadline"; readonly ms: number }
  | { readonly kind: "layer"; readonly ms: number }
  | { readonly kind: "option"; readonly ms: number }
  | { readonly kind: "timeout"; readonly ms: number }
  | { readonly kind: "headers"; readonly ms: number };

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom("wait", "withDeadline", "layer", "option", "timeout", "headers"),
    ms: fc.oneof(
      fc.integer({ min: 1, max: 500 }),
      fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      fc.constant(Number.MAX_SAFE_INTEGER),
    ),
  }) as fc.Arbitrary<Step>,
  { maxLength: 12, size: "max" },
);

test("a deadline never grows, however calls nest and whichever processes they pass", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (nesting) => {
      const clock = new SimulatedClock();
      const seenMs: number[] = [];
      const done = descend(clock, nesting, seenMs).catch((error) => {
        assert.ok(error instanceof PolicyError, error);
      });
      await clock.advance(10_000);
      await done;
      seenMs.reduce((outerMs, innerMs) => {
        assert.ok(innerMs <= outerMs, `${innerMs} inside of ${outerMs}`);
        return innerMs;
      }, Number.POSITIVE_INFINITY);
      assert.equal(clock.pendingTimers, 0);
    }),
    { numRuns: 150 },
  );
});

/** Runs what is to have none of our context. */
const otherProcess = AsyncLocalStorage.snapshot();

/** Notes, at each depth, the moment of the deadline in force. */
async function descend(clock: SimulatedClock, nesting: readonly Step[], seenMs: number[]): Promise<unknown> {
  const [step, ...inner] = nesting;
  // What has passed goes over a wire as nothing left, whenever that was.
  if (currentDeadline()?.hasPassed) return;
  seenMs.push(currentDeadline()?.atMs ?? Number.POSITIVE_INFINITY);
  if (!step) return;
  const down = () => descend(clock, inner, seenMs);
  const limitMs = Math.min(step.ms, 2_147_483_647);
  switch (step.kind) {
    case "wait":
      await clock.sleep(Math.min(step.ms, 500));
      return down();
    case "withDeadline":
      return withDeadline(new Deadline(step.ms, clock), down);
    case "layer":
      return policy(deadline(limitMs)).with({ clock }).run(down);
    case "option":
      return policy(deadline(1_000))
        .with({ clock })
        .run(down, { deadline: new Deadline(step.ms, clock) });
    case "timeout":
      return policy(timeout(limitMs)).with({ clock }).run(down);
    case "headers": {
      const arrived = deadlineFromHeaders(deadlineHeaders(), { maxMs: step.ms, clock });
      return otherProcess(() => withDeadline(arrived, down));
    }
  }
}
