import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SimulatedClock } from "../../../../blocks/time/index.ts";
import type { LinkFigures, OwnFigure, State } from "../../../control-api/index.ts";
import type { PartModel, ServiceModel, SystemModel } from "../../../design/model.ts";
import { partDirectory } from "../part-directory-of.ts";
import { FigureMaker, type PartsView } from "./figure-maker.ts";
import { MemoryMetrics } from "./testing/memory-metrics.ts";

const READY: State = { is: "ready" };

function service(name: string, uses: readonly string[] = [], more: Partial<ServiceModel> = {}): ServiceModel {
  return {
    kind: "service",
    name,
    program: { command: [name] },
    folder: ".",
    uses: Object.fromEntries(uses.map((one) => [one, one])),
    environment: {},
    replicas: 2,
    startTimeoutMs: 1,
    stopTimeoutMs: 1,
    ...more,
  };
}

function edge(name: string, ...targets: string[]): PartModel {
  const routes = targets.map((to) => ({ path: `/${to}/*`, to }));
  const listener = {
    kind: "http",
    host: "127.0.0.1",
    port: 8080,
    routes,
    http2: true,
    trustedHops: 0,
    acceptProxy: false,
  } as const;
  return { kind: "edge", name, listeners: [listener], workers: 1, limits: {} };
}

const DESIGN: PartModel[] = [
  { kind: "database", name: "links" },
  { kind: "cache", name: "hot", memoryBytes: 1_000 },
  { kind: "database", name: "far", url: "postgres://db.example.com/far" },
  { kind: "database", name: "farther", url: "postgres://other.example.com/farther" },
  service("counter"),
  service("shortener", ["links", "hot", "counter", "far", "farther"]),
  service("admin", ["hot"]),
  edge("front", "shortener", "admin"),
];

const PORTS: Readonly<Record<string, number>> = { links: 5001, hot: 6001, counter: 4001 };

function scene(parts = DESIGN) {
  const clock = new SimulatedClock();
  const model: SystemModel = { version: 1, name: "demo", requires: {}, parts };
  const metrics = new MemoryMetrics(() => clock.wallMs());
  const directory = partDirectory(
    model,
    () =>
      parts.map(({ name, ...part }) => ({
        name,
        keepers: [],
        url: "url" in part && part.url !== undefined ? part.url : `tcp://127.0.0.1:${PORTS[name] ?? 1}`,
      })),
    clock,
  );
  const usage = {
    usageOf: (id: string) =>
      id === "shortener.1"
        ? { cpu: 0.5, memoryBytes: 7 }
        : id === "shortener.2"
          ? { cpu: 0.25, memoryBytes: 3 }
          : undefined,
  };
  const maker = new FigureMaker({ model, reader: metrics, directory, usage });
  const view: PartsView = {
    state: "ready",
    parts: parts.map(({ name }) => ({
      name,
      replicas: [1, 2].map((number) => ({ id: `${name}.${number}`, state: READY, restarts: 0, sinceMs: 0 })),
    })),
  };
  return {
    clock,
    metrics,
    make: (seen = view) => maker.figures(seen, clock.wallMs()),
    link(from: string, to: string): LinkFigures | undefined {
      return maker.figures(view, clock.wallMs()).links.find((one) => one.from === from && one.to === to);
    },
    own(name: string): readonly OwnFigure[] {
      return maker.figures(view, clock.wallMs()).parts.find((one) => one.name === name)?.own ?? [];
    },
    observe(name: string, part: string, seconds: number, attributes: Record<string, string>, weight = 1) {
      metrics.observe({
        name,
        unit: "s",
        part,
        replica: part,
        attributes,
        timeMs: clock.wallMs(),
        value: seconds,
        weight,
      });
    },
    gauge(name: string, part: string, value: number, attributes: Record<string, string> = {}) {
      metrics.gauge({ name, unit: "1", part, replica: part, attributes, timeMs: clock.wallMs(), value });
    },
    count(name: string, part: string, value: number, attributes: Record<string, string> = {}) {
      metrics.counter({ name, unit: "1", part, replica: part, attributes, timeMs: clock.wallMs(), value });
    },
  };
}

