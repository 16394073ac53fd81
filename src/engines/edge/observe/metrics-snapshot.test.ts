import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { METRIC_FAMILIES } from "./metric-families.ts";
import { EdgeMetrics } from "./metrics.ts";
import { legacyOf, type MetricsSnapshot, mergeSnapshots, SampleCollector } from "./metrics-snapshot.ts";
import { anyRecord, record } from "./testing/records.ts";

const NAMES = {
  routes: ["/things/*", 'GET "quoted"\\/*'],
  upstreams: [["shop", ["shop.1", "shop.2"]] as const, ["stock", []] as const],
  listeners: ["127.0.0.1:80"],
};

const anySnapshot: fc.Arbitrary<MetricsSnapshot> = fc
  .tuple(fc.array(anyRecord, { maxLength: 8 }), fc.nat(), fc.nat())
  .map(([records, memory, start]) => {
    const metrics = new EdgeMetrics([
      {
        collect(into) {
          into.add("process_resident_memory_bytes", [], [memory]);
          into.add("process_start_time_seconds", [], [start]);
        },
      },
    ]);
    metrics.configure(NAMES);
    metrics.listener("127.0.0.1:80").connectionOpened(memory % 2 ? "http1" : "http2");
    for (const one of records) metrics.exchangeDone(one);
    return metrics.snapshot();
  });

test("snapshots merge to the same in any order and grouping, and one alone or with nothing is itself", () => {
  fc.assert(
    fc.property(anySnapshot, anySnapshot, anySnapshot, (a, b, c) => {
      assert.deepEqual(mergeSnapshots([a, b]), mergeSnapshots([b, a]));
      const together = mergeSnapshots([a, b, c]);
      assert.deepEqual(mergeSnapshots([mergeSnapshots([a, b]), c]), together);
      assert.deepEqual(mergeSnapshots([a, mergeSnapshots([b, c])]), together);
      assert.deepEqual(mergeSnapshots([a]), a);
      assert.deepEqual(mergeSnapshots([a, {}]), a);
    }),
  );
});

test("what several processes have counted is what one would have counted of all of it", () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 20 }), fc.nat(20), (records, cut) => {
      const [one, other, both] = [records.slice(0, cut), records.slice(cut), records].map((part) => {
        const metrics = new EdgeMetrics();
        metrics.configure(NAMES);
        for (const each of part) metrics.exchangeDone(each);
        return metrics.snapshot();
      });
      assert.ok(one && other && both);
      assert.deepEqual(mergeSnapshots([one, other]), both);
    }),
  );
});

test("a snapshot passes through JSON unchanged", () => {
  fc.assert(
    fc.property(anySnapshot, (snapshot) => assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot)),
  );
});

test("of several processes the start is that of the oldest", () => {
  const at = (start: number) => {
    const collector = new SampleCollector();
    collector.add("process_start_time_seconds", [], [start]);
    return collector.snapshot();
  };
  assert.deepEqual(mergeSnapshots([at(3), at(1), at(2)]), at(1));
});

test("a process leaves its counters behind when it ends, and none of its gauges, nor what is configured no more", () => {
  const metrics = new EdgeMetrics([{ collect: (into) => into.add("trestle_edge_workers", [], [1]) }]);
  metrics.configure(NAMES);
  metrics.listener("127.0.0.1:80").connectionOpened("http1");
  metrics.exchangeDone(record());
  metrics.exchangeDone(record({ route: undefined, upstream: "stock", endpoint: undefined }));
  metrics.exchangeDone(record({ route: 'GET "quoted"\\/*', endpoint: "shop.2" }));
  const snapshot = metrics.snapshot();
  const all = legacyOf(snapshot, NAMES);
  const counters = Object.entries(snapshot).filter(
    ([name]) => METRIC_FAMILIES[name as keyof typeof METRIC_FAMILIES].type !== "gauge",
  );
  assert.deepEqual(all, Object.fromEntries(counters));
  assert.ok(counters.length < Object.keys(snapshot).length);

  const left = legacyOf(all, { routes: ["/things/*"], upstreams: [["shop", ["shop.1"]]], listeners: [] });
  assert.deepEqual(left.trestle_edge_requests, [
    { labels: ["", "200"], values: [1] },
    { labels: ["/things/*", "200"], values: [1] },
  ]);
  assert.deepEqual(left.trestle_edge_endpoint_requests, [{ labels: ["shop", "shop.1", "2xx"], values: [1] }]);
  assert.equal(left.trestle_edge_client_connections_opened, undefined);
});
