import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Pressure, shedShare } from "./pressure.ts";

const PRIORITIES = ["background", "low", "normal", "critical"] as const;
const pressures = fc.double({ min: 0, max: 1, noNaN: true });

test("nobody is shed before all who are less urgent are", () => {
  fc.assert(
    fc.property(pressures, (pressure) => {
      const shares = PRIORITIES.map((priority) => shedShare(pressure, priority));
      shares.forEach((share, index) => {
        assert.ok(share >= 0 && share <= 1);
        if (share > 0) assert.ok(shares.slice(0, index).every((lower) => lower === 1));
      });
    }),
  );
});

test("a little more pressure sheds a little more, and never less", () => {
  fc.assert(
    fc.property(pressures, pressures, fc.constantFrom(...PRIORITIES), (one, other, priority) => {
      const change = shedShare(other, priority) - shedShare(one, priority);
      assert.ok(Math.abs(change) <= 4 * Math.abs(other - one) + 1e-9);
      assert.ok(one === other || change * (other - one) >= 0);
    }),
  );
});

test("without pressure everybody enters, at three quarters only the critical, at 1 nobody", () => {
  const admitted = (pressure: number) => PRIORITIES.map((priority) => 1 - shedShare(pressure, priority));
  assert.deepEqual(admitted(0), [1, 1, 1, 1]);
  assert.deepEqual(admitted(0.125), [0.5, 1, 1, 1]);
  assert.deepEqual(admitted(0.75), [0, 0, 0, 1]);
  assert.deepEqual(admitted(1), [0, 0, 0, 0]);
});

test("pressure is never below its reading, and falls no faster than it may", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(pressures, fc.integer({ min: 1, max: 400 })), { maxLength: 50, size: "max" }),
      (steps) => {
        const pressure = new Pressure(1_000);
        for (const [reading, elapsedMs] of steps) {
          const before = pressure.value;
          pressure.update(reading, elapsedMs);
          assert.ok(pressure.value >= reading && pressure.value <= 1);
          assert.ok(pressure.value >= before - elapsedMs / 1_000 - 1e-9);
          assert.ok(pressure.value <= Math.max(before, reading));
        }
      },
    ),
  );
});

test("readings that jump between nothing and half make no jumps of it", () => {
  const pressure = new Pressure(5_000);
  pressure.update(0.5, 20);
  for (let count = 0; count < 100; count++) {
    pressure.update(count % 5 === 0 ? 0.5 : 0, 20);
    assert.ok(pressure.value > 0.48);
  }
});