describe("a link", () => {
  test("from an edge has the figures of what the edge sent there in the last 10 s", async () => {
    const { clock, link, observe, gauge } = scene();
    assert.deepEqual(link("front", "shortener"), { from: "front", to: "shortener" });
    const attempt = (seconds: number, more: Record<string, string>, weight: number) =>
      observe(
        "http.client.request.duration",
        "front",
        seconds,
        { "trestle.peer": "shortener", ...more },
        weight,
      );
    attempt(0.01, { "http.response.status_code": "200" }, 90);
    attempt(0.5, { "http.response.status_code": "503", "error.type": "503" }, 6);
    attempt(0.5, { "error.type": "ECONNRESET" }, 4);
    gauge("trestle.edge.upstream.connections", "front", 3, { "trestle.peer": "shortener" });
    assert.deepEqual(link("front", "shortener"), {
      from: "front",
      to: "shortener",
      requests: { perSecond: 10, errorShare: 0.1, p50Ms: 10, p99Ms: 500, source: "edge" },
      connections: 3,
    });
    // Nobody sent anything since: it is idle, not unknown.
    await clock.advance(10_000);
    assert.deepEqual(link("front", "shortener")?.requests, { perSecond: 0, errorShare: 0, source: "edge" });
    assert.equal(link("front", "admin")?.requests, undefined);
  });

  test("from a service is measured by its own clients before anyone else, and an answer of 404 is no failure there", async () => {
    const { clock, link, observe, count } = scene();
    for (let second = 0; second < 20; second++) {
      await clock.advance(1_000);
      const at = { "server.address": "127.0.0.1", "server.port": "6001" };
      observe("db.client.operation.duration", "shortener", 0.001, at, 9);
      observe("db.client.operation.duration", "shortener", 0.003, { ...at, "error.type": "timeout" });
      observe("trestle.link.duration", "shortener", 0.002, { "trestle.peer": "hot", error: "false" }, 100);
      const http = { "server.address": "localhost", "server.port": "4001" };
      observe("http.client.request.duration", "shortener", 0.01, {
        ...http,
        "http.response.status_code": "404",
        "error.type": "404",
      });
      observe("http.client.request.duration", "shortener", 0.01, {
        ...http,
        "http.response.status_code": "500",
        "error.type": "500",
      });
      count("redis.commands.processed", "hot", 500 * second, { "trestle.user": "shortener" });
    }
    assert.deepEqual(link("shortener", "hot")?.requests, {
      perSecond: 10,
      errorShare: 0.1,
      p50Ms: 1,
      p99Ms: 3,
      source: "client-metrics",
    });
    assert.deepEqual(link("shortener", "counter")?.requests, {
      perSecond: 2,
      errorShare: 0.5,
      p50Ms: 10,
      p99Ms: 10,
      source: "client-metrics",
    });
  });

  test("to one of two that have the same port elsewhere is told by its host", async () => {
    const { clock, link, observe } = scene();
    for (let second = 0; second < 20; second++) {
      await clock.advance(1_000);
      const port = { "server.port": "5432" };
      observe(
        "db.client.operation.duration",
        "shortener",
        0.001,
        { ...port, "server.address": "db.example.com" },
        3,
      );
      observe(
        "db.client.operation.duration",
        "shortener",
        0.001,
        { ...port, "server.address": "other.example.com" },
        5,
      );
      observe(
        "db.client.operation.duration",
        "shortener",
        0.001,
        { ...port, "server.address": "elsewhere.example.com" },
        50,
      );
    }
    assert.equal(link("shortener", "far")?.requests?.perSecond, 3);
    assert.equal(link("shortener", "farther")?.requests?.perSecond, 5);
  });

  test("without client metrics is made of spans, without spans of what the other end counted of its user", () => {
    const { link, observe, count, gauge } = scene();
    observe("trestle.link.duration", "shortener", 0.002, { "trestle.peer": "hot", error: "false" }, 30);
    observe("trestle.link.duration", "shortener", 0.002, { "trestle.peer": "hot", error: "true" }, 10);
    assert.deepEqual(link("shortener", "hot")?.requests, {
      perSecond: 4,
      errorShare: 0.25,
      p50Ms: 2,
      p99Ms: 2,
      source: "spans",
    });
    observe("redis.command.duration", "hot", 0.001, { "trestle.user": "admin" }, 50);
    count("redis.commands.processed", "hot", 60, { "trestle.user": "admin" });
    assert.deepEqual(link("admin", "hot")?.requests, {
      perSecond: 6,
      errorShare: 0,
      p50Ms: 1,
      p99Ms: 1,
      source: "engine",
    });
    count("postgresql.commits", "links", 50);
    count("postgresql.rollbacks", "links", 10);
    gauge("postgresql.backends", "links", 4, { application: "", state: "idle" });
    gauge("postgresql.backends", "links", 1, { application: "trestle", state: "active" });
    assert.deepEqual(link("shortener", "links"), {
      from: "shortener",
      to: "links",
      requests: { perSecond: 2, errorShare: 0, source: "engine" },
      connections: 4,
    });
  });

  test("between services is told by the edge between them only where no other service uses the second", () => {
    const parts = [
      service("counter"),
      service("shared"),
      service("one", ["counter", "shared"]),
      service("two", ["shared"]),
    ];
    const { link, observe } = scene(parts);
    for (const peer of ["counter", "shared"])
      observe("http.client.request.duration", "internal-edge", 0.01, { "trestle.peer": peer }, 20);
    assert.deepEqual(link("one", "counter")?.requests, {
      perSecond: 2,
      errorShare: 0,
      p50Ms: 10,
      p99Ms: 10,
      source: "edge",
    });
    assert.equal(link("one", "shared")?.requests, undefined);
    assert.equal(link("two", "shared")?.requests, undefined);
  });
});

