import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../../../blocks/time/index.ts";
import type { MetricQuery } from "../../../control-api/metrics.ts";
import { MetricStore } from "./metric-store.ts";
import { plainDirectory, Reporter, simulatedStore } from "./reporter.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const period = fc.record({
  hits: fc.nat(500),
  took: fc.array(fc.double({ min: 0.001, max: 2, noNaN: true }), { maxLength: 20 }),
  seconds: fc.integer({ min: 1, max: 30 }),
  restart: fc.integer({ min: 0, max: 9 }).map((lot) => lot === 0),
});

test("reports since the beginning and reports since the last one give the same answers, through restarts too", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(period, { minLength: 1, maxLength: 30 }), async (periods) => {
      const { clock, store } = simulatedStore();
      const beganMs = clock.wallMs();
      const both = [
        new Reporter(store, clock, "cumulative", "totals.1"),
        new Reporter(store, clock, "delta", "deltas.1"),
      ];
      let hits = 0;
      const took: number[] = [];
      for (const each of periods) {
        await clock.advance(each.seconds * SECOND);
        hits += each.hits;
        took.push(...each.took);
        for (const reporter of both) {
          reporter.count(each.hits);
          for (const seconds of each.took) reporter.took(seconds);
          reporter.report();
          if (each.restart) reporter.restart();
        }
      }
      const nowMs = clock.wallMs();
      for (const part of ["totals", "deltas"]) {
        const read = store.increase({ name: "hits", part }, beganMs, nowMs);
        assert.ok(Math.abs(read - hits) < 1e-6, `${read} of ${hits} hits of ${part}`);
        const histogram = store.histogram({ name: "took", part }, beganMs, nowMs);
        assert.ok(Math.abs((histogram?.count ?? 0) - took.length) < 1e-6);
        const sum = took.reduce((total, each) => total + each, 0);
        assert.ok(Math.abs((histogram?.sum ?? 0) - sum) < 1e-6 * (1 + sum));
      }
      const [one, other] = ["totals", "deltas"].map((part) =>
        store.histogram({ name: "took", part }, beganMs, nowMs)?.percentile(0.9),
      );
      assert.ok(Math.abs((one ?? 0) - (other ?? 0)) < 1e-9, `${one} and ${other}`);
    }),
    { numRuns: 60 },
  );
});

test("what is reported every ten seconds is an even rate, up to the present", async () => {
  const { clock, store } = simulatedStore();
  const reporter = new Reporter(store, clock, "cumulative");
  for (let second = 1; second <= 125; second++) {
    await clock.advance(SECOND);
    reporter.count(7);
    if (second % 10 === 0) reporter.report();
  }
  const nowMs = clock.wallMs();
  const answer = store.query({ name: "hits", as: "rate", fromMs: nowMs - 100 * SECOND, toMs: nowMs });
  assert.equal(answer.stepMs, SECOND);
  assert.equal(answer.steps, 100);
  for (const value of answer.series[0]?.values ?? [])
    assert.ok(Math.abs((value ?? 0) - 7) < 1e-9, `${value}`);
});

