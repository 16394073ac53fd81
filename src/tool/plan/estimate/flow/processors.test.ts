import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { flowOf } from "./index.ts";
import { type Runner, shareProcessors } from "./processors.ts";
import { call, part, requests, stay, system, time } from "./testing/small-systems.ts";

function near(got: number, wanted: number, relative: number, what = ""): void {
  assert.ok(Math.abs(got - wanted) <= relative * Math.abs(wanted), `${what} ${got}, not ${wanted}`);
}

function runner(cpu: number, more: Partial<Runner> = {}): Runner {
  return { places: 1, cpu, turns: 0, rest: 0, ...more };
}

test("where there are as many processors as threads, nobody is slowed down", () => {
  const shared = shareProcessors({ cores: 3 }, [runner(0.9), runner(0.8, { places: 2 })]);
  assert.deepEqual(shared, [
    { stretch: 1, utilisation: 0.9 },
    { stretch: 1, utilisation: 0.4 },
  ]);
});

test("two threads on one processor: u = a / (1 - u / 2), full just when they ask for all of it", () => {
  for (const each of [0.1, 0.3, 0.45]) {
    const [one] = shareProcessors({ cores: 1 }, [runner(each), runner(each)]);
    near(one?.utilisation ?? 0, 1 - Math.sqrt(1 - 2 * each), 1e-5);
  }
});

test("a thread that is always busy leaves the others their fair share", () => {
  const [hog, other] = shareProcessors({ cores: 1 }, [runner(5), runner(0.2)]);
  near(other?.stretch ?? 0, 2, 1e-4);
  near(other?.utilisation ?? 0, 0.4, 1e-4);
  assert.ok((hog?.utilisation ?? 0) > 1);
});

test("waits for disks keep places busy but are not stretched", () => {
  const runners = [runner(0.4), runner(0.2, { places: 4, rest: 2 })];
  const [, database] = shareProcessors({ cores: 1 }, runners);
  assert.ok(database !== undefined && database.stretch > 1);
  near(database.utilisation, (0.2 * database.stretch + 2) / 4, 1e-6);
});

test("all processor time that is asked for is given, and no more: Σ cpu = E[min(ready, cores)]", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0.001, max: 0.7, noNaN: true }), fc.constantFrom(1, 1, 2, 5)), {
        minLength: 1,
        maxLength: 6,
      }),
      fc.integer({ min: 1, max: 4 }),
      (many, cores) => {
        const asked = many.reduce((sum, [cpu]) => sum + cpu, 0);
        const runners = many.map(([cpu, places]) =>
          runner((cpu * 0.9 * cores) / Math.max(cores, asked), { places }),
        );
        const shared = shareProcessors({ cores }, runners);
        fc.pre(shared.every(({ utilisation }) => utilisation < 0.999));
        // Every thread by itself, from the utilisations found.
        let ready = [1];
        for (const [n, { places }] of runners.entries()) {
          for (let thread = 0; thread < places; thread++) {
            const busy = shared[n]?.utilisation ?? 0;
            ready = [...ready, 0].map((at, k) => at * (1 - busy) + (ready[k - 1] ?? 0) * busy);
          }
        }
        const given = ready.reduce((sum, at, k) => sum + at * Math.min(k, cores), 0);
        near(
          given,
          runners.reduce((sum, { cpu }) => sum + cpu, 0),
          1e-4,
        );
      },
    ),
  );
});

const way = stay("app", time(1), [call(stay("db", time(2, { cpuShare: 0.5 })))]);
const parts = [part("app"), part("db", { places: 8 })];

test("on one machine all parts are full when its processors are, the load generator's share among it", () => {
  const here = { cores: 1, otherCpuMs: 0.5 };
  const flow = flowOf(system([requests(100, way)], parts, here));
  // 1 + 1 + 0.5 ms of processor time for each request.
  for (const { saturatedAtPerSecond } of flow.parts) near(saturatedAtPerSecond, 400, 1e-3);
  const over = flowOf(system([requests(410, way)], parts, here));
  assert.equal(over.all.p50, Number.POSITIVE_INFINITY);
  assert.match(over.parts[1]?.filled ?? "", /processors are full/);
});

test("a machine with many processors is as good as one for each place, and a busy one makes all slower", () => {
  const own = flowOf(system([requests(300, way)], parts));
  const large = flowOf(system([requests(300, way)], parts, { cores: 100 }));
  const small = flowOf(system([requests(300, way)], parts, { cores: 1 }));
  near(large.all.p99, own.all.p99, 1e-9);
  assert.ok(small.all.p50 > own.all.p50 && small.all.p99 > own.all.p99);
  assert.match(small.parts[0]?.filled ?? "", /\(shared processors\)/);
});

test("work by the clock and turns of processes are asked for as well", () => {
  const background = [{ title: "clicks are written", everyMs: 100, cpuMs: 10, cpuMsPerRequest: 0.2 }];
  const saturated = (here: object) =>
    flowOf(system([requests(100, way)], parts, { cores: 1, ...here })).parts[1]?.saturatedAtPerSecond ?? 0;
  near(saturated({}), 500, 1e-3);
  near(saturated({ background }), 900 / 2.2, 1e-3);
  const idle = flowOf(system([requests(1, way)], parts, { cores: 100, turnMs: 0.3 }));
  const plain = flowOf(system([requests(1, way)], parts));
  near(idle.all.mean - plain.all.mean, 0.6, 0.01);
});

test("what stands outside has processors of its own", () => {
  const outside = [part("app"), part("db", { places: 8, external: true })];
  const { parts: flows } = flowOf(system([requests(100, way)], outside, { cores: 1 }));
  near(flows[0]?.saturatedAtPerSecond ?? 0, 1_000, 1e-3);
  near(flows[1]?.saturatedAtPerSecond ?? 0, 4_000, 1e-3);
});
