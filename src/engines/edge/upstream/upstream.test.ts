import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock, seededRandom } from "../../../blocks/time/index.ts";
import type { UpstreamConfig } from "../config/index.ts";
import { limitsOf } from "../limits.ts";
import { Watch } from "../watch.ts";
import type { Endpoint } from "./endpoint.ts";
import { Upstream } from "./upstream.ts";

/** Nobody is connected to: only what the upstream decides is looked at. */
function scene(count: number, more: Omit<UpstreamConfig, "endpoints"> = {}) {
  const clock = new SimulatedClock();
  const watch = new Watch(clock, 500);
  const said: string[] = [];
  const upstream = new Upstream("service", {
    clock,
    watch,
    random: seededRandom(1),
    secret: new Uint8Array(16),
    onEndpoint: (_, id, state, reason) => said.push(`${id} ${state}: ${reason}`),
  });
  const configure = (size: number, changed: Omit<UpstreamConfig, "endpoints"> = {}) => {
    const endpoints = Array.from({ length: size }, (_, at) => ({
      id: `s${at + 1}`,
      host: "127.0.0.1",
      port: 40_000 + at,
    }));
    return upstream.configure({ endpoints, ...changed }, limitsOf({}));
  };
  configure(count, more);
  const at = (number: number): Endpoint => {
    const endpoint = upstream.endpoints[number - 1];
    assert.ok(endpoint);
    return endpoint;
  };
  /** Whom the next `draws` requests go to, in order and without repetition. */
  const used = (draws = 2 * upstream.endpoints.length) => {
    const nowMs = clock.monotonicMs();
    const picks = Array.from({ length: draws }, () => upstream.pick(nowMs)?.id ?? "nobody");
    return [...new Set(picks)].sort().join(" ");
  };
  /** Fails `count` requests in a row. */
  const fail = (number: number, times = 5) => {
    for (let done = 0; done < times; done++) at(number).failed("reset", 1, clock.monotonicMs());
  };
  return { clock, watch, said, upstream, configure, at, used, fail };
}

test("five failures in a row take an endpoint out for 30 s, which is told, and the second time for 60 s", async () => {
  const it = scene(3);
  it.fail(1);
  assert.equal(it.used(), "s2 s3");
  const [first] = it.upstream.snapshot().endpoints;
  assert.deepEqual(
    [first?.state, first?.ejectedUntil, first?.failures],
    ["ejected", it.clock.wallMs() + 30_000, 5],
  );
  await it.clock.advance(29_000);
  assert.equal(it.used(), "s2 s3");
  await it.clock.advance(1_500);
  assert.equal(it.used(), "s1 s2 s3");
  it.fail(1);
  await it.clock.advance(59_000);
  assert.equal(it.used(), "s2 s3");
  await it.clock.advance(1_500);
  assert.deepEqual(it.said, [
    "s1 down: failed 5 requests in a row, and ended the connection without an answer last; is out for 30000 ms",
    "s1 up: has been out for its time",
    "s1 down: failed 5 requests in a row, and ended the connection without an answer last; is out for 60000 ms",
    "s1 up: has been out for its time",
  ]);
  assert.equal(it.clock.pendingTimers, 0);
});

test("an ejection ends on time for whoever asks, be the next sweep still to come", async () => {
  const it = scene(2, { outliers: { ejectionMs: 100 } });
  it.fail(1);
  await it.clock.advance(99);
  assert.equal(it.used(), "s2");
  await it.clock.advance(1);
  assert.equal(it.used(), "s1 s2");
});

test("a status of 500 and above is a failure, one below is none", () => {
  const it = scene(2);
  for (const status of [500, 502, 503, 599]) it.at(1).succeeded(status, 1, 0);
  it.at(1).succeeded(404, 1, 0);
  for (const status of [500, 502, 503, 599]) it.at(1).succeeded(status, 1, 0);
  assert.equal(it.used(), "s1 s2");
  it.at(1).succeeded(503, 1, 0);
  assert.equal(it.used(), "s2");
  assert.match(it.said[0] ?? "", /^s1 down: failed 5 requests in a row, and answered 503 last/);
});

