import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { flowOf } from "./index.ts";
import { type Runner, shareMachine } from "./machine.ts";
import { call, part, requests, stay, system, time } from "./testing/small-systems.ts";
import { idleThreads } from "./threads.ts";

function near(got: number, wanted: number, relative: number, what = ""): void {
  assert.ok(Math.abs(got - wanted) <= relative * Math.abs(wanted), `${what} ${got}, not ${wanted}`);
}

function runner(erlangs: number, more: Partial<Runner> = {}): Runner {
  return { threads: 1, perSecond: 100, erlangs, square: 2 * (erlangs / 100) ** 2, turnSeconds: 0, ...more };
}

test("where there are as many processors as threads, nobody waits for one", () => {
  const shares = shareMachine(
    { cores: 3 },
    [runner(0.9), runner(0.8, { threads: 2 })],
    [{ perSecond: 100, square: 1e-3 }],
    100,
  );
  near(shares.utilisation, 1.7 / 3, 1e-12);
  assert.equal(shares.probability, 0);
});

test("that fewer than so many threads work is what counting all cases says", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 1, max: 4 }),
      (working, cores) => {
        const idle = idleThreads(
          working.map((erlangs) => ({ threads: 1, erlangs })),
          cores,
        );
        for (const without of working.keys()) {
          let counted = 0;
          for (let bits = 0; bits < 2 ** working.length; bits++) {
            if ((bits >> without) % 2 === 1) continue;
            let chance = 1;
            let count = 0;
            for (const [n, share] of working.entries()) {
              if (n === without) continue;
              const works = (bits >> n) % 2 === 1;
              chance *= works ? share : 1 - share;
              count += works ? 1 : 0;
            }
            if (count < cores) counted += chance;
          }
          assert.ok(Math.abs(idle(without) - counted) < 1e-9, `${idle(without)}, not ${counted}`);
        }
      },
    ),
  );
});

const way = stay("app", time(1), [call(stay("db", time(2, { cpuShare: 0.5 })))]);
const parts = [part("app"), part("db", { places: 8 })];

test("on one processor all waits of a request together are M/G/1's, as if it did all its work at once", () => {
  const long = stay("a", time(1), [
    call(stay("b", time(0.5, { spread: 0 })), { times: 2 }),
    call(stay("c", time(2))),
  ]);
  const three = [part("a"), part("b"), part("c")];
  for (const rate of [50, 120, 200]) {
    const flow = flowOf(system([requests(rate, long)], three, { cores: 1, sliceMs: 1_000 }));
    // E[S] = 4 ms, Var[S] = 1 + 4 ms².
    const wait = (rate * (16 + 1 + 4) * 1e-6) / (2 * (1 - rate * 0.004));
    near(flow.all.mean, 4 + wait * 1_000, 0.01, `${rate}`);
  }
});

test("all parts are full when the machine's processors are, the load generator's share among it", () => {
  const here = { cores: 1, otherCpuMs: 0.5 };
  const flow = flowOf(system([requests(100, way)], parts, here));
  // 1 + 1 + 0.5 ms of processor time for each request; waiting for disks is none.
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
  assert.ok((small.parts[0]?.meanWaitMs ?? 0) > (own.parts[0]?.meanWaitMs ?? 0));
});

test("what a waterfall shows of a class on one machine adds up to its mean, where it is the only one", () => {
  const flow = flowOf(system([requests(300, way)], parts, { cores: 1 }));
  const [read] = flow.classes;
  const sum = read?.stays.reduce((all, { ms, visits }) => all + ms * visits, 0) ?? 0;
  near(sum, read?.latencyMs.mean ?? 0, 1e-3);
});

test("those who make the load take their time before a request and after it", () => {
  const none = flowOf(system([requests(1, way)], parts, { cores: 100 }));
  const some = flowOf(system([requests(1, way)], parts, { cores: 100, otherCpuMs: 0.5 }));
  near(some.all.mean - none.all.mean, 0.5, 0.01);
});

test("work by the clock is asked for as well, and waking up as often as a thread is found idle", () => {
  const background = [{ title: "clicks are written", everyMs: 100, cpuMs: 10, cpuMsPerRequest: 0.2 }];
  const saturated = (here: object) =>
    flowOf(system([requests(100, way)], parts, { cores: 1, ...here })).parts[1]?.saturatedAtPerSecond ?? 0;
  near(saturated({}), 500, 1e-3);
  near(saturated({ background }), 900 / 2.2, 1e-3);
  const idle = flowOf(system([requests(1, way)], parts, { cores: 100, turnMs: 0.3 }));
  const plain = flowOf(system([requests(1, way)], parts));
  near(idle.all.mean - plain.all.mean, 0.6, 0.01);
  // u = (own + turns (1 - u)): 0.9 Erlangs of work, and 0.9 × 0.3 of waking up if all came to an idle thread.
  const busy = flowOf(
    system([requests(900, stay("app", time(1)))], [part("app")], { cores: 100, turnMs: 0.3 }),
  );
  near(busy.parts[0]?.utilisation ?? 0, (0.9 + 0.27) / (1 + 0.27), 1e-6);
});

test("what stands outside has processors of its own", () => {
  const outside = [part("app"), part("db", { places: 8, external: true })];
  const { parts: flows } = flowOf(system([requests(100, way)], outside, { cores: 1 }));
  near(flows[0]?.saturatedAtPerSecond ?? 0, 1_000, 1e-3);
  near(flows[1]?.saturatedAtPerSecond ?? 0, 4_000, 1e-3);
});
