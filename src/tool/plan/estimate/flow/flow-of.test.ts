import assert from "node:assert/strict";
import { test } from "node:test";
import type { LatencyPercentiles } from "../../plan-answer.ts";
import { upperGamma } from "../../theory/numerics/gamma.ts";
import { percentileOfTail } from "../../theory/numerics/percentile.ts";
import { ggc } from "../../theory/queueing/ggc.ts";
import { mg1 } from "../../theory/queueing/mg1.ts";
import { mmc } from "../../theory/queueing/mmc.ts";
import type { QueueAnswer } from "../../theory/queueing/queue.ts";
import { flowOf, utilisationsOf } from "./index.ts";
import { call, part, requests, stay, system, time } from "./testing/small-systems.ts";

const RANKS = [
  ["p50", 0.5],
  ["p90", 0.9],
  ["p95", 0.95],
  ["p99", 0.99],
  ["p999", 0.999],
] as const;

function near(got: number, wanted: number, relative: number, what = ""): void {
  assert.ok(Math.abs(got - wanted) <= relative * Math.abs(wanted), `${what} ${got}, not ${wanted}`);
}

function isQueue(latency: LatencyPercentiles, queue: QueueAnswer, relative: number): void {
  near(latency.mean, queue.meanSojournSeconds * 1_000, 1e-3, "mean");
  for (const [name, rank] of RANKS)
    near(latency[name], queue.sojournPercentile(rank) * 1_000, relative, name);
}

test("one part with one place is M/M/1, percentiles within 1 %", () => {
  for (const load of [0.3, 0.6, 0.9, 0.98]) {
    const flow = flowOf(system([requests(load * 100, stay("a", time(10)))], [part("a")]));
    isQueue(flow.all, mmc({ arrivalsPerSecond: load * 100, serviceSeconds: 0.01, servers: 1 }), 0.01);
    const [a] = flow.parts;
    near(a?.utilisation ?? 0, load, 1e-9);
    near(a?.saturatedAtPerSecond ?? 0, 100, 1e-9);
    near(a?.meanWaitMs ?? 0, (10 * load) / (1 - load), 1e-6);
    near(a?.busyPlaces ?? 0, load, 1e-9);
  }
});

test("places are M/M/c, percentiles within 1 %", () => {
  for (const servers of [2, 4, 16, 64]) {
    const rate = 0.85 * servers * 100;
    const flow = flowOf(system([requests(rate, stay("a", time(10)))], [part("a", { places: servers })]));
    isQueue(flow.all, mmc({ arrivalsPerSecond: rate, serviceSeconds: 0.01, servers }), 0.01);
  }
});

test("one place with any service time is M/G/1: p50 to p99 within 2 %, p99.9 within 4 %", () => {
  for (const [spread, service] of [
    [0, { kind: "deterministic", meanSeconds: 0.01 }],
    [0.5, { kind: "erlang", meanSeconds: 0.01, stages: 4 }],
    [0.7, { kind: "log-normal", meanSeconds: 0.01, scv: 0.49 }],
    [2, { kind: "log-normal", meanSeconds: 0.01, scv: 4 }],
  ] as const) {
    for (const load of [0.3, 0.7, 0.9]) {
      const flow = flowOf(system([requests(load * 100, stay("a", time(10, { spread })))], [part("a")]));
      const queue = mg1({ arrivalsPerSecond: load * 100, service });
      near(flow.all.mean, queue.meanSojournSeconds * 1_000, 2e-3, `${spread} ${load} mean`);
      for (const [name, rank] of RANKS) {
        const wanted = queue.sojournPercentile(rank) * 1_000;
        near(flow.all[name], wanted, rank > 0.99 ? 0.04 : 0.02, `${spread} ${load} ${name}`);
      }
    }
  }
});

test("several places with any service time wait as M/G/c does by approximation", () => {
  const service = { kind: "log-normal", meanSeconds: 0.01, scv: 4 } as const;
  const flow = flowOf(
    system([requests(680, stay("a", time(10, { spread: 2 })))], [part("a", { places: 8 })]),
  );
  isQueue(flow.all, ggc({ arrivalsPerSecond: 680, arrivalScv: 1, service, servers: 8 }), 0.02);
});

test("parts one after the other take the sum of their times: two equal M/M/1 are Erlang's law of two stages", () => {
  const way = stay("a", time(10), [call(stay("b", time(10)))]);
  const flow = flowOf(system([requests(50, way)], [part("a"), part("b")]));
  for (const [name, rank] of RANKS) {
    // Each stay is exponential with mean 10 / (1 - 0.5) = 20 ms.
    const wanted = percentileOfTail((ms) => upperGamma(2, ms / 20), rank, 40);
    near(flow.all[name], wanted, 0.01, name);
  }
  const networked = { ...way, calls: way.calls.map((one) => ({ ...one, networkMs: 7 })) };
  const slower = flowOf(system([requests(50, networked)], [part("a"), part("b")]));
  near(slower.all.mean, flow.all.mean + 7, 1e-6);
});

test("measured percentiles are the law of a stay, brought to the mean that is told", () => {
  const percentiles = [
    { rank: 0, ms: 1 },
    { rank: 0.9, ms: 3 },
    { rank: 1, ms: 41 },
  ];
  const measured = time(4, { spread: 1.8, percentiles });
  const flow = flowOf(system([requests(0.001, stay("a", measured))], [part("a")]));
  near(flow.all.mean, 4, 1e-3);
  near(flow.all.p90, 3, 0.015);
  near(flow.all.p95, 22, 0.015);
});

