import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock, seededRandom } from "../time/index.ts";
import { Epoch } from "./epoch.ts";

/** The machine's clock as it is: its wall time is cut to whole milliseconds, and may be set. */
class Machine extends SimulatedClock {
  setByMs = 0;
  override wallMs(): number {
    return Math.floor(super.wallMs() + this.setByMs);
  }
}

test("times never go back, and come within 0.1 ms of the truth once it was asked often, though the wall clock tells whole ones", async () => {
  const random = seededRandom(1);
  for (let run = 0; run < 20; run++) {
    const startMs = Date.UTC(2026, 0, 1) + random();
    const clock = new Machine(startMs);
    const epoch = new Epoch(clock);
    let lastUs = 0;
    for (let step = 0; step < 150; step++) {
      await clock.advance(5 * random());
      const nowUs = epoch.nowUs();
      assert.ok(nowUs >= lastUs);
      lastUs = nowUs;
    }
    const lateUs = (startMs + clock.monotonicMs()) * 1_000 - lastUs;
    assert.ok(lateUs >= -1 && lateUs < 100, `${lateUs} µs behind`);
  }
});

test("a wall clock that is set is followed, either way", async () => {
  const clock = new Machine();
  const epoch = new Epoch(clock);
  for (const setByMs of [3_600_000, -3_600_000]) {
    clock.setByMs = setByMs;
    await clock.advance(10);
    assert.equal(epoch.nowUs(), clock.wallMs() * 1_000);
    assert.equal(epoch.usOf(clock.monotonicMs() - 5), (clock.wallMs() - 5) * 1_000);
  }
});
