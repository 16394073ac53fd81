import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../src/blocks/time/index.ts";
import { parseWrk } from "./load/wrk.ts";
import { zipf } from "./load/zipf.ts";
import { cpuUsOf, parseStat, treeTicks } from "./machine/cpu.ts";
import { judged, lastLineOf, tableOf } from "./report.ts";
import { alternating, median } from "./statistics.ts";

test("Zipf's law: rank r comes up in proportion to 1 / (r + 1)", () => {
  const draw = zipf(1_000, seededRandom(7));
  const counts = new Array<number>(1_000).fill(0);
  const draws = 200_000;
  for (let at = 0; at < draws; at++) {
    const rank = draw();
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  const harmonic = counts.reduce((sum, _, rank) => sum + 1 / (rank + 1), 0);
  for (const rank of [0, 1, 2, 9, 99]) {
    const expected = draws / harmonic / (rank + 1);
    // Five standard deviations of a Poisson count: with this seed it holds, and a wrong law is far outside.
    assert.ok(Math.abs((counts[rank] ?? 0) - expected) < 5 * Math.sqrt(expected), `rank ${rank}`);
  }
});

test("every draw is a rank, whatever the dice say", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (n, x) => {
        const rank = zipf(n, () => x)();
        assert.ok(Number.isInteger(rank) && rank >= 0 && rank < n);
      },
    ),
  );
  assert.throws(() => zipf(0, Math.random), RangeError);
});

test("the median is the middle value, or the mean of the middle two", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.throws(() => median([]), RangeError);
});

test("contenders run in turn, and the first of a round is not always the same", async () => {
  const order: string[] = [];
  const results = await alternating(3, {
    a: async () => order.push("a"),
    b: async () => order.push("b"),
  });
  assert.deepEqual(order, ["a", "b", "b", "a", "a", "b"]);
  assert.deepEqual(results, { a: [1, 4, 5], b: [2, 3, 6] });
});

test("a goal is held against the ratio where there is a peer, and against our own figure where there is none", () => {
  const what = { what: "x", metric: "cpu_us_per_request" } as const;
  const withPeer = { ...what, peer: "nginx 1", theirs: 10, better: "lower" } as const;
  assert.deepEqual(judged({ ...withPeer, ours: 12.00001, goal: 1.3 }), {
    ...withPeer,
    ours: 12,
    ratio: 1.2,
    goal: 1.3,
    holds: true,
  });
  assert.equal(judged({ ...withPeer, ours: 14, goal: 1.3 }).holds, false);
  assert.equal(judged({ ...what, ours: 6_999, better: "higher", goal: 7_000 }).holds, false);
  assert.equal(judged({ ...what, ours: 0, better: "lower", goal: 0 }).holds, true);
  assert.equal("holds" in judged({ ...what, ours: 1, better: "lower" }), false);
});

test("the table lines up for people, and the last line is JSON", () => {
  const report = {
    bench: "edge",
    machine: "a machine",
    results: [
      judged({
        what: "100 B",
        metric: "cpu_us",
        ours: 11.9,
        peer: "nginx 1",
        theirs: 9.2,
        better: "lower",
        goal: 1.3,
      }),
      judged({ what: "rate", metric: "per_second", ours: 6_000, better: "higher", goal: 7_000 }),
    ],
  };
  assert.deepEqual(tableOf(report).split("\n"), [
    "edge on a machine",
    "",
    "what   metric       ours  theirs          ratio  goal",
    "100 B  cpu_us       11.9  9.2 (nginx 1)  1.293×  ≤ 1.3×   holds",
    "rate   per_second  6,000                         ≥ 7,000  MISSED",
  ]);
  assert.deepEqual(JSON.parse(lastLineOf(report)), report);
});

test("wrk's figures are read from its last line of JSON, and their absence is an error", () => {
  const line =
    '{"requests":80000,"durationUs":8000000,"failed":2,"p50Us":1500,"p90Us":4000,"p99Us":9000,"p999Us":1,"maxUs":20000}';
  assert.deepEqual(parseWrk(`Running 8s test\n{ noise\n${line}\n\n`), {
    requests: 80_000,
    perSecond: 10_000,
    failed: 2,
    latencyMs: { p50: 1.5, p90: 4, p99: 9, max: 20 },
  });
  assert.throws(() => parseWrk("unable to connect"), /unable to connect/);
  assert.throws(() => parseWrk('{"requests":1}'), /durationUs/);
});

test("processor time is that of a process, its children that live and its children that have ended", () => {
  const stat = parseStat("42 (a (odd) name) S 7 42 42 0 -1 4194304 1 1 0 0 10 5 3 2 20 0 1 0 99");
  assert.deepEqual(stat, { parent: 7, ticks: 20 });
  const all = new Map([
    [1, { parent: 0, ticks: 1 }],
    [2, { parent: 1, ticks: 10 }],
    [3, { parent: 2, ticks: 100 }],
    [4, { parent: 9, ticks: 1000 }],
  ]);
  assert.equal(treeTicks(1, all), 111);
  assert.ok(cpuUsOf(process.pid) > 0);
  assert.throws(() => cpuUsOf(2 ** 30), /gone/);
});
