import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call, Stay } from "../../resolved-model.ts";
import { flowOf } from "./index.ts";
import { call, part, requests, stay, system, time } from "./testing/small-systems.ts";

/** Constant times at so low a load that nobody waits. */
const RATE = 1e-6;

function near(got: number, wanted: number, relative: number, what = ""): void {
  assert.ok(Math.abs(got - wanted) <= relative * Math.abs(wanted), `${what} ${got}, not ${wanted}`);
}

function fixed(name: string, ms: number, calls: readonly Call[] = []): Stay {
  return stay(name, time(ms, { spread: 0 }), calls);
}

function alone(way: Stay, names: readonly string[]) {
  const flow = flowOf(
    system(
      [requests(RATE, way)],
      names.map((name) => part(name)),
    ),
  );
  const [read] = flow.classes;
  assert.ok(read !== undefined);
  return { ...read, parts: flow.parts };
}

test("a database behind a cache is asked in the share of misses, together with putting what it said", () => {
  const way = fixed("app", 1, [
    call(fixed("hot", 1)),
    call(fixed("db", 20), { onMissOf: "hot", share: 0.05 }),
    call(fixed("hot", 3), { onMissOf: "hot", share: 0.05 }),
  ]);
  const read = alone(way, ["app", "hot", "db"]);
  near(read.latencyMs.p90, 2, 0.01);
  near(read.latencyMs.p99, 25, 0.01);
  near(read.latencyMs.mean, 2 + 0.05 * 23, 1e-6);
  near(read.share(10), 0.95, 1e-6);
});

test("behind two caches, the second's misses are a share of the first's", () => {
  const way = fixed("app", 1, [
    call(fixed("near", 1)),
    call(fixed("far", 10), { onMissOf: "near", share: 0.2 }),
    call(fixed("db", 100), { onMissOf: "far", share: 0.02 }),
  ]);
  const read = alone(way, ["app", "near", "far", "db"]);
  near(read.share(5), 0.8, 1e-6);
  near(read.share(50), 0.98, 1e-6);
  near(read.latencyMs.mean, 2 + 0.2 * 10 + 0.02 * 100, 1e-6);
});

test("calls of one group take as long as the slowest of them, others the sum", () => {
  const calls = [call(fixed("a", 5)), call(fixed("b", 9))];
  near(alone(fixed("app", 1, calls), ["app", "a", "b"]).latencyMs.p50, 15, 0.01);
  const grouped = calls.map((one) => ({ ...one, group: "g" }));
  near(alone(fixed("app", 1, grouped), ["app", "a", "b"]).latencyMs.p50, 10, 0.01);
});

test("nobody waits for a detached call, but it is served", () => {
  const way = fixed("app", 1, [call(fixed("mirror", 50), { detached: true })]);
  const read = alone(way, ["app", "mirror"]);
  near(read.latencyMs.p999, 1, 0.01);
  near(read.parts[1]?.perSecond ?? 0, RATE, 1e-9);
  assert.deepEqual(
    read.stays.map(({ part }) => part),
    ["app"],
  );
});

test("calls that are made several times take so many times as long, with a fraction as an average", () => {
  const way = fixed("app", 1, [call(fixed("db", 4), { times: 2.5 })]);
  const read = alone(way, ["app", "db"]);
  near(read.latencyMs.mean, 11, 1e-6);
  near(read.share(10), 0.5, 1e-6);
  near(read.parts[1]?.perSecond ?? 0, 2.5 * RATE, 1e-9);
});

test("a request whose call never comes back in time fails after its attempts; one that can do without goes on", () => {
  const slow = { timeoutMs: 10, retries: 1 };
  const failing = alone(fixed("app", 1, [call(fixed("db", 50), slow)]), ["app", "db"]);
  assert.equal(failing.unansweredShare, 1);
  assert.equal(failing.latencyMs.p50, Number.POSITIVE_INFINITY);
  near(failing.parts[1]?.perSecond ?? 0, 2 * RATE, 1e-9);
  const without = alone(fixed("app", 1, [call(fixed("db", 50), { ...slow, optional: true })]), ["app", "db"]);
  assert.equal(without.unansweredShare, 0);
  near(without.latencyMs.p99, 21, 0.01);
});