test("where nothing was reported there is nothing, and where nothing happened there is 0", async () => {
  const { clock, store } = simulatedStore();
  const beganMs = clock.wallMs();
  const reporter = new Reporter(store, clock, "cumulative");
  reporter.count(0);
  for (let round = 0; round < 6; round++) {
    await clock.advance(10 * SECOND);
    reporter.report();
  }
  await clock.advance(10 * MINUTE);
  reporter.restart();
  reporter.count(30);
  await clock.advance(10 * SECOND);
  reporter.report();
  const answer = store.query({
    name: "hits",
    as: "rate",
    fromMs: beganMs,
    toMs: clock.wallMs(),
    points: 100,
  });
  assert.equal(answer.stepMs, 10 * SECOND);
  const values = answer.series[0]?.values ?? [];
  assert.deepEqual(values.slice(0, 6), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(new Set(values.slice(6, -1)), new Set([null]));
  assert.equal(values.at(-1), 3);
});

test("a total that is older than the store is not taken for an increase", async () => {
  const { clock, store } = simulatedStore();
  await clock.advance(SECOND);
  const reporter = new Reporter(store, clock, "cumulative");
  const startUs = (clock.wallMs() - 10 * MINUTE) * 1000;
  const point = (value: number) => ({
    value,
    startUs,
    timeUs: clock.wallMs() * 1000,
    attributes: {},
    exemplars: [],
  });
  const total = (value: number) =>
    ({
      name: "hits",
      description: "",
      unit: "1",
      kind: "sum",
      monotonic: true,
      temporality: "cumulative",
      points: [point(value)],
    }) as const;
  reporter.send([total(1_000_000)]);
  await clock.advance(10 * SECOND);
  reporter.send([total(1_000_020)]);
  assert.equal(store.increase({ name: "hits" }, 0, clock.wallMs()), 20);
  const value = store.query({
    name: "hits",
    as: "value",
    fromMs: clock.wallMs() - 5_000,
    toMs: clock.wallMs(),
  });
  assert.equal(value.series[0]?.values.at(-1), 1_000_020);
});

test("a count that appears in a running process counts from its first report on", async () => {
  const { clock, store } = simulatedStore();
  const reporter = new Reporter(store, clock, "cumulative");
  for (let round = 0; round < 20; round++) {
    await clock.advance(10 * SECOND);
    reporter.count(1, { "http.route": "/a" });
    reporter.report();
  }
  reporter.count(50, { "http.route": "/b" });
  await clock.advance(10 * SECOND);
  reporter.report();
  const nowMs = clock.wallMs();
  const b = { name: "hits", where: { "http.route": "/b" } };
  assert.equal(store.increase(b, nowMs - 10 * SECOND, nowMs), 50);
  assert.equal(store.increase(b, 0, nowMs - 10 * SECOND), 0);
});

test("several processes under one name are added up, although their totals come by turns", async () => {
  const { clock, store } = simulatedStore();
  const beganMs = clock.wallMs();
  const workers: Reporter[] = [];
  for (let index = 0; index < 4; index++) {
    workers.push(new Reporter(store, clock, "cumulative"));
    await clock.advance(100);
  }
  for (let round = 0; round < 12; round++) {
    await clock.advance(4 * SECOND);
    for (const worker of workers) {
      worker.count(5);
      await clock.advance(10);
      worker.report();
    }
  }
  assert.ok(Math.abs(store.increase({ name: "hits" }, beganMs, clock.wallMs()) - 12 * 4 * 5) < 1e-6);
});

test("a gauge is its last value in each step, held until the next report and not for long after the last one", async () => {
  const { clock, store } = simulatedStore();
  const beganMs = clock.wallMs();
  const sample = (value: number) =>
    store.gauge({ name: "memory", unit: "By", part: "web", replica: "web.1", timeMs: clock.wallMs(), value });
  sample(1);
  await clock.advance(2 * SECOND);
  sample(2);
  await clock.advance(500);
  sample(3);
  await clock.advance(1_500);
  sample(4);
  await clock.advance(20 * SECOND);
  const query: MetricQuery = { name: "memory", as: "value", fromMs: beganMs, toMs: beganMs + 10 * SECOND };
  assert.deepEqual(store.query(query).series[0]?.values, [1, 1, 3, 3, 4, 4, 4, null, null, null]);
  assert.equal(store.last({ name: "memory" }), 4);
  assert.equal(store.last({ name: "memory" }, 10 * SECOND), undefined);
});

test("lines are told apart by any attribute, by replica or part, and conditions may end in a star", async () => {
  const { clock, store } = simulatedStore();
  const fromMs = clock.wallMs();
  const one = new Reporter(store, clock, "cumulative", "web.1");
  const other = new Reporter(store, clock, "cumulative", "web.2");
  await clock.advance(10 * SECOND);
  one.count(100, { route: "/a", status: 200 });
  one.count(10, { route: "/a", status: 503 });
  one.count(50, { route: "/b", status: 204 });
  other.count(200, { route: "/a", status: 200 });
  one.report();
  other.report();
  const toMs = clock.wallMs();
  const ask = (more: Partial<MetricQuery>) =>
    store
      .query({ name: "hits", as: "rate", fromMs, toMs, points: 1, ...more })
      .series.map(({ labels, values }) => [Object.values(labels)[0] ?? "", values[0]]);
  assert.deepEqual(ask({}), [["", 36]]);
  assert.deepEqual(ask({ by: "replica" }), [
    ["web.2", 20],
    ["web.1", 16],
  ]);
  assert.deepEqual(ask({ by: "route" }), [
    ["/a", 31],
    ["/b", 5],
  ]);
  assert.deepEqual(ask({ where: { status: "2*" }, replica: "web.1" }), [["", 15]]);
  assert.deepEqual(ask({ where: { status: "5*" }, part: "web", by: "part" }), [["web", 1]]);
  assert.deepEqual(ask({ where: { nothing: "*" } }), []);
  assert.deepEqual([...store.increaseBy({ name: ["hits", "other"] }, "status", fromMs, toMs)].sort(), [
    ["200", 300],
    ["204", 50],
    ["503", 10],
  ]);
  assert.deepEqual(
    store.list("web").map(({ name, kind, series, attributes }) => [name, kind, series, attributes]),
    [["hits", "counter", 4, { route: ["/a", "/b"], status: ["200", "204", "503"] }]],
  );
});

test("a reading that the kind does not allow is refused in words that name those that it does", async () => {
  const { clock, store } = simulatedStore();
  const range = { fromMs: clock.wallMs() - MINUTE, toMs: clock.wallMs() };
  store.gauge({
    name: "memory",
    unit: "By",
    part: "web",
    replica: "web.1",
    timeMs: clock.wallMs(),
    value: 1,
  });
  assert.throws(() => store.query({ name: "memory", as: "p99", ...range }), {
    code: "BAD_REQUEST",
    message: "memory is a gauge, which is read as value, not as p99",
  });
  assert.throws(() => store.heatmap({ name: "memory", as: "value", ...range }), { code: "BAD_REQUEST" });
  assert.deepEqual(store.query({ name: "nothing", as: "p99", ...range }).series, []);
  assert.deepEqual(store.heatmap({ name: "nothing", as: "rate", ...range }).bounds, []);
});

test("a part whose attributes explode fills its own share, which is counted, and no other's", async () => {
  const { clock, store } = simulatedStore({ seriesMax: 400, seriesPerPartMax: 100 });
  const wild = new Reporter(store, clock, "cumulative", "wild.1");
  const calm = new Reporter(store, clock, "cumulative", "calm.1");
  for (let index = 0; index < 1_000; index++) wild.count(1, { "user.id": `user-${index}` });
  wild.report();
  await clock.advance(SECOND);
  calm.count(3);
  calm.report();
  assert.equal(store.status().series, 101);
  assert.deepEqual(store.status().dropped, { "part-full": 900 });
  assert.equal(store.increase({ name: "hits", part: "calm" }, 0, clock.wallMs()), 3);
  // Whoever has been silent for long makes room.
  await clock.advance(11 * MINUTE);
  wild.send([]);
  const anew = new Reporter(store, clock, "delta", "wild.1");
  anew.count(1, { "user.id": "new" });
  await clock.advance(SECOND);
  anew.report();
  assert.equal(store.increase({ name: "hits", where: { "user.id": "new" } }, 0, clock.wallMs()), 1);
});

test("observed values come with their weight, spread over the time in which they were gathered", async () => {
  const { clock, store } = simulatedStore();
  const beganMs = clock.wallMs();
  for (let bundle = 0; bundle < 20; bundle++) {
    await clock.advance(5 * SECOND);
    for (let index = 0; index < 50; index++) {
      store.observe({
        name: "link",
        unit: "s",
        part: "web",
        replica: "web",
        attributes: { "trestle.peer": "hot" },
        timeMs: clock.wallMs() - index * 100,
        value: 0.02,
        weight: 4,
        traceId: index === 0 ? "4bf92f3577b34da6a3ce929d0e0e4736" : "",
      });
    }
  }
  await clock.advance(SECOND);
  const nowMs = clock.wallMs();
  assert.ok(Math.abs((store.histogram({ name: "link" }, beganMs, nowMs)?.count ?? 0) - 4_000) < 1e-6);
  const answer = store.query({ name: "link", as: "rate", fromMs: beganMs + 20_000, toMs: beganMs + 90_000 });
  for (const value of answer.series[0]?.values ?? []) assert.ok(Math.abs((value ?? 0) - 40) <= 1, `${value}`);
  const p99 = store.query({ name: "link", as: "p99", fromMs: beganMs, toMs: nowMs, points: 1 });
  assert.ok(Math.abs((p99.series[0]?.values[0] ?? 0) - 0.02) < 0.0005);
  assert.ok(answer.exemplars.length > 5);
});

test("times of other clocks are believed within bounds only", async () => {
  const { clock, store } = simulatedStore();
  const reporter = new Reporter(store, clock, "delta");
  await clock.advance(MINUTE);
  const nowMs = clock.wallMs();
  const gauge = (timeMs: number) =>
    reporter.send([
      {
        name: "depth",
        description: "",
        unit: "1",
        kind: "gauge",
        points: [{ attributes: {}, startUs: 0, timeUs: timeMs * 1000, value: 5, exemplars: [] }],
      },
    ]);
  gauge(nowMs + 3_600_000);
  gauge(nowMs - 86_400_000);
  assert.equal(store.status().fromMs, nowMs);
  assert.equal(store.last({ name: "depth" }), 5);
});

test("a clock that was set back by hours does not hide what comes after", async () => {
  let setBackMs = 0;
  const inner = new SimulatedClock();
  const clock = Object.assign(Object.create(inner) as SimulatedClock, {
    wallMs: () => inner.wallMs() - setBackMs,
  });
  const store = new MetricStore({ clock, directory: plainDirectory });
  const hits = (value: number) => {
    const own = { name: "hits", unit: "1", part: "web", replica: "web.1", timeMs: clock.wallMs() };
    store.counter({ ...own, value });
  };
  for (let value = 0; value < 20; value++) {
    await inner.advance(SECOND);
    hits(value);
  }
  setBackMs = 3 * 3_600_000;
  for (let value = 20; value < 60; value++) {
    await inner.advance(SECOND);
    hits(value);
  }
  const nowMs = clock.wallMs();
  assert.ok(Math.abs(store.increase({ name: "hits" }, nowMs - 10 * SECOND, nowMs) - 10) < 1e-9);
});

test("what is no number, or no histogram, is refused and counted", () => {
  const { clock, store } = simulatedStore();
  const reporter = new Reporter(store, clock, "delta");
  const base = { attributes: {}, startUs: 0, timeUs: clock.wallMs() * 1000, exemplars: [] };
  const metric = { description: "", unit: "s", temporality: "delta" } as const;
  const histogram = (bounds: number[], counts: number[]) =>
    ({
      ...metric,
      name: "h",
      kind: "histogram",
      points: [{ ...base, count: 1, sum: 1, bounds, counts }],
    }) as const;
  reporter.send([
    { ...metric, name: "g", kind: "gauge", points: [{ ...base, value: Number.NaN }] },
    { ...metric, name: "c", kind: "sum", monotonic: true, points: [{ ...base, value: -1 }] },
    histogram([1, 2], [1, 2]),
    histogram([2, 1], [1, 2, 3]),
    histogram([1, 2], [1, -2, 3]),
  ]);
  assert.deepEqual(store.status().dropped, { malformed: 5 });
  assert.equal(store.status().series, 0);
  assert.equal(store.status().received, 5);
});

test("attributes with any names stay attributes", async () => {
  const { clock, store } = simulatedStore();
  const reporter = new Reporter(store, clock, "delta");
  const attributes = Object.fromEntries([
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
  await clock.advance(SECOND);
  reporter.count(1, attributes);
  reporter.report();
  const [info] = store.list();
  assert.deepEqual(Object.keys(info?.attributes ?? {}).sort(), ["__proto__", "constructor"]);
  const where = Object.fromEntries([["__proto__", "a"]]);
  assert.equal(store.increase({ name: "hits", where }, 0, clock.wallMs()), 1);
});
