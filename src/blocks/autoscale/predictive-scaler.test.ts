import assert from "node:assert/strict";
import { test } from "node:test";
import { autoscaler } from "./autoscaler.ts";
import { predictiveScaler, replicasFor } from "./predictive-scaler.ts";
import { dailyCurve } from "./testing/daily-traffic.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const PEAK_MS = 20 * 3_600_000;

function learned(days: number, options: Partial<Parameters<typeof predictiveScaler>[0]> = {}) {
  const scaler = predictiveScaler({ perReplica: 200, ...options });
  for (let timeMs = 0; timeMs < days * DAY_MS; timeMs += MINUTE_MS)
    scaler.observe(timeMs, dailyCurve(timeMs));
  return scaler;
}

test("the load to come has its replicas and a fifth more, before it comes", () => {
  const rising = learned(3 + 16 / 24);
  const atMs = 3 * DAY_MS + 16 * 3_600_000;
  const early = rising.predict(atMs);
  assert.ok(early);
  assert.equal(early.atMs, atMs + 5 * MINUTE_MS);
  assert.equal(early.replicas, Math.ceil((early.forecast.value * 1.2) / 200));
  assert.ok(Math.abs(early.forecast.value / dailyCurve(atMs + 5 * MINUTE_MS) - 1) < 0.01);
});

test("before the peak is over, nothing less than the peak is asked for", () => {
  const atMs = 3 * DAY_MS + PEAK_MS - 2 * MINUTE_MS;
  const scaler = learned(atMs / DAY_MS, { leadMs: 30 * MINUTE_MS });
  const found = scaler.predict(atMs);
  assert.ok(found && Math.abs(found.forecast.value / dailyCurve(PEAK_MS) - 1) < 0.01);
});

test("without two seasons, or where days have nothing in common, the reactive scaler is alone", () => {
  assert.equal(predictiveScaler({ perReplica: 200 }).predict(DAY_MS), undefined);
  assert.equal(learned(1.5).predict(1.5 * DAY_MS), undefined);
  const moody = predictiveScaler({ perReplica: 200 });
  let state = 1;
  for (let timeMs = 0; timeMs < 4 * DAY_MS; timeMs += MINUTE_MS * 5) {
    state = (state * 48_271) % 2_147_483_647;
    moody.observe(timeMs, state % 1_000);
  }
  assert.equal(moody.predict(4 * DAY_MS), undefined);
});

test("the handbook's buffer of a fifth is added before rounding, so that it is there for few replicas too", () => {
  // Its `int(ceil(load / capacity) * 1.2)` gives 3 for 3: no buffer at all.
  assert.equal(replicasFor({ load: 600, perReplica: 200, headroom: 0.2 }), 4);
  assert.equal(replicasFor({ load: 1_000, perReplica: 200, headroom: 0.2 }), 6);
  assert.equal(replicasFor({ load: 1_000, perReplica: 200 }), 5);
  assert.equal(replicasFor({ load: 0.3, perReplica: 0.1 }), 3);
  assert.equal(replicasFor({ load: 3, perReplica: 1.1, headroom: 0.1 }), 3); // 3.0000000000000004 by floating point
  assert.equal(replicasFor({ load: 0, perReplica: 200 }), 0);
  assert.throws(() => replicasFor({ load: 1, perReplica: 0 }), /perReplica has to be a number above 0/);
});

test("on the daily curve with starts of five minutes, forecasts leave fewer minutes short of replicas than reacting does", () => {
  const reactive = dayOf(undefined);
  const both = dayOf(learned(3));
  assert.ok(reactive.shortMinutes > 60, `${reactive.shortMinutes}`);
  assert.equal(both.shortMinutes, 0);
  assert.ok(both.replicaMinutes < reactive.replicaMinutes * 1.3, `${both.replicaMinutes}`);
});

test("options that cannot be are refused by name", () => {
  assert.throws(() => predictiveScaler({ perReplica: 0 }), /perReplica/);
  assert.throws(() => predictiveScaler({ perReplica: 1, headroom: -0.1 }), /headroom/);
  assert.throws(() => predictiveScaler({ perReplica: 1, leadMs: -1 }), /leadMs/);
  assert.throws(() => predictiveScaler({ perReplica: 1, errorMax: 0 }), /errorMax/);
});

/**
 * The fourth day of the handbook's traffic, at 200 requests per second for each replica: minutes with more than that, and the
 * minutes of all replicas together.
 */
function dayOf(predictive: ReturnType<typeof predictiveScaler> | undefined) {
  const metrics = [{ name: "requests", target: { averageValue: 200 } }];
  const scaler = autoscaler({ max: 100, metrics, behavior: { scaleUp: { tolerance: 0 } } });
  let current = replicasFor({ load: dailyCurve(0), perReplica: 200, headroom: 0.2 });
  let [shortMinutes, replicaMinutes] = [0, 0];
  const starts: number[] = [];
  for (let timeMs = 3 * DAY_MS; timeMs < 4 * DAY_MS; timeMs += 15_000) {
    const load = dailyCurve(timeMs);
    const ready = current - starts.filter((readyMs) => readyMs > timeMs).length;
    if (timeMs % MINUTE_MS === 0) {
      if (load > ready * 200) shortMinutes++;
      replicaMinutes += current;
    }
    predictive?.observe(timeMs, load);
    const decision = scaler.decide({
      nowMs: timeMs,
      current,
      replicas: Array.from({ length: ready }, () => ({ metrics: { requests: load / ready } })),
      predicted: predictive?.predict(timeMs)?.replicas,
    });
    for (let more = current; more < decision.replicas; more++) starts.push(timeMs + 5 * MINUTE_MS);
    current = decision.replicas;
  }
  return { shortMinutes, replicaMinutes };
}
