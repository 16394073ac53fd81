import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { BOUNDS_MS } from "./histogram.ts";
import type { MetricName } from "./metric-families.ts";
import { EdgeMetrics } from "./metrics.ts";
import { type MeteredNames, type MetricsSnapshot, mergeSnapshots } from "./metrics-snapshot.ts";
import { ProcessMetrics } from "./process-metrics.ts";
import { anyRecord, record } from "./testing/records.ts";
import { endpointStatus, upstreamStatus } from "./testing/statuses.ts";
import { type EndpointStatus, statusMetrics } from "./upstream-status.ts";

const NAMES: MeteredNames = {
  routes: ["/things/*", 'GET "quoted"\\/*'],
  upstreams: [
    ["shop", ["shop.1", "shop.2"]],
    ["stock", []],
  ],
  listeners: ["127.0.0.1:80"],
};

function counted(records: readonly Parameters<EdgeMetrics["exchangeDone"]>[0][]): MetricsSnapshot {
  const metrics = new EdgeMetrics();
  metrics.configure(NAMES);
  for (const one of records) metrics.exchangeDone(one);
  return metrics.snapshot();
}

/** The first number behind a set of labels, or 0. */
function value(snapshot: MetricsSnapshot, name: MetricName, ...labels: string[]): number {
  const sample = snapshot[name]?.find((one) => one.labels.join() === labels.join());
  return sample?.values[0] ?? 0;
}

const total = (snapshot: MetricsSnapshot, name: MetricName) =>
  (snapshot[name] ?? []).reduce((sum, { values }) => sum + (values[0] ?? 0), 0);

test("an exchange is counted by route, upstream and endpoint", () => {
  const snapshot = counted([
    record(),
    record({ status: 404, method: "POST", requestBytes: 7 }),
    record({ outcome: "own", status: 502, code: "BAD_GATEWAY", attempts: 3, upstreamMs: -1 }),
    record({ outcome: "own", status: 308, upstream: undefined, endpoint: undefined, attempts: 0 }),
    record({ outcome: "left", status: 0, method: "BREW" }),
  ]);
  const of = (name: MetricName, ...labels: string[]) => value(snapshot, name, ...labels);
  assert.equal(of("trestle_edge_requests", "/things/*", "200"), 1);
  assert.equal(of("trestle_edge_requests", "/things/*", "404"), 1);
  assert.equal(of("trestle_edge_requests", "/things/*", "none"), 1);
  assert.equal(of("trestle_edge_requests_by_method", "/things/*", "GET"), 3);
  assert.equal(of("trestle_edge_requests_by_method", "/things/*", "POST"), 1);
  assert.equal(of("trestle_edge_requests_by_method", "/things/*", "other"), 1);
  assert.equal(of("trestle_edge_request_outcomes", "/things/*", "own"), 2);
  assert.equal(of("trestle_edge_own_answers", "/things/*", "BAD_GATEWAY"), 1);
  assert.equal(of("trestle_edge_own_answers", "/things/*", "none"), 1);
  assert.equal(of("trestle_edge_request_body_bytes", "/things/*"), 7);
  assert.equal(of("trestle_edge_response_body_bytes", "/things/*"), 500);
  assert.equal(of("trestle_edge_upstream_requests", "shop", "answered"), 2);
  assert.equal(of("trestle_edge_upstream_attempts", "shop"), 6);
  assert.equal(of("trestle_edge_upstream_retries", "shop"), 2);
  assert.equal(of("trestle_edge_endpoint_requests", "shop", "shop.1", "5xx"), 1);
  assert.equal(of("trestle_edge_endpoint_requests", "shop", "shop.1", "none"), 1);
  const [response] = snapshot.trestle_edge_upstream_response_seconds ?? [];
  assert.equal(response?.values[BOUNDS_MS.indexOf(1)], 3, "three of 0.75 ms up to 1 ms, and none of -1");
});

