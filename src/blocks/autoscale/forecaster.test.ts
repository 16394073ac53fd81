import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Forecaster, type ForecasterState, forecaster } from "./forecaster.ts";
import { SlotHistory } from "./slot-history.ts";
import { dailyCurve, dailyTraffic } from "./testing/daily-traffic.ts";
import { holtWinters, lastValue, type SlotForecast, sameTimeMean } from "./testing/rival-forecasts.ts";

const SLOT_MS = 300_000;
const DAY_MS = 86_400_000;
const WEEK = 2_016;

/** Feeds the load of every slot, from the epoch on. */
function fed(load: (timeMs: number) => number, days: number, into: Forecaster = forecaster()): Forecaster {
  for (let timeMs = SLOT_MS / 2; timeMs <= days * DAY_MS; timeMs += SLOT_MS)
    into.observe(timeMs, load(timeMs));
  return into;
}

test("days that are alike are forecast as they are", () => {
  const known = fed(dailyCurve, 3);
  for (const aheadMs of [0, 60_000, 600_000, 3_600_000, DAY_MS / 2]) {
    const timeMs = 3 * DAY_MS + aheadMs;
    const { value = 0, seasonMs, error = 1 } = known.forecast(timeMs) ?? {};
    assert.ok(Math.abs(value / dailyCurve(timeMs) - 1) < 0.01, `${aheadMs}: ${value}`);
    assert.equal(seasonMs, DAY_MS);
    assert.ok(error < 0.01);
  }
});

test("the handbook's day has 200 million requests and a peak of about 7,000 a second", () => {
  let sum = 0;
  for (let second = 0; second < 86_400; second += 60) sum += dailyCurve(second * 1_000) * 60;
  assert.ok(Math.abs(sum / 200e6 - 1) < 1e-3);
  assert.ok(Math.abs(dailyCurve(20 * 3_600_000) - 7_000) < 100);
});

test("there is no forecast from fewer seasons than asked for", () => {
  const one = fed(dailyCurve, 1.5);
  assert.equal(one.forecast(1.5 * DAY_MS), undefined);
  assert.equal(forecaster().forecast(DAY_MS), undefined);
  const enough = fed(dailyCurve, 1.5, forecaster({ seasonsMin: 1 }));
  assert.ok(enough.forecast(1.5 * DAY_MS));
});

test("where weekends differ, the week is taken once two of them are known", () => {
  const quiet = { noise: 0.01, days: 0, growth: 0, crowds: 0, weekend: 0.3, seed: 1 };
  const known = fed(dailyTraffic(quiet), 23);
  assert.equal(known.forecast(23 * DAY_MS)?.seasonMs, 7 * DAY_MS);
});

test("a day that is busier than those before is followed within half an hour", () => {
  const busier = (timeMs: number) => dailyCurve(timeMs) * (timeMs >= 7 * DAY_MS ? 1.4 : 1);
  const known = fed(busier, 7 + 1 / 24);
  const timeMs = (7 + 1 / 24) * DAY_MS + 600_000;
  assert.ok(Math.abs((known.forecast(timeMs)?.value ?? 0) / busier(timeMs) - 1) < 0.02);
});

test("the flash crowd of one day is not expected again on the next", () => {
  const noon = 4.5 * DAY_MS;
  const crowded = (timeMs: number) => dailyCurve(timeMs) * (Math.abs(timeMs - noon) < 900_000 ? 10 : 1);
  const known = fed(crowded, 5.5 - 1 / 24);
  const expected = known.forecast(noon + DAY_MS)?.value ?? 0;
  assert.ok(Math.abs(expected / dailyCurve(noon) - 1) < 0.02, `${expected}`);
});

test("nine in ten loads come within what is forecast as low and high", () => {
  const load = dailyTraffic({ seed: 5, crowds: 0 });
  const known = fed(load, 28);
  let [within, count] = [0, 0];
  for (let timeMs = 28 * DAY_MS + SLOT_MS / 2; timeMs < 35 * DAY_MS; timeMs += SLOT_MS) {
    const forecast = known.forecast(timeMs + 2 * SLOT_MS - SLOT_MS);
    const came = load(timeMs);
    known.observe(timeMs, came);
    if (!forecast) continue;
    count++;
    if (came >= forecast.low && came <= forecast.high) within++;
  }
  assert.ok(count > 2_000);
  assert.ok(within / count > 0.8 && within / count < 0.97, `${within / count}`);
});

// The model was chosen by this: the fifth week of traffic that has noise, days that differ, growth, weekends with a peak of their own and
// a flash crowd a week. Holt and Winters' has the best of six settings here.
test("ten minutes ahead, it is off by about as much as Holt and Winters at their best, and by far less than the handbook's", () => {
  const rivals = {
    last: lastValue,
    handbook: () => sameTimeMean(WEEK),
    winters: () => holtWinters(WEEK, { level: 0.2, trend: 0.0001, seasonal: 0.3 }),
    ours,
  };
  const medians = Object.fromEntries(
    Object.entries(rivals).map(([name, rival]) => [name, medianError(rival)]),
  );
  const { last = 0, handbook = 0, winters = 0, ours: own = 1 } = medians;
  assert.ok(own < 0.05, `${own}`);
  assert.ok(own < last * 0.75 && own < handbook * 0.6, `${own} ${last} ${handbook}`);
  assert.ok(own < winters * 1.1, `${own} ${winters}`);
});

