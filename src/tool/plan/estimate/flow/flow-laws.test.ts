import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Call, Machine, ResolvedPart, ResolvedSystem, Stay } from "../../resolved-model.ts";
import type { Flow } from "./index.ts";
import { flowOf } from "./index.ts";
import { call, part, requests, stay, system, time } from "./testing/small-systems.ts";

/** What composed laws may be off in time and in share, when two flows are compared. */
const OFF = 0.02;
const SHARE_OFF = 0.003;

const anyPart: fc.Arbitrary<Partial<ResolvedPart>> = fc.record({
  replicas: fc.integer({ min: 1, max: 4 }),
  places: fc.constantFrom(1, 1, 8),
  balance: fc.constantFrom("least-connections", "round-robin", "random", "power-of-two"),
});

const anyCall: fc.Arbitrary<Partial<Call>> = fc.record(
  {
    share: fc.double({ min: 0.1, max: 1, noNaN: true }),
    times: fc.constantFrom(1, 1, 2, 1.5),
    group: fc.constantFrom("g", "h"),
    timeoutMs: fc.constantFrom(20, 1_000),
    retries: fc.constantFrom(0, 2),
    networkMs: fc.double({ min: 0, max: 2, noNaN: true }),
  },
  { requiredKeys: ["networkMs"] },
);

interface Shape {
  readonly parts: readonly Partial<ResolvedPart>[];
  readonly calls: readonly Partial<Call>[];
  readonly timesMs: readonly number[];
  readonly spreads: readonly number[];
}

/** Three parts behind a first, two of them called by it and one by both of these; up to what load, in ten-thousandths. */
const anyShape: fc.Arbitrary<Shape> = fc.record({
  parts: fc.array(anyPart, { minLength: 4, maxLength: 4 }),
  calls: fc.array(anyCall, { minLength: 4, maxLength: 4 }),
  timesMs: fc.array(fc.constantFrom(0.1, 1, 3, 10), { minLength: 4, maxLength: 4 }),
  spreads: fc.array(fc.constantFrom(0, 0.5, 1, 1, 2), { minLength: 4, maxLength: 4 }),
});

const NAMES = ["front", "left", "right", "store"];

function built({ parts, calls, timesMs, spreads }: Shape, perSecond: number, here?: Machine): ResolvedSystem {
  const own = (n: number) => time(timesMs[n] ?? 1, { spread: spreads[n] ?? 1, cpuShare: n === 3 ? 0.3 : 1 });
  const store: Stay = stay("store", own(3));
  const left = stay("left", own(1), [call(store, calls[0])]);
  const right = stay("right", own(2), [call(store, calls[1])]);
  const front = stay("front", own(0), [call(left, calls[2]), call(right, calls[3])]);
  return system(
    [requests(perSecond, front), requests(perSecond / 4, left, "other")],
    NAMES.map((name, n) => part(name, parts[n])),
    here,
  );
}

/** Of every class, no more are answered within any time. */
function isNoQuicker(loaded: Flow, other: Flow, what: string): void {
  for (const [n, { name, share }] of loaded.classes.entries()) {
    for (let ms = 0.05; ms < 1e5; ms *= 1.15) {
      const more = share(ms * (1 - OFF));
      const less = other.classes[n]?.share(ms) ?? 0;
      assert.ok(more <= less + SHARE_OFF, `${what}: ${more} of ${name} within ${ms} ms, not ${less}`);
    }
  }
}

test("more load never makes anybody quicker, with or without timeouts and retries", () => {
  fc.assert(
    fc.property(
      anyShape,
      fc.double({ min: 1, max: 300, noNaN: true }),
      fc.double({ min: 1.05, max: 3, noNaN: true }),
      (shape, perSecond, factor) => {
        const small = built(shape, perSecond);
        isNoQuicker(flowOf(small, factor), flowOf(small), "more load");
      },
    ),
    { numRuns: 150 },
  );
});

test("more replicas of a part never make anybody slower, where each has a processor of its own", () => {
  fc.assert(
    fc.property(
      anyShape,
      fc.double({ min: 1, max: 300, noNaN: true }),
      fc.nat({ max: 3 }),
      (shape, perSecond, chosen) => {
        const parts = shape.parts.map((one, n) =>
          n === chosen ? { ...one, replicas: (one.replicas ?? 1) + 1 } : one,
        );
        isNoQuicker(
          flowOf(built(shape, perSecond)),
          flowOf(built({ ...shape, parts }, perSecond)),
          `${NAMES[chosen]} has more`,
        );
      },
    ),
    { numRuns: 150 },
  );
});

test("no flow has a number that is none, however full its parts are and wherever they run", () => {
  fc.assert(
    fc.property(
      anyShape,
      fc.double({ min: 0, max: 2_000, noNaN: true }),
      fc.constantFrom(undefined, { cores: 1 }, { cores: 4, otherCpuMs: 0.1, turnMs: 0.02 }),
      (shape, perSecond, here) => {
        const flow = flowOf(built(shape, perSecond, here));
        const numbers = [
          ...Object.values(flow.all),
          ...flow.parts.flatMap(({ name: _name, filled: _filled, ...values }) => Object.values(values)),
          ...flow.classes.flatMap(({ latencyMs, unansweredShare, share, stays }) => [
            ...Object.values(latencyMs),
            unansweredShare,
            share(10),
            ...stays.flatMap(({ ms, visits }) => [ms, visits]),
          ]),
        ];
        for (const value of numbers) assert.ok(value >= 0, `${value}`);
        for (const { latencyMs: at } of flow.classes) {
          assert.ok(at.p50 <= at.p90 && at.p90 <= at.p95 && at.p95 <= at.p99 && at.p99 <= at.p999);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("below the load at which a part is said to be full it is not, and above it is", () => {
  fc.assert(
    fc.property(anyShape, fc.constantFrom(undefined, { cores: 2 }), (shape, here) => {
      const calls = shape.calls.map((one) => ({ ...one, retries: 0 }));
      const small = built({ ...shape, calls }, 100, here);
      const { perSecond, parts } = flowOf(small);
      for (const { name, saturatedAtPerSecond } of parts) {
        const utilisationAt = (load: number) =>
          flowOf(small, load / perSecond).parts.find((one) => one.name === name)?.utilisation ?? 0;
        assert.ok(utilisationAt(saturatedAtPerSecond * 0.999) < 1, `${name} below`);
        assert.ok(utilisationAt(saturatedAtPerSecond * 1.001) >= 1, `${name} above`);
      }
    }),
    { numRuns: 40 },
  );
});
