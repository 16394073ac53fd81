import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HistogramPoint, MetricData } from "../../../../blocks/telemetry/otlp/model.ts";
import { SimulatedClock } from "../../../../blocks/time/index.ts";
import type { State } from "../../../control-api/index.ts";
import type { PartModel, SystemModel } from "../../../design/model.ts";
import { MetricStore } from "../metrics/index.ts";
import { partDirectory } from "../part-directory-of.ts";
import { publicEdges, RequirementJudge } from "../requirements/requirement-judge.ts";
import { FigureMaker } from "./figure-maker.ts";

const READY: State = { is: "ready" };
const BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1];

const PARTS: PartModel[] = [
  { kind: "database", name: "links" },
  {
    kind: "service",
    name: "api",
    program: { command: [] },
    folder: "",
    uses: { links: "links" },
    environment: {},
    replicas: 3,
    startTimeoutMs: 1,
    stopTimeoutMs: 1,
  },
  {
    kind: "edge",
    name: "front",
    listeners: [
      {
        kind: "http",
        host: "127.0.0.1",
        port: 80,
        routes: [{ path: "/*", to: "api" }],
        http2: true,
        trustedHops: 0,
        acceptProxy: false,
      },
    ],
    workers: 1,
    limits: {},
  },
];
const MODEL: SystemModel = { version: 1, name: "demo", requires: {}, parts: PARTS };

/** A program that reports a cumulative histogram, whose calls took between 5 and 10 ms. */
class Reporter {
  readonly #store: MetricStore;
  readonly #metric: string;
  readonly #who: Readonly<Record<string, string>>;
  readonly #attributes: Readonly<Record<string, string | number>>;
  readonly #startUs: number;
  #count = 0;

  constructor(
    store: MetricStore,
    metric: string,
    { part, replica = part, startMs }: { part: string; replica?: string; startMs: number },
    attributes: Readonly<Record<string, string | number>>,
  ) {
    this.#store = store;
    this.#metric = metric;
    this.#who = { "service.name": part, "service.instance.id": replica };
    this.#attributes = attributes;
    this.#startUs = startMs * 1_000;
  }

  report(calls: number, timeMs: number): void {
    this.#count += calls;
    const point: HistogramPoint = {
      attributes: this.#attributes,
      startUs: this.#startUs,
      timeUs: timeMs * 1_000,
      exemplars: [],
      count: this.#count,
      sum: this.#count * 0.007,
      bounds: BOUNDS,
      counts: BOUNDS.map((bound) => (bound === 0.01 ? this.#count : 0)).concat(0),
    };
    const metric: MetricData = {
      name: this.#metric,
      description: "",
      unit: "s",
      kind: "histogram",
      temporality: "cumulative",
      points: [point],
    };
    this.#store.take({
      resource: { attributes: this.#who },
      scope: { name: "", version: "" },
      items: [metric],
    });
  }
}

function scene() {
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1));
  const listening = PARTS.map(({ name }) => ({
    name,
    url: `tcp://127.0.0.1:${name === "links" ? 5432 : 1}`,
    keepers: [],
  }));
  const directory = partDirectory(MODEL, () => listening, clock);
  const store = new MetricStore({ clock, directory });
  const maker = new FigureMaker({
    model: MODEL,
    reader: store,
    directory,
    usage: { usageOf: () => undefined },
  });
  const replicas = [1, 2, 3].map((number) => ({
    id: `api.${number}`,
    state: READY,
    restarts: 0,
    sinceMs: 0,
  }));
  const figures = () => maker.figures({ state: "ready", parts: [{ name: "api", replicas }] }, clock.wallMs());
  return { clock, store, figures, startMs: clock.wallMs() };
}

const near = (value: number | undefined, wanted: number, share: number) =>
  assert.ok(value !== undefined && Math.abs(value - wanted) <= wanted * share, `${value} for ${wanted}`);

describe("metrics that are reported now and then", () => {
  test("once a minute, by replicas at different times, make a rate without bursts and gaps", async () => {
    const { clock, store, figures, startMs } = scene();
    const attributes = { "server.address": "127.0.0.1", "server.port": 5432 };
    const reporters = [1, 2, 3].map(
      (number) =>
        new Reporter(
          store,
          "db.client.operation.duration",
          { part: "api", replica: `api.${number}`, startMs },
          attributes,
        ),
    );
    for (let second = 1; second <= 300; second++) {
      await clock.advance(1_000);
      for (const [at, reporter] of reporters.entries())
        if (second % 60 === 20 * at) reporter.report(600, clock.wallMs());
      if (second < 130) continue;
      const link = figures().links.find(({ to }) => to === "links");
      assert.equal(link?.requests?.source, "client-metrics");
      near(link?.requests?.perSecond, 30, 0.05);
      near(link?.requests?.p99Ms, 10, 0.05);
    }
  });

  test("every two seconds, by an edge, are the rate of what it sends, and of what it is asked", async () => {
    const { clock, store, figures, startMs } = scene();
    const sent = new Reporter(
      store,
      "http.client.request.duration",
      { part: "front", startMs },
      { "trestle.peer": "api", "http.response.status_code": 200 },
    );
    const failed = new Reporter(
      store,
      "http.client.request.duration",
      { part: "front", startMs },
      { "trestle.peer": "api", "http.response.status_code": 503, "error.type": "503" },
    );
    const served = new Reporter(
      store,
      "http.server.request.duration",
      { part: "front", startMs },
      { "http.response.status_code": 200 },
    );
    for (let second = 1; second <= 60; second++) {
      await clock.advance(1_000);
      if (second % 2 === 0) {
        sent.report(90, clock.wallMs());
        failed.report(10, clock.wallMs());
        served.report(100, clock.wallMs());
      }
      if (second < 20) continue;
      const { links, parts } = figures();
      const link = links.find(({ from }) => from === "front")?.requests;
      near(link?.perSecond, 50, 0.05);
      near(link?.errorShare, 0.1, 0.05);
      for (const name of ["front", "api"])
        near(parts.find((part) => part.name === name)?.requests?.perSecond, 50, 0.05);
    }
    await clock.advance(60_000);
    assert.equal(figures().links.find(({ from }) => from === "front")?.requests?.perSecond, 0);
  });

  test("are judged once the edge has told all of a window, and not before", async () => {
    const { clock, store, startMs } = scene();
    const served = new Reporter(
      store,
      "http.server.request.duration",
      { part: "front", startMs },
      { "http.response.status_code": 200 },
    );
    const judge = new RequirementJudge({
      requires: { latency: { p99Ms: 20 }, availability: 0.99 },
      edges: publicEdges(MODEL),
      reader: store,
      startMs,
    });
    for (let second = 1; second <= 200; second++) {
      await clock.advance(1_000);
      // Late, and at odds with the windows.
      if (second % 15 === 0) served.report(150, clock.wallMs());
      judge.advance(clock.wallMs());
    }
    const [p99, availability] = judge.statuses();
    const windows = p99?.windows ?? [];
    assert.ok(windows.length >= 17, `${windows.length}`);
    near(p99?.budget?.requests, windows.length * 100, 0.02);
    assert.deepEqual(
      [p99?.state, p99?.budget?.bad, availability?.state, availability?.measured],
      ["met", 0, "met", 1],
    );
    // It reports no more: its last windows are judged all the same.
    await clock.advance(60_000);
    judge.advance(clock.wallMs());
    assert.ok((judge.statuses()[0]?.windows.length ?? 0) >= 22);
  });
});