test("classes that share a part wait alike, and each is served by its own time", () => {
  const flow = flowOf(
    system(
      [requests(40, stay("a", time(2)), "read"), requests(10, stay("a", time(40)), "write")],
      [part("a")],
    ),
  );
  const [read, write] = flow.classes;
  // Pollaczek-Khinchine of the mixture: λ E[S²] / (2 (1 - ρ)).
  const wait = (40 * 2 * 0.002 ** 2 + 10 * 2 * 0.04 ** 2) / (2 * (1 - 0.48));
  near(read?.latencyMs.mean ?? 0, 2 + wait * 1_000, 2e-3);
  near(write?.latencyMs.mean ?? 0, 40 + wait * 1_000, 2e-3);
  near(flow.all.mean, 0.8 * (read?.latencyMs.mean ?? 0) + 0.2 * (write?.latencyMs.mean ?? 0), 1e-3);
  assert.equal(flow.perSecond, 50);
});

/** Mean waits in services, by our own simulations of 1,500,000 requests; those by lot are exact. */
const SIMULATED = [
  ["least-connections", 2, 0.8, 1, 1.942],
  ["least-connections", 6, 0.9, 1, 1.494],
  ["least-connections", 12, 0.8, 1, 0.287],
  ["least-connections", 3, 0.8, 0, 0.628],
  ["least-connections", 6, 0.8, 1.5, 0.876],
  ["power-of-two", 3, 0.8, 1, 1.515],
  ["power-of-two", 12, 0.9, 1, 1.903],
  ["power-of-two", 6, 0.9, 0, 1.098],
  ["round-robin", 2, 0.8, 1, 2.864],
  ["round-robin", 4, 0.9, 1, 5.593],
  ["round-robin", 2, 0.8, 0, 0.9],
  ["round-robin", 4, 0.8, 0, 0.391],
  ["round-robin", 4, 0.8, 1.5, 4.862],
  ["random", 4, 0.8, 1, 4],
  ["ip-hash", 4, 0.8, 0, 2],
] as const;

test("replicas wait as their balancer lets them, the mean within 13 % of simulations", () => {
  for (const [balance, replicas, load, spread, services] of SIMULATED) {
    const way = stay("a", time(10, { spread }));
    const flow = flowOf(system([requests(replicas * load * 100, way)], [part("a", { replicas, balance })]));
    near((flow.parts[0]?.meanWaitMs ?? 0) / 10, services, 0.13, `${balance} ${replicas} ${load} ${spread}`);
  }
});

test("of very many replicas the better of two takes what Mitzenmacher says", () => {
  const flow = flowOf(
    system(
      [requests(90_000, stay("a", time(10)))],
      [part("a", { replicas: 1_000, balance: "power-of-two" })],
    ),
  );
  // For exponential service of mean 1 a stay takes Σ ρ^(2^i - 2), i = 1, 2 …
  const limit = [1, 2, 3, 4, 5, 6, 7].reduce((sum, i) => sum + 0.9 ** (2 ** i - 2), 0);
  near(flow.parts[0]?.meanStayMs ?? 0, 10 * limit, 1e-3);
});

test("a part that is full has times of Infinity, and so has every class that passes it, but no other", () => {
  const full = stay("full", time(10));
  const flow = flowOf(
    system(
      [requests(200, stay("a", time(1), [call(full)]), "through"), requests(10, stay("a", time(1)), "past")],
      [part("a"), part("full"), part("idle")],
    ),
  );
  const [through, past] = flow.classes;
  for (const value of Object.values(through?.latencyMs ?? {})) assert.equal(value, Number.POSITIVE_INFINITY);
  assert.equal(through?.share(1e12), 0);
  assert.equal(through?.unansweredShare, 1);
  assert.ok(Number.isFinite(past?.latencyMs.p999));
  const [, stuck, idle] = flow.parts;
  near(stuck?.utilisation ?? 0, 2, 1e-9);
  assert.equal(stuck?.meanWaitMs, Number.POSITIVE_INFINITY);
  near(stuck?.saturatedAtPerSecond ?? 0, 105, 1e-9);
  assert.equal(idle?.utilisation, 0);
  assert.equal(idle?.saturatedAtPerSecond, Number.POSITIVE_INFINITY);
  assert.equal(flow.all.p999, Number.POSITIVE_INFINITY);
  assert.match(stuck?.filled ?? "", /^200\/s × 10 ms \/ \(1 replica × 1 place\) = 200 %$/);
});

test("a system that nobody asks has the times of an empty one, and one without service times takes none", () => {
  const flow = flowOf(system([requests(50, stay("a", time(10)))], [part("a")]), 0);
  near(flow.all.p50, 10 * Math.LN2, 0.01);
  assert.equal(flow.parts[0]?.utilisation, 0);
  const nothing = flowOf(system([requests(50, stay("a", time(0)))], [part("a")]));
  assert.equal(nothing.all.p99, 0);
  assert.equal(nothing.parts[0]?.saturatedAtPerSecond, Number.POSITIVE_INFINITY);
});

test("a share of requests within a time is what the percentiles say", () => {
  const flow = flowOf(system([requests(70, stay("a", time(10)))], [part("a")]));
  const [read] = flow.classes;
  assert.ok(read !== undefined);
  for (const [name, rank] of RANKS) near(1 - read.share(read.latencyMs[name]), 1 - rank, 0.02, name);
  assert.equal(read.share(Number.POSITIVE_INFINITY), 1);
  assert.equal(read.share(-1), 0);
});

test("utilisations alone are those of the flow", () => {
  const small = system(
    [requests(50, stay("a", time(10), [call(stay("b", time(3)))]))],
    [part("a"), part("b")],
  );
  for (const { name, utilisation } of flowOf(small, 1.3).parts) {
    near(utilisationsOf(small, 1.3).get(name) ?? 0, utilisation, 1e-12);
  }
});
