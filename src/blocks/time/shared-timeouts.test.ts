import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SharedTimeouts, Timeout } from "./shared-timeouts.ts";
import { SimulatedClock } from "./simulated-clock.ts";

class Noted extends Timeout {
  readonly #expired: () => void;
  constructor(expired: () => void) {
    super();
    this.#expired = expired;
  }
  expired(): void {
    this.#expired();
  }
}

test("each expires when its time is up, and none that was stopped", async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("start" as const) }),
    fc.record({ do: fc.constant("stop" as const), which: fc.nat(20) }),
    fc.record({ do: fc.constant("advance" as const), ms: fc.integer({ min: 0, max: 150 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = new SimulatedClock();
      const timeouts = new SharedTimeouts(clock, 100);
      const started: { timeout: Noted; dueMs: number; stopped: boolean; expiredMs: number | undefined }[] =
        [];
      for (const one of steps) {
        if (one.do === "start") {
          const entry = {
            timeout: new Noted(() => {
              entry.expiredMs = clock.monotonicMs();
            }),
            dueMs: clock.monotonicMs() + 100,
            stopped: false,
            expiredMs: undefined as number | undefined,
          };
          started.push(entry);
          timeouts.start(entry.timeout);
        } else if (one.do === "stop") {
          const entry = started[one.which % Math.max(1, started.length)];
          if (!entry) continue;
          timeouts.stop(entry.timeout);
          if (entry.expiredMs === undefined) entry.stopped = true;
        } else await clock.advance(one.ms);
        const waiting = started.filter((entry) => !entry.stopped && entry.expiredMs === undefined);
        assert.equal(timeouts.isEmpty, waiting.length === 0);
        assert.equal(clock.pendingTimers, waiting.length === 0 ? 0 : 1);
      }
      await clock.advance(1_000);
      for (const { dueMs, stopped, expiredMs } of started)
        assert.equal(expiredMs, stopped ? undefined : dueMs);
      assert.equal(clock.pendingTimers, 0);
    }),
    { numRuns: 100 },
  );
});

test("one that expires may begin the next, and stop the one behind it", async () => {
  const clock = new SimulatedClock();
  const timeouts = new SharedTimeouts(clock, 10);
  const log: string[] = [];
  const again = new Noted(() => log.push(`again at ${clock.monotonicMs()}`));
  const behind = new Noted(() => log.push("never"));
  timeouts.start(
    new Noted(() => {
      log.push(`first at ${clock.monotonicMs()}`);
      timeouts.stop(behind);
      timeouts.start(again);
    }),
  );
  timeouts.start(behind);
  await clock.advance(50);
  assert.deepEqual(log, ["first at 10", "again at 20"]);
  assert.equal(clock.pendingTimers, 0);
});
