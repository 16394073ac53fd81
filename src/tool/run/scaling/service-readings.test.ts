import assert from "node:assert/strict";
import { test } from "node:test";
import type { State } from "../../control-api/index.ts";
import { checkSystem } from "../../design/check/system.ts";
import { system as designOf, edge, service } from "../../design/index.ts";
import { simulatedStore } from "../telemetry/metrics/reporter.ts";
import { edgesTo, readService } from "./service-readings.ts";

test("a service is reached over the edges that lead to it, as a fallback too, and over the one between services", () => {
  const spare = service("spare", { command: ["spare"] });
  const api = service("api", { command: ["api"], upstream: { breaker: { fallback: spare } } });
  const web = service("web", { command: ["web"], uses: { api } });
  const lonely = service("lonely", { command: ["lonely"] });
  const front = edge("front", {
    port: 8080,
    routes: [
      { path: "/api/*", to: api },
      { path: "/*", to: web },
    ],
  });
  const back = edge("back", {
    port: 8081,
    routes: [{ path: "/*", to: web, mirror: { to: lonely, share: "1%" } }],
  });
  const away = edge("away", { url: "https://example.com" });
  const { model, findings } = checkSystem(designOf("shop", { parts: [front, back, away] }), {
    folder: "/",
    environment: {},
  });
  assert.deepEqual(findings, []);
  assert.deepEqual(edgesTo("web", model), ["front", "back"]);
  assert.deepEqual(edgesTo("api", model), ["front", "internal-edge"]);
  assert.deepEqual(edgesTo("spare", model), ["front", "internal-edge"]);
  assert.deepEqual(edgesTo("lonely", model), ["back"]);
  assert.deepEqual(edgesTo("nobody", model), []);
});

test("requests of all edges are added up, and unknown while one of those is silent", async () => {
  const { clock, store } = simulatedStore();
  const tell = (edges: readonly string[]) => {
    for (const part of edges) {
      const told = { part, replica: part, attributes: { "trestle.peer": "api" }, timeMs: clock.wallMs() };
      store.gauge({ ...told, name: "trestle.edge.upstream.requests.active", unit: "{request}", value: 3 });
      store.observe({ ...told, name: "http.client.request.duration", unit: "s", value: 0.1, weight: 20 });
      const others = { ...told, attributes: { "trestle.peer": "web" } };
      store.observe({ ...others, name: "http.client.request.duration", unit: "s", value: 0.1, weight: 500 });
    }
  };
  const totals = () =>
    readService(
      { reader: store, service: "api", edges: ["front", "internal-edge"], windowMs: 10_000 },
      ["requestsPerSecond", "concurrency"],
      [],
      clock.wallMs(),
    ).totals;
  assert.deepEqual(totals(), {});
  for (let second = 0; second < 30; second++) {
    tell(["front", "internal-edge"]);
    await clock.advance(1_000);
  }
  const { requestsPerSecond = 0, concurrency } = totals();
  assert.ok(Math.abs(requestsPerSecond - 40) < 4, `${requestsPerSecond}`);
  assert.equal(concurrency, 6);
  for (let second = 0; second < 15; second++) {
    tell(["front"]);
    await clock.advance(1_000);
  }
  assert.deepEqual(totals(), {});
});

test("a replica that has just become ready is read since then, so that its start is in no figure", async () => {
  const { clock, store } = simulatedStore();
  const startedMs = clock.wallMs();
  const readyMs = startedMs + 10_000;
  const seen: (number | undefined)[] = [];
  for (let second = 0; second < 40; second += 2) {
    const timeMs = clock.wallMs();
    // What is told is of the two seconds before.
    const value = timeMs <= readyMs ? 1 : 0.2;
    store.gauge({ part: "api", replica: "api.1", name: "process.cpu.utilization", unit: "1", timeMs, value });
    await clock.advance(2_000);
    const nowMs = clock.wallMs();
    const state: State = nowMs < readyMs ? { is: "starting", for: "its port" } : { is: "ready" };
    const keeper = { job: { id: "api.1" }, state, sinceMs: nowMs < readyMs ? startedMs : readyMs };
    const options = { reader: store, service: "api", edges: [], windowMs: 15_000 };
    const [reading] = readService(options, ["cpu"], [keeper], nowMs).replicas;
    const {
      readAtMs = nowMs,
      readyChangedMs = 0,
      windowMs = 0,
      ready = true,
      metrics,
    } = reading ?? { metrics: {} };
    if (ready && readAtMs >= readyChangedMs + windowMs) seen.push(metrics.cpu);
  }
  assert.equal(seen.length, 12, "all looks from seven seconds after it was ready");
  for (const cpu of seen) assert.equal(cpu, 0.2);
});

test("a replica counts by its state: one that serves by what it uses, one on its way as not there yet, one that goes not at all", () => {
  const { clock, store } = simulatedStore();
  const reading = (state: State) => {
    const keeper = { job: { id: "api.1" }, state, sinceMs: 7 };
    const options = { reader: store, service: "api", edges: [], windowMs: 15_000 };
    const { phase = "running", ready = true } =
      readService(options, ["cpu"], [keeper], clock.wallMs()).replicas[0] ?? {};
    return phase === "running" && !ready ? "starting" : phase;
  };
  assert.equal(reading({ is: "ready" }), "running");
  assert.equal(reading({ is: "starting", for: "its port" }), "starting");
  assert.equal(reading({ is: "waiting", for: "links" }), "pending");
  assert.equal(reading({ is: "failed", reason: "exited", looping: true, retryInMs: 1 }), "pending");
  assert.equal(reading({ is: "gave-up", reason: "exited" }), "pending");
  for (const is of ["stopping", "stopped", "done"] as const) assert.equal(reading({ is }), "ending");
});
