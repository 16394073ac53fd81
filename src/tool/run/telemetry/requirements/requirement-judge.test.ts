import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SimulatedClock } from "../../../../blocks/time/index.ts";
import type { RequirementsModel } from "../../../design/model.ts";
import { MemoryMetrics } from "../figures/testing/memory-metrics.ts";
import { RequirementJudge, SETTLE_MS, WINDOW_MS, WINDOWS_MAX } from "./requirement-judge.ts";

const REQUIRES: RequirementsModel = {
  latency: { p50Ms: 50, p99Ms: 200 },
  availability: 0.99,
  traffic: { requestsPerSecond: 10, peak: 2 },
  retentionMs: 1,
  durability: 0.999,
};

function scene(requires: RequirementsModel = REQUIRES) {
  const clock = new SimulatedClock();
  const reader = new MemoryMetrics(() => clock.wallMs());
  const startMs = clock.wallMs();
  const judge = new RequirementJudge({
    requires,
    edges: ["front", "back"],
    reader,
    startMs,
    predicted: new Map([["latency.p99", 80]]),
  });
  const served = (ms: number, count: number, status = "200", part = "front") =>
    reader.observe({
      name: "http.server.request.duration",
      unit: "s",
      part,
      replica: part,
      attributes: {
        "http.response.status_code": status,
        ...(status >= "500" ? { "error.type": status } : {}),
      },
      timeMs: clock.wallMs(),
      value: ms / 1_000,
      weight: count,
    });
  return {
    clock,
    judge,
    served,
    startMs,
    status(id: string) {
      const found = judge.statuses().find((one) => one.id === id);
      assert.ok(found, id);
      return found;
    },
    /** A window of traffic, in its middle, and its judgement. */
    async window(traffic: () => void = () => {}) {
      await clock.advance(WINDOW_MS / 2);
      traffic();
      await clock.advance(WINDOW_MS / 2);
      judge.advance(clock.wallMs());
    },
    async settle() {
      await clock.advance(SETTLE_MS);
      return judge.advance(clock.wallMs());
    },
  };
}

const near = (value: number | undefined, wanted: number, share = 0.1) =>
  assert.ok(value !== undefined && Math.abs(value - wanted) <= wanted * share, `${value} for ${wanted}`);