describe("a part", () => {
  test("is asked what edges say: of itself an edge, of a service all that send to it", async () => {
    const { clock, make, observe } = scene();
    const of = (name: string) => make().parts.find((part) => part.name === name)?.requests;
    assert.equal(of("front"), undefined);
    observe("http.server.request.duration", "front", 0.02, { "http.response.status_code": "200" }, 90);
    observe(
      "http.server.request.duration",
      "front",
      0.02,
      { "http.response.status_code": "502", "error.type": "NO_ENDPOINT" },
      10,
    );
    for (const part of ["front", "internal-edge"])
      observe("http.client.request.duration", part, 0.01, { "trestle.peer": "shortener" }, 40);
    assert.deepEqual(of("front"), { perSecond: 10, errorShare: 0.1, p50Ms: 20, p99Ms: 20 });
    assert.deepEqual(of("shortener"), { perSecond: 8, errorShare: 0, p50Ms: 10, p99Ms: 10 });
    await clock.advance(60_000);
    assert.deepEqual(of("front"), { perSecond: 0, errorShare: 0 });
  });

  test("that is a store is asked what its users say together, whose percentiles are not added up", async () => {
    const { clock, make, observe } = scene();
    for (let second = 0; second < 20; second++) {
      await clock.advance(1_000);
      observe(
        "db.client.operation.duration",
        "shortener",
        0.001,
        { "server.address": "::1", "server.port": "6001" },
        3,
      );
      observe("trestle.link.duration", "admin", 0.002, { "trestle.peer": "hot", error: "true" });
    }
    const of = (name: string) => make().parts.find((part) => part.name === name)?.requests;
    assert.deepEqual(of("hot"), { perSecond: 4, errorShare: 0.25 });
    observe("redis.command.duration", "hot", 0.001, { "trestle.user": "admin" }, 70);
    assert.deepEqual(of("hot"), { perSecond: 7, errorShare: 0, p50Ms: 1, p99Ms: 1 });
  });

  test("has its replicas as they are, and what they use together", () => {
    const { make } = scene();
    const part = make().parts.find(({ name }) => name === "shortener");
    assert.deepEqual([part?.cpu, part?.memoryBytes, part?.replicas.length], [0.75, 10, 2]);
    assert.deepEqual(part?.replicas[0], {
      id: "shortener.1",
      state: READY,
      restarts: 0,
      sinceMs: 0,
      cpu: 0.5,
      memoryBytes: 7,
    });
    const hot = make().parts.find(({ name }) => name === "hot");
    assert.ok(hot && !("cpu" in hot) && !("memoryBytes" in hot));
  });

  test("that is a part of the machinery is not shown", () => {
    const { make } = scene();
    const figures = make({ state: "degraded", parts: [{ name: "internal-edge", replicas: [] }] });
    assert.equal(figures.state, "degraded");
    assert.deepEqual(
      figures.parts.map(({ name }) => name),
      DESIGN.map(({ name }) => name),
    );
  });
});

