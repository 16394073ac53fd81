import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../time/index.ts";
import type { MetricData } from "../otlp/model.ts";
import type { TraceContext } from "../trace/trace-context.ts";
import { AttributeSets, OVERFLOW } from "./attribute-sets.ts";
import { createMeter, noMeter } from "./meter.ts";

const meterOf = (sampledContext?: () => TraceContext | undefined) => {
  const clock = new SimulatedClock();
  return { clock, meter: createMeter({ clock, ...(sampledContext && { sampledContext }) }) };
};

/** Values of a metric that holds numbers, by attributes. */
function valuesOf(metrics: readonly MetricData[], name: string): Record<string, number> {
  const metric = metrics.find((one) => one.name === name);
  assert.ok(metric?.kind === "sum" || metric?.kind === "gauge");
  return Object.fromEntries(
    metric.points.map(({ attributes, value }) => [JSON.stringify(attributes), value]),
  );
}

test("a counter only rises, whatever it is told, and holds all that it counted", () => {
  const { meter } = meterOf();
  const requests = meter.counter("requests", { unit: "{request}", description: "All of them." });
  requests.add();
  requests.add(2);
  for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY, 0]) requests.add(wrong);
  const [metric] = meter.collect();
  assert.ok(metric?.kind === "sum");
  assert.deepEqual(
    [metric.unit, metric.description, metric.monotonic, metric.temporality],
    ["{request}", "All of them.", true, "cumulative"],
  );
  assert.deepEqual(valuesOf(meter.collect(), "requests"), { "{}": 3 });
});

test("a set of attributes is the same in any order, and bound or not", () => {
  const { meter } = meterOf();
  const requests = meter.counter("requests");
  const bound = requests.with({ route: "/a", status: 200 });
  bound.add();
  requests.add(1, { status: 200, route: "/a" });
  requests.add(1, { route: "/a", status: 200 });
  requests.add(1, { route: "/a", status: "200" });
  assert.deepEqual(valuesOf(meter.collect(), "requests"), {
    '{"route":"/a","status":200}': 3,
    '{"route":"/a","status":"200"}': 1,
  });
});

test("beyond its limit an instrument counts what is new together, says so, and loses nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 200, size: "max" }), (users) => {
      const { meter } = meterOf();
      const counter = meter.counter("requests", { attributeSetsMax: 10 });
      for (const user of users) counter.add(1, { user });
      const metrics = meter.collect();
      if (users.length === 0) return assert.deepEqual(metrics, []);
      const values = valuesOf(metrics, "requests");
      const distinct = new Set(users).size;
      assert.equal(Object.keys(values).length, Math.min(distinct, 10));
      assert.equal(JSON.stringify(OVERFLOW) in values, distinct > 9);
      const sum = Object.values(values).reduce((one, other) => one + other, 0);
      assert.equal(sum, users.length);
    }),
  );
});

test("whatever the attributes, sets are told apart exactly where they differ", () => {
  const value = fc.oneof(fc.string({ maxLength: 4 }), fc.integer({ min: 0, max: 3 }), fc.boolean());
  const attributes = fc.dictionary(fc.stringMatching(/^[a-c.]{1,3}$/), value, {
    maxKeys: 4,
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(fc.array(attributes, { maxLength: 30 }), (all) => {
      const sets = new AttributeSets(1_000, (made) => ({ made }));
      const sorted = (of: object) => JSON.stringify(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));
      for (const one of all) assert.equal(sorted(sets.get(one).made), sorted(one));
      assert.equal(sets.points().length, new Set(all.map(sorted)).size);
    }),
  );
});

test("room that is let go of is there for others, and whoever held it starts anew", () => {
  const { meter } = meterOf();
  const counter = meter.counter("requests", { attributeSetsMax: 3 });
  counter.add(1, { port: 1 });
  counter.add(1, { port: 2 });
  counter.forget({ port: 1 });
  counter.forget({ port: 9 });
  counter.add(5, { port: 3 });
  assert.deepEqual(valuesOf(meter.collect(), "requests"), { '{"port":2}': 1, '{"port":3}': 5 });
});