test("pauses between attempts are waited for", () => {
  const backoff = { firstMs: 30, jitter: "none" } as const;
  const calls = [call(fixed("db", 50), { timeoutMs: 10, retries: 2, backoff, optional: true })];
  near(alone(fixed("app", 1, calls), ["app", "db"]).latencyMs.p50, 1 + 3 * 10 + 30 + 60, 0.01);
});

test("retries raise the load to where both agree, and a budget keeps them within a fifth of the calls", () => {
  const busy = (more: Partial<Call>) =>
    flowOf(
      system(
        [requests(500, stay("app", time(0.1), [call(stay("db", time(1)), { timeoutMs: 8, ...more })]))],
        [part("app"), part("db")],
      ),
    );
  const [, once] = busy({ retries: 0 }).parts;
  const [, again] = busy({ retries: 3 }).parts;
  assert.ok(once !== undefined && again !== undefined);
  near(once.perSecond, 500, 1e-9);
  // M/M/1: p = e^-(μ - λ) t, of the load that the retries themselves make.
  const p = Math.exp(-(1_000 - again.perSecond) * 0.008);
  near(again.perSecond, 500 * (1 + p + p ** 2 + p ** 3), 0.005);
  assert.ok(again.perSecond > 500);

  const storm = (more: Partial<Call>) =>
    flowOf(
      system(
        [
          requests(
            990,
            stay("app", time(0.1), [call(stay("db", time(1)), { timeoutMs: 8, retries: 3, ...more })]),
          ),
        ],
        [part("app"), part("db")],
      ),
    ).parts[1]?.perSecond ?? 0;
  near(storm({}), 990 * 4, 1e-6);
  const held = storm({ budget: true, budgetOf: { ratio: 0.2, minPerSecond: 0 } });
  assert.ok(held > 990 && held < 990 * 1.2001, `${held}`);
});

test("a hedge shortens the tail and adds the share of calls that it doubles", () => {
  const flow = (more: Partial<Call>) =>
    flowOf(
      system(
        [requests(1, stay("app", time(0), [call(stay("db", time(10)), more)]))],
        [part("app"), part("db", { places: 100 })],
      ),
    );
  const plain = flow({});
  const hedged = flow({ hedge: { after: { percentile: 0.9 } } });
  assert.ok(hedged.all.p99 < 0.8 * plain.all.p99);
  near(hedged.parts[1]?.perSecond ?? 0, 1.1, 0.01);
});

test("a waterfall shows each stay once, with its depth, its mean time and how often it is come to", () => {
  const db = fixed("db", 8);
  const way = fixed("front", 1, [call(fixed("app", 2, [call(db, { times: 3 })])), call(db, { share: 0.5 })]);
  const { stays } = alone(way, ["front", "app", "db"]);
  assert.deepEqual(
    stays.map(({ part, depth, visits }) => [part, depth, visits]),
    [
      ["front", 0, 1],
      ["app", 1, 1],
      ["db", 2, 3.5],
    ],
  );
  for (const [n, ms] of [1, 2, 8].entries()) near(stays[n]?.ms ?? 0, ms, 1e-4);
});

test("of a short line some are turned away, at once: with one place and none to wait in, by Erlang's formula", () => {
  const flow = flowOf(system([requests(50, stay("a", time(10)))], [part("a", { places: 2, queueMax: 0 })]));
  // Erlang B of 0.5 Erlangs and 2 servers.
  const lost = 0.125 / (1 + 0.5 + 0.125);
  near(flow.classes[0]?.unansweredShare ?? 0, lost, 1e-9);
  near(flow.all.mean, 10, 1e-3);
});