describe("figures of its own", () => {
  test("a cache has of its hits, its memory, its keys and what it dropped", () => {
    const { own, gauge, count } = scene();
    assert.deepEqual(own("hot"), []);
    gauge("redis.memory.used", "hot", 250);
    gauge("redis.db.keys", "hot", 12);
    count("redis.keyspace.hits", "hot", 9, { "trestle.user": "shortener" });
    count("redis.keyspace.misses", "hot", 3, { "trestle.user": "shortener" });
    count("redis.keys.evicted", "hot", 30);
    assert.deepEqual(own("hot"), [
      { label: "hit ratio", value: 0.75, unit: "share" },
      { label: "memory used", value: 0.25, unit: "share" },
      { label: "keys", value: 12, unit: "count" },
      { label: "evictions", value: 0.5, unit: "per-second" },
    ]);
  });

  test("a database warns when its connections run out, and of deadlocks and waits for locks", () => {
    const { own, gauge, count } = scene();
    const level = (connections: number) => {
      gauge("postgresql.backends", "links", connections, { application: "", state: "idle" });
      return own("links")[0]?.level;
    };
    gauge("postgresql.connection.max", "links", 100);
    assert.deepEqual([level(79), level(80), level(94), level(95)], [undefined, "warn", "warn", "bad"]);
    assert.equal(own("links")[0]?.why, "95 of 100 connections are taken");
    count("postgresql.blks_hit", "links", 99);
    count("postgresql.blks_read", "links", 1);
    count("postgresql.commits", "links", 60);
    count("postgresql.deadlocks", "links", 1);
    gauge("postgresql.db_size", "links", 4_096);
    gauge("postgresql.backends.waiting", "links", 2);
    assert.deepEqual(
      own("links").map(({ label, value, level }) => [label, value, level]),
      [
        ["connections", 95, "bad"],
        ["transactions", 2, undefined],
        ["blocks in memory", 0.99, undefined],
        ["size", 4_096, undefined],
        ["lock waits", 2, "warn"],
        ["deadlocks", 1, "warn"],
      ],
    );
  });

  test("an edge is bad when a service has no replica left that can be used", () => {
    const { own, gauge, count } = scene();
    const endpoints = (peer: string, known: number, usable: number, ejected: number) => {
      gauge("trestle.edge.upstream.endpoints.known", "front", known, { "trestle.peer": peer });
      gauge("trestle.edge.upstream.endpoints.usable", "front", usable, { "trestle.peer": peer });
      gauge("trestle.edge.upstream.endpoints.ejected", "front", ejected, { "trestle.peer": peer });
    };
    gauge("trestle.edge.connections.active", "front", 5);
    endpoints("shortener", 2, 2, 0);
    assert.deepEqual(own("front"), [{ label: "connections", value: 5, unit: "count" }]);
    endpoints("shortener", 2, 1, 1);
    assert.deepEqual(own("front")[1]?.level, "warn");
    endpoints("admin", 1, 0, 1);
    count("trestle.edge.upstream.retries", "front", 20, { "trestle.peer": "admin" });
    assert.deepEqual(
      own("front").map(({ label, value, level, why }) => [label, value, level, why]),
      [
        ["connections", 5, undefined, undefined],
        ["retries", 2, "warn", "attempts failed, and were made again elsewhere"],
        ["put out", 2, "bad", "no replica of admin can be used"],
      ],
    );
  });

  test("a service has of its replicas, and of the busiest event loop", () => {
    const { make, own, metrics, clock } = scene();
    assert.deepEqual(own("admin"), [{ label: "ready", value: 2, unit: "count" }]);
    const failed: State = { is: "failed", reason: "ended", looping: false, retryInMs: 1 };
    const levels = [
      [READY, failed],
      [failed, failed],
    ].map((states) => {
      const replicas = states.map((state, at) => ({ id: `admin.${at + 1}`, state, restarts: 0, sinceMs: 0 }));
      return make({ state: "degraded", parts: [{ name: "admin", replicas }] }).parts.find(
        ({ name }) => name === "admin",
      )?.own[0];
    });
    assert.deepEqual(levels, [
      { label: "ready", value: 1, unit: "count", level: "warn", why: "1 of 2 replicas serve" },
      { label: "ready", value: 0, unit: "count", level: "bad", why: "no replica serves" },
    ]);
    for (const [replica, value] of [
      ["admin.1", 0.2],
      ["admin.2", 0.95],
    ] as const) {
      metrics.gauge({
        name: "nodejs.eventloop.utilization",
        unit: "1",
        part: "admin",
        replica,
        timeMs: clock.wallMs(),
        value,
      });
    }
    const [, loop] = own("admin");
    assert.deepEqual([loop?.value, loop?.level], [0.95, "warn"]);
    assert.match(loop?.why ?? "", /admin\.2/);
  });
});
