import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AttemptMeter } from "./attempt-meter.ts";
import { SampleCollector } from "./metrics-snapshot.ts";

/** How many attempts were counted, by all labels. */
function countsOf(meter: AttemptMeter): Map<string, number> {
  const collector = new SampleCollector();
  meter.collect(collector);
  const samples = collector.snapshot().http_client_request_duration ?? [];
  return new Map(
    samples.map(({ labels, values }) => [
      labels.join(" "),
      values.slice(0, -1).reduce((sum, count) => sum + count, 0),
    ]),
  );
}

test("attempts count for their own endpoint, status and error, in whatever order they come", () => {
  const attempt = fc.record({
    upstream: fc.constantFrom("a", "b", "unknown"),
    endpoint: fc.constantFrom("1", "2", "unknown"),
    status: fc.constantFrom(0, 200, 404, 503),
    error: fc.constantFrom(undefined, "reset", "timeout"),
  });
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 60 }), (attempts) => {
      const meter = new AttemptMeter();
      meter.configure([
        ["a", ["1", "2"]],
        ["b", ["1"]],
      ]);
      const expected = new Map<string, number>();
      for (const { upstream, endpoint, status, error } of attempts) {
        meter.attemptDone(upstream, endpoint, error ? 0 : status, error, 1, undefined);
        if (upstream === "unknown" || endpoint === "unknown" || (upstream === "b" && endpoint === "2"))
          continue;
        const how = error ? `none ${error}` : `${status} ${status >= 500 ? status : ""}`;
        const key = `${upstream} ${endpoint} ${how}`;
        expected.set(key, (expected.get(key) ?? 0) + 1);
      }
      assert.deepEqual([...countsOf(meter)].sort(), [...expected].sort());
    }),
  );
});

test("what is configured no more is counted no more, and what stays goes on", () => {
  const meter = new AttemptMeter();
  meter.configure([["a", ["1", "2"]]]);
  const count = (endpoint: string) => meter.attemptDone("a", endpoint, 200, undefined, 1, undefined);
  for (const endpoint of ["2", "1"]) count(endpoint);
  meter.configure([["a", ["2"]]]);
  for (const endpoint of ["1", "2"]) count(endpoint);
  assert.deepEqual([...countsOf(meter)], [["a 2 200 ", 2]]);
  meter.configure([["a", ["1", "2"]]]);
  count("1");
  assert.deepEqual([...countsOf(meter)].sort(), [
    ["a 1 200 ", 1],
    ["a 2 200 ", 2],
  ]);
});

test("an upstream that makes up statuses has room for 64, and then for their classes", () => {
  const meter = new AttemptMeter();
  meter.configure([["a", ["1"]]]);
  for (let round = 0; round < 2; round++)
    for (let status = 201; status < 600; status++)
      meter.attemptDone("a", "1", status, undefined, 1, undefined);
  const counts = countsOf(meter);
  assert.ok(counts.size <= 64 + 4, String(counts.size));
  assert.equal(
    [...counts.values()].reduce((sum, count) => sum + count, 0),
    2 * 399,
  );
  assert.equal(counts.get("a 1 400 "), 2 * 100);
});