test("whatever is counted, each way of telling requests apart tells of all of them", () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 30 }), (records) => {
      const snapshot = counted(records);
      for (const name of [
        "trestle_edge_requests",
        "trestle_edge_requests_by_method",
        "trestle_edge_request_outcomes",
      ] as const) {
        assert.equal(total(snapshot, name), records.length, name);
      }
      assert.equal(
        total(snapshot, "trestle_edge_own_answers"),
        records.filter(({ outcome }) => outcome === "own").length,
      );
      const durations = (snapshot.trestle_edge_request_duration_seconds ?? []).flatMap(({ values }) =>
        values.slice(0, -1),
      );
      assert.equal(
        durations.reduce((sum, count) => sum + count, 0),
        records.length,
      );
    }),
  );
});

test("a duration is counted in the first bucket whose bound it does not exceed", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...BOUNDS_MS), fc.double({ min: 0, max: 100_000, noNaN: true })),
      (ms) => {
        const [sample] = counted([record({ durationMs: ms })]).trestle_edge_request_duration_seconds ?? [];
        const buckets = sample?.values.slice(0, -1) ?? [];
        const at = BOUNDS_MS.findIndex((bound) => ms <= bound);
        assert.equal(buckets.indexOf(1), at < 0 ? BOUNDS_MS.length : at);
        assert.equal(sample?.values.at(-1), Math.floor(ms * 1_000 + 0.5));
      },
    ),
  );
});

test("a duration that is no number spoils nothing", () => {
  const snapshot = counted([record({ durationMs: Number.NaN }), record({ durationMs: 3 })]);
  const [sample] = snapshot.trestle_edge_request_duration_seconds ?? [];
  assert.equal(sample?.values.at(-1), 3_000);
});

test("only configured names become labels, whatever exchanges say", () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 30 }), (records) => {
      const labels = Object.values(counted(records)).flatMap((samples) =>
        samples.flatMap((sample) => sample.labels),
      );
      assert.ok(!labels.includes("gone"));
    }),
  );
});

test("statuses beyond the room for them are counted together", () => {
  const statuses = Array.from({ length: 300 }, (_, at) => record({ status: 100 + at }));
  const snapshot = counted([...statuses, record({ status: 1_234 }), record({ status: 200.5 })]);
  assert.equal(total(snapshot, "trestle_edge_requests"), 302);
  assert.equal(snapshot.trestle_edge_requests?.length, 96);
  assert.equal(value(snapshot, "trestle_edge_requests", "/things/*", "other"), 302 - 95);
});

test("a configuration's change forgets what is gone and goes on counting what stays", () => {
  const metrics = new EdgeMetrics();
  metrics.configure(NAMES);
  metrics.listener("127.0.0.1:80").connectionOpened("http1");
  metrics.exchangeDone(record());
  metrics.exchangeDone(record({ endpoint: "shop.2" }));
  metrics.exchangeDone(record({ route: 'GET "quoted"\\/*', upstream: "stock", endpoint: undefined }));
  metrics.configure({ routes: ["/things/*"], upstreams: [["shop", ["shop.2", "shop.3"]]], listeners: [] });
  metrics.exchangeDone(record({ endpoint: "shop.2" }));
  metrics.exchangeDone(record({ endpoint: "shop.1" }));
  metrics.exchangeDone(record({ route: 'GET "quoted"\\/*', upstream: "stock" }));
  const snapshot = metrics.snapshot();
  assert.deepEqual(snapshot.trestle_edge_requests, [
    { labels: ["", "200"], values: [1] },
    { labels: ["/things/*", "200"], values: [4] },
  ]);
  assert.deepEqual(snapshot.trestle_edge_endpoint_requests, [
    { labels: ["shop", "shop.2", "2xx"], values: [2] },
  ]);
  assert.deepEqual(
    snapshot.trestle_edge_upstream_attempts?.map(({ labels }) => labels),
    [["shop"]],
  );
  assert.equal(snapshot.trestle_edge_client_connections, undefined);
});

test("two routes of one name are counted together", () => {
  const metrics = new EdgeMetrics();
  metrics.configure({ routes: ["a", "a"], upstreams: [], listeners: [] });
  metrics.exchangeDone(record({ route: "a" }));
  assert.equal(value(metrics.snapshot(), "trestle_edge_requests", "a", "200"), 1);
});