test("never more than the share is ejected: of two one, of one none, and nobody with outliers off", () => {
  for (const [count, share, usable] of [
    [1, 0.5, "s1"],
    [2, 0.5, "s2"],
    [3, 0.5, "s2 s3"],
    [4, 0.5, "s3 s4"],
    [4, 0.25, "s2 s3 s4"],
    [2, 0.1, "s2"],
  ] as const) {
    const it = scene(count, { outliers: { maxEjectedShare: share }, panicShare: 0 });
    for (let number = 1; number <= count; number++) it.fail(number, 10);
    assert.equal(it.used(), usable, `${count} endpoints, ${share}`);
  }
  const off = scene(2, { outliers: false });
  off.fail(1, 1_000);
  assert.equal(off.used(), "s1 s2");
});

test("an endpoint that was spared is ejected by its next failure once there is room", async () => {
  const it = scene(2, { outliers: { ejectionMs: 100 } });
  it.fail(1);
  it.fail(2, 20);
  assert.equal(it.used(), "s2");
  await it.clock.advance(100);
  assert.equal(it.used(), "s1 s2");
  it.fail(2, 1);
  assert.equal(it.used(), "s1");
});

test("an endpoint that refuses connections while it starts anew is not ejected for that on top", async () => {
  const it = scene(2);
  for (let count = 0; count < 20; count++) {
    it.at(1).failed("unreachable", 1, it.clock.monotonicMs(), "refused the connection");
    await it.clock.advance(1_000);
  }
  assert.equal(it.at(1).isEjected, false);
  it.at(1).succeeded(200, 1, it.clock.monotonicMs());
  assert.equal(it.used(), "s1 s2");
  assert.deepEqual(it.said, ["s1 down: refused the connection", "s1 up: answered a request"]);
});

test("when fewer than the share are well all are used, those that refuse connections only when due", () => {
  const it = scene(4, { health: {}, outliers: { maxEjectedShare: 1 } });
  const failed = { passed: false, refused: false, reason: "no" };
  it.fail(1);
  it.at(2).connectionFailed(0, "refused");
  assert.equal(it.used(), "s3 s4");
  assert.equal(it.upstream.panics, false);
  for (let count = 0; count < 3; count++) it.at(3).checked(failed);
  assert.equal(it.upstream.panics, true);
  assert.equal(it.used(), "s1 s3 s4");
  for (let count = 0; count < 3; count++) it.at(4).checked(failed);
  assert.equal(it.used(), "s1 s3 s4");
  it.upstream.close();
});

test("in a panic an endpoint that refuses connections is tried last, and then at most once a pause", () => {
  const it = scene(2, { health: {} });
  const tried = [it.at(1)];
  for (const number of [1, 2]) it.at(number).connectionFailed(0, "refused");
  assert.equal(it.upstream.pick(100), undefined);
  assert.equal(it.upstream.pick(300, tried)?.id, "s2");
  assert.equal(it.upstream.pick(301, tried), undefined);
  assert.equal(it.upstream.lastResort, false);
  it.upstream.close();
});

test("with a panic share of 0 nobody is used that is not well", () => {
  const it = scene(2, { health: {}, panicShare: 0 });
  for (const number of [1, 2]) {
    for (let count = 0; count < 3; count++)
      it.at(number).checked({ passed: false, refused: false, reason: "no" });
  }
  assert.equal(it.used(), "nobody");
  it.upstream.close();
});

test("no more requests are let in than the bound; each that leaves makes room for one", () => {
  const it = scene(1, { bounds: { requests: 2 } });
  const passes = [it.upstream.enter(0), it.upstream.enter(0)];
  assert.equal(it.upstream.enter(0), "full");
  const [first] = passes;
  assert.ok(first && typeof first !== "string");
  it.upstream.leave(first);
  assert.equal(it.upstream.snapshot().requests, 1);
  assert.notEqual(it.upstream.enter(0), "full");
  assert.equal(it.upstream.enter(0), "full");
});

/** Lets requests in, and says how they went: `true` is a failure. Returns how many were not let in. */
function send(upstream: Upstream, outcomes: readonly boolean[], nowMs: number): number {
  let refused = 0;
  for (const failed of outcomes) {
    const pass = upstream.enter(nowMs);
    if (typeof pass === "string") {
      refused += 1;
      continue;
    }
    upstream.judge(pass, failed, nowMs);
    upstream.leave(pass);
  }
  return refused;
}

const breaker = { minimumRequests: 4, openMs: 1_000, trials: 2, fallback: { to: "other" } } as const;