test("sums that fall, gauges, and what is asked for at collection are told as they are", () => {
  const { meter } = meterOf();
  meter.upDownCounter("active").add(3);
  meter.upDownCounter("active").add(-1);
  meter.gauge("temperature").record(20);
  meter.gauge("temperature").record(21.5);
  meter.gauge("never set").with({ a: 1 });
  let reading = 0;
  meter.beforeCollection(() => meter.gauge("reading").record(++reading));
  meter.observed("keys", "upDownCounter", { unit: "{key}" }, (report) => {
    report(4, { db: 0 });
    report(6, { db: 1 });
  });
  meter.observed("hits", "counter", {}, (report) => report(7));
  meter.observed("ill", "gauge", {}, () => {
    throw new Error("the source is ill");
  });
  const metrics = meter.collect();
  assert.deepEqual(valuesOf(metrics, "active"), { "{}": 2 });
  assert.deepEqual(valuesOf(metrics, "temperature"), { "{}": 21.5 });
  assert.deepEqual(valuesOf(metrics, "keys"), { '{"db":0}': 4, '{"db":1}': 6 });
  assert.deepEqual(valuesOf(metrics, "hits"), { "{}": 7 });
  assert.deepEqual(valuesOf(metrics, "reading"), { "{}": 1 });
  assert.deepEqual(
    metrics.map(({ name }) => name).filter((name) => name === "ill" || name === "never set"),
    [],
  );
});

test("a histogram counts a value on a bound below it, and keeps sum and count", () => {
  const { meter } = meterOf();
  const sizes = meter.histogram("sizes", { bounds: [1, 10, 100] });
  for (const value of [0, 1, 1.5, 10, 99, 100, 101]) sizes.record(value);
  for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) sizes.record(wrong);
  const [metric] = meter.collect();
  assert.ok(metric?.kind === "histogram");
  const [point] = metric.points;
  assert.deepEqual(point?.counts, [2, 2, 2, 1]);
  assert.equal(point.count, 7);
  assert.equal(point.sum, 312.5);
  for (const bounds of [[2, 1], [1, 1], [Number.NaN], [Number.POSITIVE_INFINITY]])
    assert.throws(() => meter.histogram(`of ${bounds}`, { bounds }), RangeError);
});

test("a histogram shows one sampled span for each bucket between two collections, the first that came", () => {
  const contextOf = (digit: string, flags: number): TraceContext => ({
    traceId: digit.repeat(32),
    spanId: digit.repeat(16),
    flags,
    traceState: "",
  });
  let active: TraceContext | undefined;
  const { meter } = meterOf(() => active);
  const durations = meter.histogram("durations", { bounds: [1, 10] });
  const examples = () => {
    const [metric] = meter.collect();
    assert.ok(metric?.kind === "histogram");
    return metric.points[0]?.exemplars.map(({ value, traceId }) => [value, traceId.charAt(0)]);
  };
  durations.record(0.5);
  durations.record(0.6, undefined, contextOf("c", 0));
  active = contextOf("a", 1);
  durations.record(0.7);
  durations.record(0.8, undefined, contextOf("b", 1));
  durations.record(5, undefined, contextOf("b", 3));
  assert.deepEqual(examples(), [
    [0.7, "a"],
    [5, "b"],
  ]);
  assert.deepEqual(examples(), []);
  durations.record(0.9);
  assert.deepEqual(examples(), [[0.9, "a"]]);
});

test("a name is one instrument: the same is given again, and another kind is refused", () => {
  const { meter } = meterOf();
  assert.equal(meter.counter("a"), meter.counter("a"));
  assert.throws(() => meter.gauge("a"), TypeError);
  assert.throws(() => meter.observed("a", "gauge", {}, () => {}), TypeError);
  assert.throws(() => meter.counter("b", { attributeSetsMax: 1 }), RangeError);
});

test("where nobody collects, every verb may be called", () => {
  noMeter.counter("a").with({ b: 1 }).add();
  noMeter.histogram("a").with({ b: 1 }).record(1);
  noMeter.gauge("a").record(1);
  noMeter.upDownCounter("a").add(-1, { b: 1 });
  assert.equal(noMeter.isOn, false);
});

test("what is counted for the first time counts since the last collection, and what is counted elsewhere since the beginning", async () => {
  const { clock, meter } = meterOf();
  meter.observed("elsewhere", "counter", {}, (report) => report(7));
  const early = meter.counter("early");
  early.add();
  const [first] = meter.collect();
  const beganUs = first?.points[0]?.startUs ?? Number.NaN;
  await clock.advance(60_000);
  meter.collect();
  await clock.advance(2_000);
  meter.counter("late").add();
  meter.histogram("took").record(1);
  meter.histogram("grew", { exponential: true }).record(1);
  await clock.advance(3_000);
  const startsMs = () =>
    Object.fromEntries(
      meter.collect().map(({ name, points }) => [name, ((points[0]?.startUs ?? 0) - beganUs) / 1_000]),
    );
  const expected = { elsewhere: 0, early: 0, late: 60_000, took: 60_000, grew: 60_000 };
  assert.deepEqual(startsMs(), expected);
  await clock.advance(5_000);
  assert.deepEqual(startsMs(), expected, "a start stays");
});