test("a listener counts connections by protocol, what it turns away, bytes and datagrams", () => {
  const metrics = new EdgeMetrics();
  metrics.configure(NAMES);
  const meter = metrics.listener("127.0.0.1:80");
  meter.connectionOpened("http1");
  meter.connectionOpened("http2");
  meter.connectionOpened("http2");
  meter.connectionClosed("http2");
  meter.connectionRefused("limit");
  meter.streamed(10, 20);
  meter.datagramIn(5);
  meter.datagramOut(6);
  meter.datagramDropped("unreachable");
  const snapshot = metrics.snapshot();
  const of = (name: MetricName, ...labels: string[]) => value(snapshot, name, "127.0.0.1:80", ...labels);
  assert.equal(of("trestle_edge_client_connections", "http2"), 1);
  assert.equal(of("trestle_edge_client_connections_opened", "http2"), 2);
  assert.equal(of("trestle_edge_client_connections", "http1"), 1);
  assert.equal(of("trestle_edge_client_connections_refused", "limit"), 1);
  assert.equal(of("trestle_edge_stream_received_bytes"), 10);
  assert.equal(of("trestle_edge_stream_sent_bytes"), 20);
  assert.equal(of("trestle_edge_udp_datagrams", "in"), 1);
  assert.equal(of("trestle_edge_udp_datagram_bytes", "out"), 6);
  assert.equal(of("trestle_edge_udp_datagrams_dropped", "unreachable"), 1);
});

test("the state of endpoints is asked for when a snapshot is taken, and adds up over workers", () => {
  const worker = (state: EndpointStatus["state"]) =>
    new EdgeMetrics([
      statusMetrics(() => [
        upstreamStatus({
          requests: 5,
          pending: 4,
          breaker: "open",
          endpoints: [
            endpointStatus({ state, inFlight: 2, connections: 3, idle: 2, tunnels: 1, failures: 7 }),
          ],
        }),
      ]),
    ]).snapshot();
  const merged = mergeSnapshots([worker("up"), worker("ejected"), worker("warming")]);
  assert.equal(value(merged, "trestle_edge_endpoint_up", "shop", "shop.1"), 2);
  assert.equal(value(merged, "trestle_edge_endpoint_state", "shop", "shop.1", "up"), 1);
  assert.equal(value(merged, "trestle_edge_endpoint_state", "shop", "shop.1", "ejected"), 1);
  assert.equal(value(merged, "trestle_edge_endpoint_requests_in_flight", "shop", "shop.1"), 6);
  assert.equal(value(merged, "trestle_edge_endpoint_connections", "shop", "shop.1", "idle"), 6);
  assert.equal(value(merged, "trestle_edge_endpoint_connections", "shop", "shop.1", "busy"), 3);
  assert.equal(value(merged, "trestle_edge_endpoint_connections", "shop", "shop.1", "tunnel"), 3);
  assert.equal(value(merged, "trestle_edge_endpoint_failures", "shop", "shop.1"), 21);
  assert.equal(value(merged, "trestle_edge_upstream_requests_in_flight", "shop"), 15);
  assert.equal(value(merged, "trestle_edge_upstream_requests_pending", "shop"), 12);
  assert.equal(value(merged, "trestle_edge_upstream_breaker_state", "shop", "open"), 3);
});

test("a process tells what it uses, and how late its timers are", async () => {
  const clock = new SimulatedClock();
  const own = new ProcessMetrics(clock);
  await clock.advance(1_000);
  const snapshot = new EdgeMetrics([own]).snapshot();
  assert.equal(value(snapshot, "trestle_edge_workers"), 1);
  assert.ok(value(snapshot, "process_cpu_seconds") > 0);
  assert.ok(value(snapshot, "process_resident_memory_bytes") > 1e7);
  assert.ok(value(snapshot, "process_open_fds") > 2);
  const startMs = value(snapshot, "process_start_time_seconds") / 1_000;
  assert.ok(startMs < clock.wallMs() && startMs > clock.wallMs() - 600_000);
  assert.equal(value(snapshot, "trestle_edge_event_loop_lag_seconds"), 2);
  assert.equal(clock.pendingTimers, 0, "it keeps no process alive");
  own.close();
  await clock.advance(1_000);
  assert.equal(value(new EdgeMetrics([own]).snapshot(), "trestle_edge_event_loop_lag_seconds"), 2);
});