test("the breaker opens at the share of failures, not below the minimum, and names the fallback", () => {
  const it = scene(1, { breaker });
  assert.equal(send(it.upstream, [true, true, true], 0), 0);
  assert.equal(send(it.upstream, [false], 0), 0);
  assert.equal(it.upstream.enter(999), "open");
  assert.equal(it.upstream.retryAfterMs(600), 400);
  assert.deepEqual(it.upstream.fallback, { to: "other" });
  assert.equal(it.upstream.snapshot().breaker, "open");
  assert.equal(it.upstream.load.requests, 0);
});

test("half open it lets the trials through, at once no more, and closes when all have succeeded", () => {
  const it = scene(1, { breaker });
  send(it.upstream, [true, true, true, true], 0);
  const trials = [it.upstream.enter(1_000), it.upstream.enter(1_000)];
  assert.equal(it.upstream.enter(1_000), "open");
  for (const trial of trials) {
    assert.ok(typeof trial !== "string");
    it.upstream.judge(trial, false, 1_010);
    it.upstream.leave(trial);
  }
  assert.equal(it.upstream.snapshot().breaker, "closed");
  assert.equal(send(it.upstream, Array(50).fill(false), 1_020), 0);
});

test("one trial that fails opens it again; one whose client left gives its place back", () => {
  const it = scene(1, { breaker });
  send(it.upstream, [true, true, true, true], 0);
  const left = it.upstream.enter(1_000);
  assert.ok(typeof left !== "string");
  it.upstream.leave(left);
  assert.equal(send(it.upstream, [false, true, false], 1_000), 1);
  assert.equal(it.upstream.enter(1_999), "open");
});

test("without a breaker every request is let in, whatever has failed", () => {
  const it = scene(1);
  assert.equal(send(it.upstream, Array(200).fill(true), 0), 0);
  assert.equal(it.upstream.snapshot().breaker, "none");
  assert.equal(it.upstream.fallback, undefined);
});

test("endpoints that stay keep their state, whatever else changes: counts, ejections, and who refuses connections", async () => {
  const it = scene(4);
  it.fail(1, 4);
  it.fail(2);
  it.at(3).connectionFailed(0, "refused the connection");
  it.at(4).began();
  const kept = [...it.upstream.endpoints];
  it.configure(5, {
    balance: { algorithm: "least-connections" },
    outliers: { ejectionMs: 60_000 },
    bounds: { connections: 5 },
    protocol: "http2",
    slowStartMs: 1_000,
    panicShare: 0,
    breaker: {},
    tls: { insecure: true },
    sendProxy: "v1",
  });
  assert.deepEqual(it.upstream.endpoints.slice(0, 4), kept);
  assert.deepEqual(
    it.upstream.snapshot().endpoints.map(({ state, inFlight }) => [state, inFlight]),
    [
      ["up", 0],
      ["ejected", 0],
      ["pausing", 0],
      ["up", 1],
      ["warming", 0],
    ],
  );
  it.fail(1, 1);
  assert.equal(it.at(1).isEjected, true);
  await it.clock.advance(30_500);
  assert.equal(it.at(2).isEjected, false);
});

test("weights follow the configuration, and a new endpoint's grows from a tenth of its own", async () => {
  const it = scene(0);
  const endpoint = { id: "a", host: "127.0.0.1", port: 1, weight: 10 };
  it.upstream.configure({ endpoints: [endpoint], slowStartMs: 1_000 }, limitsOf({}));
  assert.equal(it.at(1).weightAt(0), 1);
  assert.equal(it.at(1).weightAt(Number.POSITIVE_INFINITY), 10);
  await it.clock.advance(500);
  it.upstream.configure({ endpoints: [{ ...endpoint, weight: 100 }], slowStartMs: 1_000 }, limitsOf({}));
  assert.equal(Math.round(it.at(1).weightAt(500)), 55);
  assert.equal(it.at(1).weightAt(1_000), 100);
});

test("the endpoints of the first configuration are warm at once", () => {
  const it = scene(2, { slowStartMs: 60_000 });
  assert.equal(it.at(1).weightAt(0), 1);
});

test("an endpoint that was removed is no news, and no ejection of it is waited for", async () => {
  const it = scene(2);
  it.fail(1);
  const removed = it.configure(0);
  assert.equal(removed.length, 2);
  for (const endpoint of removed) endpoint.retire(() => {});
  it.said.length = 0;
  for (const endpoint of removed) {
    for (let count = 0; count < 9; count++) endpoint.failed("timeout", 1, 0);
    endpoint.connectionFailed(0, "refused");
  }
  await it.clock.advance(60_000);
  assert.deepEqual(it.said, []);
  assert.equal(it.clock.pendingTimers, 0);
});
