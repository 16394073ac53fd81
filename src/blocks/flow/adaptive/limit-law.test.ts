import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "../../time/index.ts";
import { type AdaptiveLimit, adaptiveLimit } from "./adaptive-limit.ts";
import { aimd } from "./aimd.ts";
import { gradient } from "./gradient.ts";
import type { LimitLaw } from "./limit-law.ts";
import { between, type Load, served } from "./testing/server-model.ts";
import { vegas } from "./vegas.ts";

/** A call alone: 50 ms on the mean, 140 ms at the 99th percentile. */
const SERVICE_MS = 50;
const SERVERS = 20;
const CAPACITY = (SERVERS * 1_000) / SERVICE_MS;
const SEEDS = [1, 2, 3, 4, 5, 6];
const MANY_SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

function run(gate: AdaptiveLimit, load: Partial<Load> & { durationMs: number; random: Load["random"] }) {
  const model = () => ({ servers: SERVERS, serviceMs: SERVICE_MS });
  return served({ gate, model, perSecond: () => 1.5 * CAPACITY, ...load });
}

const LAWS: readonly { name: string; law: LimitLaw; p99Ms: number }[] = [
  { name: "aimd", law: aimd({ slowMs: 2 * SERVICE_MS }), p99Ms: 210 },
  { name: "gradient", law: gradient(), p99Ms: 220 },
  { name: "vegas", law: vegas(), p99Ms: 190 },
];

for (const { name, law, p99Ms } of LAWS) {
  describe(`${name}, under one and a half times what the servers can do,`, () => {
    for (const initial of [2, 200]) {
      test(`finds their capacity from ${initial}: from second 15 on at least 95 % of it is used, and calls take little longer than alone`, () => {
        for (const seed of SEEDS) {
          const gate = adaptiveLimit({ law, initial });
          const calls = run(gate, { durationMs: 40_000, random: seededRandom(seed) });
          const { perSecond, p99Ms: measured } = between(calls, 15_000, 40_000);
          assert.ok(perSecond >= 0.95 * CAPACITY, `${perSecond} per second, seed ${seed}`);
          assert.ok(measured <= p99Ms, `p99 ${measured} ms, seed ${seed}`);
          assert.equal(gate.inFlight, 0);
        }
      });
    }

    test("follows when half the servers go, and when they come back twofold", () => {
      for (const seed of MANY_SEEDS) {
        const gate = adaptiveLimit({ law });
        const servers = (nowMs: number) => (nowMs < 20_000 ? 20 : nowMs < 40_000 ? 10 : 40);
        const calls = run(gate, {
          durationMs: 60_000,
          random: seededRandom(seed),
          perSecond: (nowMs) => 1.5 * servers(nowMs) * 20,
          model: (nowMs) => ({ servers: servers(nowMs), serviceMs: SERVICE_MS }),
        });
        const half = between(calls, 25_000, 40_000);
        assert.ok(half.perSecond >= 0.9 * 200, `${half.perSecond} of 200 per second, seed ${seed}`);
        assert.ok(half.p50Ms <= 2 * SERVICE_MS, `p50 ${half.p50Ms} ms, seed ${seed}`);
        const twice = between(calls, 45_000, 60_000);
        assert.ok(twice.perSecond >= 0.95 * 800, `${twice.perSecond} of 800 per second, seed ${seed}`);
        assert.ok(twice.p99Ms <= p99Ms, `p99 ${twice.p99Ms} ms, seed ${seed}`);
      }
    });

    test("lets the limit be while it is not reached", () => {
      const gate = adaptiveLimit({ law, initial: 60 });
      run(gate, { durationMs: 20_000, random: seededRandom(1), perSecond: () => 0.3 * CAPACITY });
      assert.equal(gate.limit, 60);
    });

    test("falls to a tenth within 10 s when every call fails in the same time, and comes back", () => {
      const gate = adaptiveLimit({ law, initial: 100 });
      let nowMs = 0;
      const calls = (count: number, outcome: "failed" | "succeeded") => {
        for (let round = 0; round < count; round++) {
          const entered: number[] = [];
          while (gate.enter(nowMs, "critical")) entered.push(nowMs);
          nowMs += 50;
          for (const enteredMs of entered) gate.leave(nowMs, enteredMs, outcome);
        }
      };
      calls(200, "failed");
      assert.ok(gate.limit <= 10, `${gate.limit}`);
      calls(3_000, "succeeded");
      assert.ok(gate.limit >= 100, `${gate.limit}`);
    });

    test("a request in a hundred that fails by itself holds nobody down", () => {
      const gate = adaptiveLimit({ law, initial: 10, max: 50 });
      let nowMs = 0;
      let count = 0;
      for (let round = 0; round < 1_000; round++) {
        const entered: number[] = [];
        while (gate.enter(nowMs, "critical")) entered.push(nowMs);
        nowMs += 50;
        for (const enteredMs of entered) {
          gate.leave(nowMs, enteredMs, count++ % 100 === 0 ? "failed" : "succeeded");
        }
      }
      assert.equal(gate.limit, 50);
    });
  });
}

for (const { name, law } of LAWS.slice(1)) {
  describe(`${name}, which has its baseline from probes,`, () => {
    test("follows when every call begins to take three times as long, and holds nine tenths of what is left", () => {
      for (const seed of SEEDS) {
        const gate = adaptiveLimit({ law });
        const calls = run(gate, {
          durationMs: 60_000,
          random: seededRandom(seed),
          model: (nowMs) => ({ servers: SERVERS, serviceMs: nowMs < 20_000 ? SERVICE_MS : 3 * SERVICE_MS }),
        });
        const { perSecond } = between(calls, 35_000, 60_000);
        assert.ok(perSecond >= (0.9 * CAPACITY) / 3, `${perSecond} per second, seed ${seed}`);
      }
    });

    test("does not take a lasting queue for the usual: after ten minutes of threefold load the limit is where it was", () => {
      const gate = adaptiveLimit({ law, max: 1_000 });
      const calls = run(gate, {
        durationMs: 600_000,
        random: seededRandom(7),
        perSecond: () => 3 * CAPACITY,
      });
      const { perSecond, p50Ms } = between(calls, 540_000, 600_000);
      assert.ok(perSecond >= 0.95 * CAPACITY, `${perSecond} per second`);
      assert.ok(p50Ms <= 2.5 * SERVICE_MS, `p50 ${p50Ms} ms`);
      assert.ok(gate.limit < 60, `${gate.limit}`);
    });

    test("is not held down by a few calls that were lucky", () => {
      const gate = adaptiveLimit({ law });
      const random = seededRandom(3);
      const calls = run(gate, {
        durationMs: 30_000,
        random,
        // One call in a hundred is answered from a cache.
        model: () => ({ servers: SERVERS, serviceMs: random() < 0.01 ? 1 : SERVICE_MS }),
      });
      assert.ok(between(calls, 10_000, 30_000).perSecond >= 0.95 * CAPACITY);
    });
  });
}

test("options that cannot be are refused by name", () => {
  assert.throws(() => aimd({ slowMs: 0 }), /slowMs/);
  assert.throws(() => aimd({ backoff: 1 }), /backoff/);
  assert.throws(() => gradient({ tolerance: 2 }), /tolerance/);
  assert.throws(() => vegas({ alpha: 0 }), /alpha/);
  assert.throws(() => vegas({ alpha: 6, beta: 6 }), /beta/);
  assert.throws(() => gradient({ tolerance: Number.NaN }), RangeError);
});
