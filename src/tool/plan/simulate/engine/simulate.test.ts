import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  exponential,
  logNormal,
  type Model,
  OpenSource,
  type Progress,
  poisson,
  QueueingStation,
  type SimulateOptions,
  type StationSummary,
  simulate,
  type World,
} from "./index.ts";
import { runOf } from "./testing/one-station.ts";

const LOAD = { servers: 2, load: 0.8, service: logNormal({ mean: 3, variation: 2 }) };

test("the same seed gives the same bytes, and another seed others", () => {
  const once = JSON.stringify(runOf({ ...LOAD, requests: 20_000, seed: 7 }));
  assert.equal(JSON.stringify(runOf({ ...LOAD, requests: 20_000, seed: 7 })), once);
  assert.notEqual(JSON.stringify(runOf({ ...LOAD, requests: 20_000, seed: 8 })), once);
});

test("memory does not depend on how long a run is: one fifty times as long keeps and holds no more", () => {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  assert.ok(typeof collect === "function");
  const held = () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const heldAtEndOf = (requests: number) => {
    const before = held();
    let after = 0;
    const build = (world: World): Model<undefined> => {
      queue(world);
      // The end of the run, while all that it made is still there.
      return {
        report: () => {
          after = held();
          return undefined;
        },
      };
    };
    const series = { windowMs: 10, windowsMax: 32 };
    simulate({ seed: 1, requests, warmUp: { requests: 1_000 }, series, build });
    return after - before;
  };
  heldAtEndOf(20_000);
  const short = heldAtEndOf(20_000);
  const long = heldAtEndOf(1_000_000);
  assert.ok(
    long < short + 100_000,
    `${long} bytes held at the end of the long run, ${short} of the short one`,
  );
});

/** An M/M/1 queue at 0.7, in a table of places that are used again. */
function queue({ simulation, streams, answered }: World): QueueingStation {
  const arrivedMs = new Float64Array(4_096);
  const owner = { served: (job: number) => answered(simulation.nowMs - (arrivedMs[job % 4_096] ?? 0)) };
  const station = new QueueingStation(simulation, { servers: 1 }, owner);
  const [sizes, service] = [streams.of("sizes"), exponential(1)];
  new OpenSource(simulation, poisson(700, streams.of("arrivals")), (index) => {
    arrivedMs[index % 4_096] = simulation.nowMs;
    station.arrive(index, service.draw(sizes));
  });
  return station;
}

function run(options: Omit<SimulateOptions<StationSummary>, "seed" | "build">) {
  return simulate({
    seed: 1,
    ...options,
    build: (world) => {
      const station = queue(world);
      return {
        warmedUp: (nowMs) => station.statistics.reset(nowMs),
        report: (nowMs) => station.statistics.summary(nowMs),
      };
    },
  });
}

test("a run ends at its time or at its requests, whichever comes first, and says which", () => {
  const byTime = run({ untilMs: 10_000, warmUp: { ms: 1_000 } });
  assert.deepEqual([byTime.end, byTime.simulatedMs, byTime.warmUpMs], ["time", 10_000, 1_000]);
  assert.ok(Math.abs((byTime.outcomes.answered?.count ?? 0) / 6_300 - 1) < 0.05);
  const byRequests = run({ untilMs: 10_000, requests: 500, warmUp: { requests: 100 } });
  assert.deepEqual([byRequests.end, byRequests.outcomes.answered?.count], ["requests", 500]);
  const tooShort = run({ untilMs: 10, warmUp: { ms: 1_000 } });
  assert.deepEqual([tooShort.end, tooShort.warmUpMs], ["time", null]);
});

test("a run without an end, or with an end before its beginning, is refused", () => {
  assert.throws(() => run({}), RangeError);
  assert.throws(() => run({ untilMs: 0 }), RangeError);
  assert.throws(() => run({ requests: 0 }), RangeError);
});

test("left to itself, it finds how much of the beginning to leave out, and finds the same each time", () => {
  const found = run({ requests: 200_000 });
  assert.ok(found.warmUpMs !== null && found.warmUpMs < 60_000, `warm-up of ${found.warmUpMs} ms`);
  assert.equal(run({ requests: 200_000 }).warmUpMs, found.warmUpMs);
  // M/M/1 at 0.7: mean 1 / 0.3. The interval holds it, and says how sure the run is.
  const { mean, halfWidth } = found.meanLatencyMs;
  assert.ok(halfWidth !== null && halfWidth < 0.1 * mean, `within ${halfWidth}`);
  assert.ok(Math.abs(mean - 1 / 0.3) <= halfWidth, `${mean}, within ${halfWidth}`);
});

test("progress is told up to the end and changes nothing of the result", () => {
  const told: Progress[] = [];
  const watched = run({ untilMs: 5_000, warmUp: { ms: 0 }, progress: (one) => void told.push(one) });
  assert.equal(JSON.stringify(watched), JSON.stringify(run({ untilMs: 5_000, warmUp: { ms: 0 } })));
  assert.deepEqual([told.length, told.at(-1)?.share], [100, 1]);
  assert.ok(told.every(({ share }, at) => share >= (told[at - 1]?.share ?? 0)));
  assert.equal(told.at(-1)?.events, watched.events);
});

test("an aborted run ends within a hundredth of its length, and its figures are of what it had", () => {
  for (const end of [{ untilMs: 50_000 }, { requests: 35_000 }]) {
    const controller = new AbortController();
    const result = run({
      ...end,
      warmUp: { ms: 0 },
      signal: controller.signal,
      progress: ({ share }) => {
        if (share >= 0.5) controller.abort();
      },
    });
    assert.equal(result.end, "stopped");
    const count = result.outcomes.answered?.count ?? 0;
    assert.ok(count > 17_000 && count < 18_500, `${count} of about 35,000 were answered`);
  }
});

test("requests that end in different ways are counted apart, and only those that end well make the mean", () => {
  const result = simulate({
    seed: 1,
    requests: 300,
    warmUp: { requests: 10 },
    outcomes: ["answered", "refused", "late"],
    build: ({ simulation, answered }) => {
      let count = 0;
      const next = {
        happen: () => {
          const outcome = count++ % 3;
          answered(10 * (outcome + 1), outcome);
          simulation.after(1, next);
        },
      };
      simulation.after(1, next);
      return { report: () => null };
    },
  });
  const figures = Object.entries(result.outcomes).map(([name, one]) => [name, one.count, one.latencyMs.mean]);
  assert.deepEqual(figures, [
    ["answered", 100, 10],
    ["refused", 100, 20],
    ["late", 100, 30],
  ]);
  assert.equal(result.meanLatencyMs.mean, 10);
  assert.throws(() => run({ untilMs: 1, outcomes: ["a", "a"] }), RangeError);
  assert.throws(() => run({ untilMs: 1, outcomes: [] }), RangeError);
});