test("a forecaster goes on from the state of another, kept as JSON", () => {
  const load = dailyTraffic({ seed: 9 });
  const known = fed(load, 16);
  const timeMs = 16 * DAY_MS + 600_000;
  const kept: ForecasterState = JSON.parse(JSON.stringify(known.state));
  assert.ok(kept.means.length <= 28 * 288);
  const again = forecaster({}, kept);
  const [one, other] = [known.forecast(timeMs), again.forecast(timeMs)];
  assert.ok(one && other);
  assert.equal(other.value, one.value);
  assert.equal(other.seasonMs, one.seasonMs);
  assert.ok(Math.abs(other.error - one.error) < 0.01);
});

test("hours without anyone to look leave holes that are stepped over", () => {
  const asleep = (timeMs: number) => timeMs % DAY_MS < DAY_MS / 3;
  const known = forecaster();
  for (let timeMs = SLOT_MS / 2; timeMs < 6.5 * DAY_MS; timeMs += SLOT_MS)
    if (!asleep(timeMs)) known.observe(timeMs, dailyCurve(timeMs));
  const noon = 6.5 * DAY_MS;
  assert.ok(Math.abs((known.forecast(noon)?.value ?? 0) / dailyCurve(noon) - 1) < 0.02);
  assert.equal(known.forecast(7 * DAY_MS + DAY_MS / 6), undefined);
});

test("what was remembered before a hole is not taken for what was in it", () => {
  const history = new SlotHistory(4);
  for (let slot = 0; slot < 4; slot++) history.put(slot, slot);
  history.put(6, 6);
  assert.deepEqual(
    [2, 3, 4, 5, 6, 7].map((slot) => history.at(slot)),
    [Number.NaN, 3, Number.NaN, Number.NaN, 6, Number.NaN],
  );
  assert.deepEqual(history.state, { newest: 6, means: [3, null, null, 6] });
  assert.equal(history.mean(2, 6), 4.5);
});

test("whatever is observed, forecasts are numbers from 0 and memory does not grow", () => {
  const wild = fc.record({
    aheadMs: fc.oneof(fc.integer({ min: -10_000, max: 20_000 }), fc.integer({ min: 0, max: 1e12 })),
    value: fc.oneof(fc.double(), fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })),
  });
  fc.assert(
    fc.property(fc.array(wild, { maxLength: 400, size: "max" }), (observed) => {
      const small = { slotMs: 1_000, seasonsMs: [10_000], historyMs: 60_000, levelMs: 2_000, leadMs: 1_000 };
      const known = forecaster({ ...small, seasonsMin: 1 });
      let timeMs = 0;
      for (const { aheadMs, value } of observed) {
        timeMs += aheadMs;
        known.observe(timeMs, value);
        const forecast = known.forecast(timeMs + 1_000);
        if (!forecast) continue;
        assert.ok(forecast.value >= 0 && Number.isFinite(forecast.value));
        assert.ok(forecast.low >= 0 && forecast.high >= forecast.low);
      }
      assert.ok(known.state.means.length <= 60);
      assert.equal(known.forecast(Number.NaN), undefined);
    }),
    { numRuns: 200 },
  );
});

test("options that cannot be are refused by name", () => {
  assert.throws(() => forecaster({ slotMs: 0 }), /slotMs has to be from 1, not 0/);
  assert.throws(() => forecaster({ seasonsMs: [] }), /seasonsMs has to hold 1 to 4, not 0/);
  assert.throws(
    () => forecaster({ seasonsMs: [SLOT_MS] }),
    /seasonsMs\[0\] has to be 2 to 100000 times slotMs/,
  );
  assert.throws(() => forecaster({ historyMs: 1e12 }), /historyMs/);
  assert.throws(() => forecaster({ levelMs: 0 }), /levelMs/);
  assert.throws(() => forecaster({ leadMs: 0 }), /leadMs/);
  assert.throws(() => forecaster({ seasonsMin: 0 }), /seasonsMin/);
});

/** Ours by slots; a slot is over once something of the next was observed. */
function ours(): SlotForecast {
  const known = forecaster();
  let seen = 0;
  return {
    see(value, next) {
      if (seen === 0) known.observe(0, value);
      seen++;
      known.observe(seen * SLOT_MS, next);
    },
    ahead: (slots) => known.forecast((seen - 1 + slots + 0.5) * SLOT_MS)?.value ?? Number.NaN,
  };
}

function medianError(rival: () => SlotForecast): number {
  const errors: number[] = [];
  for (let seed = 1; seed <= 2; seed++) {
    const traffic = dailyTraffic({ seed });
    const loads = Array.from({ length: 5 * WEEK }, (_, slot) => traffic((slot + 0.5) * SLOT_MS));
    const forecast = rival();
    for (let slot = 0; slot < 5 * WEEK - 2; slot++) {
      forecast.see(loads[slot] ?? 0, loads[slot + 1] ?? 0);
      if (slot >= 4 * WEEK) errors.push(Math.abs(forecast.ahead(2) / (loads[slot + 2] ?? 0) - 1));
    }
  }
  return errors.sort((one, other) => one - other)[errors.length >> 1] ?? Number.NaN;
}
