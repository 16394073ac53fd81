import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "./simulated-clock.ts";
import { turnClock } from "./turn-clock.ts";

test("readings of one turn share one asking, up to 32, and a new turn asks anew", async () => {
  let askings = 0;
  const clock = turnClock(
    new (class extends SimulatedClock {
      override monotonicMs(): number {
        return ++askings;
      }
    })(),
  );
  const readings = Array.from({ length: 33 }, () => clock.monotonicMs());
  assert.deepEqual(readings, [...Array<number>(32).fill(1), 2]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(clock.monotonicMs(), 3);
  await new Promise((resolve) => setImmediate(resolve));
});

test("timers, sleeps and wall time are the underlying clock's", async () => {
  const simulated = new SimulatedClock();
  const clock = turnClock(simulated);
  let fired = false;
  clock.setTimer(10, () => {
    fired = true;
  });
  const slept = clock.sleep(10);
  await simulated.advance(10);
  await slept;
  assert.ok(fired);
  assert.equal(clock.wallMs(), simulated.wallMs());
});