test("50 parts, 200 replicas and 150 links have their figures in a moment", async (t) => {
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1));
  const names = (kind: string, count: number) => Array.from({ length: count }, (_, at) => `${kind}${at}`);
  const caches = names("cache", 5);
  const databases = names("db", 5);
  const services = names("svc", 38);
  const parts: PartModel[] = [
    ...caches.map((name): PartModel => ({ kind: "cache", name, memoryBytes: 1e6 })),
    ...databases.map((name): PartModel => ({ kind: "database", name })),
    ...services.map((name, at): PartModel => {
      const uses = [caches[at % 5], databases[at % 5], services[at - 1], services[at - 2]].filter(
        (use) => use !== undefined,
      );
      return {
        kind: "service",
        name,
        program: { command: [] },
        folder: "",
        uses: Object.fromEntries(uses.map((use) => [use, use])),
        environment: {},
        replicas: 5,
        startTimeoutMs: 1,
        stopTimeoutMs: 1,
      };
    }),
    ...["front", "back"].map(
      (name): PartModel => ({
        kind: "edge",
        name,
        listeners: [
          {
            kind: "http",
            host: "127.0.0.1",
            port: 80,
            routes: services.slice(0, 10).map((to) => ({ path: `/${to}/*`, to })),
            http2: true,
            trustedHops: 0,
            acceptProxy: false,
          },
        ],
        workers: 1,
        limits: {},
      }),
    ),
  ];
  const model: SystemModel = { version: 1, name: "large", requires: {}, parts };
  const listening = parts.map(({ name }, at) => ({
    name,
    url: `tcp://127.0.0.1:${10_000 + at}`,
    keepers: [],
  }));
  const portOf = new Map(listening.map(({ name }, at) => [name, 10_000 + at]));
  const directory = partDirectory(model, () => listening, clock);
  const store = new MetricStore({ clock, directory });
  const maker = new FigureMaker({
    model,
    reader: store,
    directory,
    usage: { usageOf: () => ({ cpu: 0.1, memoryBytes: 1 }) },
  });
  const startMs = clock.wallMs();
  const replicasOf = (name: string) =>
    name.startsWith("svc") ? [1, 2, 3, 4, 5].map((number) => `${name}.${number}`) : [name];
  const view = {
    state: "ready" as const,
    parts: parts.map(({ name }) => ({
      name,
      replicas: replicasOf(name).map((id) => ({ id, state: READY, restarts: 0, sinceMs: 0 })),
    })),
  };
  const reporters: Reporter[] = [];
  for (const part of parts) {
    if (part.kind === "edge")
      for (const peer of services.slice(0, 10))
        for (const status of [200, 503])
          reporters.push(
            new Reporter(
              store,
              "http.client.request.duration",
              { part: part.name, startMs },
              { "trestle.peer": peer, "http.response.status_code": status },
            ),
          );
    if (part.kind !== "service") continue;
    for (const replica of replicasOf(part.name))
      for (const peer of Object.values(part.uses))
        reporters.push(
          new Reporter(
            store,
            "db.client.operation.duration",
            { part: part.name, replica, startMs },
            { "server.address": "127.0.0.1", "server.port": portOf.get(peer) ?? 0 },
          ),
        );
  }
  for (let second = 0; second < 30; second += 5) {
    await clock.advance(5_000);
    for (const reporter of reporters) reporter.report(50, clock.wallMs());
  }
  const figures = maker.figures(view, clock.wallMs());
  assert.deepEqual([figures.parts.length, figures.links.length], [50, 169]);
  assert.equal(figures.links.filter(({ requests }) => requests && requests.perSecond > 0).length, 169);
  const rounds = 20;
  const beganMs = performance.now();
  for (let round = 0; round < rounds; round++) maker.figures(view, clock.wallMs());
  const eachMs = (performance.now() - beganMs) / rounds;
  t.diagnostic(`${eachMs.toFixed(2)} ms for ${store.status().series} series`);
});