describe("requirements", () => {
  test("are those that can be measured, and unknown while nothing is", async () => {
    const { judge, clock } = scene();
    judge.advance(clock.wallMs());
    assert.deepEqual(
      judge.statuses().map(({ id, state, measured, recent }) => [id, state, measured, recent]),
      ["latency.p50", "latency.p99", "availability", "traffic"].map((id) => [
        id,
        "unknown",
        undefined,
        undefined,
      ]),
    );
    assert.equal(judge.statuses()[2]?.budget?.remaining, 1);
    const nothing = scene({ durability: 0.999 });
    await nothing.clock.advance(60_000);
    assert.equal(nothing.judge.advance(nothing.clock.wallMs()), false);
    assert.deepEqual(nothing.judge.statuses(), []);
  });

  test("of latency are judged over all edges that the world reaches, beside what the plan expects", async () => {
    const { window, settle, served, status } = scene();
    await window(() => {
      served(10, 97);
      served(150, 2, "200", "back");
      served(5_000, 1_000, "200", "internal-edge");
      served(300, 1);
    });
    assert.equal(await settle(), true);
    const p99 = status("latency.p99");
    near(p99.measured, 150);
    assert.deepEqual([p99.state, p99.required, p99.bound, p99.predicted], ["met", 200, "at-most", 80]);
    assert.match(p99.sentence, /^p99 is .* of at most 200 ms over 100 requests$/);
    assert.deepEqual(p99.budget, {
      allowedShare: 0.01,
      requests: 100,
      bad: 1,
      remaining: 0,
      burn5m: 1,
      burn1h: 1,
    });
    const p50 = status("latency.p50");
    near(p50.measured, 10);
    assert.deepEqual([p50.state, p50.budget?.bad, p50.predicted], ["met", 3, undefined]);
    near(p50.budget?.remaining, 1 - 3 / 50, 0.001);
  });

  test("have a window each 10 s, judged by itself, and none before what was measured in it has come", async () => {
    const { window, settle, served, status, startMs } = scene();
    await window(() => served(10, 100));
    assert.deepEqual(status("latency.p99").windows, []);
    await window(() => served(400, 10));
    await window();
    assert.equal(await settle(), true);
    assert.equal(await settle(), false);
    const windows = status("latency.p99").windows;
    assert.deepEqual(
      windows.map(({ fromMs, state }) => [fromMs - startMs, state]),
      [
        [0, "met"],
        [WINDOW_MS, "not-met"],
        [2 * WINDOW_MS, "unknown"],
      ],
    );
    assert.equal(windows[2]?.measured, undefined);
    // 10 of 110 were too slow.
    assert.equal(status("latency.p99").state, "not-met");
    assert.equal(status("latency.p99").windowMs, WINDOW_MS);
  });

  test("of availability count what failed, and how fast the budget is spent: 1 is as fast as allowed", async () => {
    const { window, settle, served, status } = scene();
    for (let at = 0; at < 30; at++) await window(() => served(10, 100));
    for (let at = 0; at < 30; at++)
      await window(() => {
        served(10, 95);
        served(10, 4, "503");
        served(10, 1, "404");
      });
    await settle();
    const { measured, recent, state, budget } = status("availability");
    near(measured, 0.98, 1e-9);
    near(recent, 0.96, 1e-9);
    assert.equal(state, "not-met");
    assert.deepEqual([budget?.allowedShare, budget?.requests, budget?.bad], [0.01, 6_000, 120]);
    near(budget?.burn5m, 4, 1e-9);
    near(budget?.burn1h, 2, 1e-9);
    near(-(budget?.remaining ?? 0), 1, 1e-9);
  });

  test("of traffic are unknown until so much is asked: then it is answered, or not", async () => {
    const { window, settle, served, status } = scene();
    await window(() => served(10, 150));
    await settle();
    let traffic = status("traffic");
    assert.deepEqual([traffic.state, traffic.required, traffic.measured], ["unknown", 20, 15]);
    assert.match(traffic.sentence, /nothing is proven$/);
    await window(() => {
      served(10, 180);
      served(10, 100, "503");
    });
    traffic = status("traffic");
    assert.deepEqual([traffic.state, traffic.measured], ["not-met", 18]);
    await window(() => served(10, 210));
    await window();
    traffic = status("traffic");
    assert.deepEqual([traffic.state, traffic.measured, traffic.recent], ["met", 21, (150 + 180 + 210) / 40]);
    assert.equal(traffic.budget, undefined);
  });

  test("come of users as well as of a rate", () => {
    const { status } = scene({ traffic: { dailyUsers: 86_400, requestsPerUserPerDay: 20, peak: 3 } });
    assert.equal(status("traffic").required, 60);
  });

  test("are judged over the whole run, when the store has long forgotten its beginning", async () => {
    const { window, settle, served, status, judge, clock } = scene();
    await window(() => served(1_000, 1_000));
    for (let at = 0; at < WINDOWS_MAX + 40; at++) await window(() => served(10, 100));
    await settle();
    const { budget, windows, state, recent } = status("latency.p99");
    assert.deepEqual([budget?.requests, budget?.bad, windows.length], [41_000, 1_000, WINDOWS_MAX]);
    assert.equal(state, "not-met");
    near(recent, 10);
    assert.equal(budget?.burn1h, 0);
    // A machine that slept for a day looks at its last hour.
    await clock.advance(86_400_000);
    judge.advance(clock.wallMs());
    assert.equal(status("latency.p99").windows.length, WINDOWS_MAX);
  });
});
