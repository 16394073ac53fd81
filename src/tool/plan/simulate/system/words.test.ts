import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PlanError } from "../../errors.ts";
import { arrivalsOf, arrivalsOfTrace, readFailures, simulateSystem } from "./index.ts";
import { classOf, partOf, stayOf, systemOf } from "./testing/small-system.ts";

const isBad = (thrown: unknown) => thrown instanceof PlanError && thrown.code === "BAD_SETTING";

test("failures are read as the command line has them", () => {
  const texts = [
    "front@1min+30s",
    "api/2@90s+5m:slow=10",
    "links@1h+500ms:partition",
    "hot@5min:flush",
    "a@0s+1s:crash",
  ];
  assert.deepEqual(readFailures(texts), [
    { part: "front", kind: "crash", atMs: 60_000, durationMs: 30_000 },
    { part: "api", replica: 2, kind: "slow", atMs: 90_000, durationMs: 300_000, factor: 10 },
    { part: "links", kind: "partition", atMs: 3_600_000, durationMs: 500 },
    { part: "hot", kind: "flush", atMs: 300_000 },
    { part: "a", kind: "crash", atMs: 0, durationMs: 1_000 },
  ]);
});

test("what has another form is refused with the form, whatever it is", () => {
  for (const text of [
    "",
    "front",
    "front@",
    "front@10s",
    "front@10s+",
    "front@10+5s",
    "front@10s+5s:slow",
    "front@10s+5s:slow=0",
    "front@10s+5s:slow=1e999",
    "front@10s+5s:burning",
    "hot@10s+5s:flush",
    "Front@10s+5s",
    "front/x@10s+5s",
    "front@1.2.3s+5s",
    `${"a".repeat(10_000)}@1s+1s`,
  ])
    assert.throws(() => readFailures([text]), isBad, text);
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (text) => {
      try {
        readFailures([text]);
      } catch (thrown) {
        return isBad(thrown);
      }
      return text.includes("@");
    }),
  );
});

const RESOLVED = systemOf(
  [partOf("api", "service", { places: 1_000 })],
  [classOf(stayOf("api", 1), 100, { peakPerSecond: 300 })],
);

/** Requests per second offered in each tenth of a run. */
function tenths(name: string): readonly number[] {
  const durationMs = 100_000;
  const arrivals = arrivalsOf(name, RESOLVED, durationMs);
  const { series } = simulateSystem(RESOLVED, { durationMs, windowMs: durationMs / 10, arrivals });
  return (series.find((one) => one.name === "offered")?.values ?? []).map((one) => one ?? 0);
}

test("loads that have names come from the design's rates: the peak, a day, a ramp to twice the peak, a crowd of ten times the average", () => {
  const near = (value: number | undefined, due: number) =>
    assert.ok(Math.abs((value ?? 0) / due - 1) < 0.12, `${value}, not ${due}`);
  for (const value of tenths("poisson")) near(value, 300);
  const day = tenths("daily");
  near(day.reduce((sum, one) => sum + one, 0) / 10, 100);
  near(day[8], 280);
  const ramp = tenths("ramp");
  near(ramp[0], 30 + 28.5);
  near(ramp[9], 600 - 28.5);
  const flash = tenths("flash");
  near(flash[0], 100);
  near(flash[3], 1_000);
  assert.ok((flash[9] ?? 0) < 150);
});

test("another name is none, and a trace is refused with its file and line", () => {
  assert.throws(
    () => arrivalsOf("dayly", RESOLVED, 1_000),
    (thrown) => isBad(thrown) && /daily/.test(String(thrown)),
  );
  assert.throws(
    () => arrivalsOfTrace("0\n10\nsoon\n", "load.csv"),
    (thrown) => isBad(thrown) && /load\.csv:3/.test(String(thrown)),
  );
});

test("a trace is followed to the request, and the run goes on to its end behind it", () => {
  const arrivals = arrivalsOfTrace("0\n5\n5\n100.5\n", "load.csv");
  const { whole, simulatedMs } = simulateSystem(RESOLVED, { durationMs: 1_000, arrivals });
  assert.deepEqual(whole, { arrived: 4, answered: 4, failed: 0, underWay: 0 });
  assert.equal(simulatedMs, 1_000);
});
