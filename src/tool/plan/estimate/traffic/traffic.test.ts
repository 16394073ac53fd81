import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  cache,
  database,
  edge,
  type RequestClass,
  type Requirements,
  system,
} from "../../../design/index.ts";
import type { SystemModel } from "../../../design/model.ts";
import type { Figure } from "../../figure.ts";
import { figureText } from "../../report/figure-text.ts";
import { resolveSystem } from "../../resolve/index.ts";
import { anyDesign } from "../../review/testing/any-design.ts";
import { cacheFigures, keptBytes, storageFigures } from "../storage/index.ts";
import { modelOf, program } from "../testing/typical-designs.ts";
import { connectionFigures, trafficFigures } from "./index.ts";

/** The handbook's system: an edge, a service, a cache and a database. */
function handbookDesign(
  requires: Requirements,
  options: { readonly copies?: number; readonly path?: `GET /${string}` } = {},
): SystemModel {
  const { copies = 3, path } = options;
  const uses = { hot: cache("hot"), links: database("links", { plan: { copies } }) };
  const front = edge("front", { routes: [{ path: "/*", to: program("api", { uses }) }] });
  const requests: Record<string, RequestClass> | undefined = path && {
    follow: { to: front, request: path, share: "90%" },
    shorten: { to: front, request: "POST /links" },
  };
  return modelOf(system("handbook", { requires, parts: [front], ...(requests ? { requests } : {}) }));
}

function figuresOf(model: SystemModel, loadPerSecond?: number): ReadonlyMap<string, Figure> {
  const resolved = resolveSystem(model, { loadPerSecond });
  const all = [
    ...trafficFigures(model, resolved),
    ...storageFigures(model, resolved),
    ...cacheFigures(model, resolved),
  ];
  const byId = new Map(all.map((figure) => [figure.id, figure]));
  assert.equal(byId.size, all.length, "every id is there once");
  return byId;
}

function shown(figures: ReadonlyMap<string, Figure>, id: string): string {
  const figure = figures.get(id);
  assert.ok(figure, id);
  return figureText(figure);
}

function filled(figures: ReadonlyMap<string, Figure>, id: string): string {
  const source = figures.get(id)?.source;
  assert.ok(source?.kind === "derived", id);
  return source.filled;
}

const USERS = { dailyUsers: "10M", requestsPerUserPerDay: 20, peak: 3, reads: 0.9 } as const;

test("the handbook's traffic and cache come out of a design that states what it states", () => {
  const figures = figuresOf(handbookDesign({ traffic: USERS, data: { recordSize: "1 kB" } }));
  assert.equal(shown(figures, "traffic.per-day"), "200M");
  assert.equal(filled(figures, "traffic.per-day"), "10M × 20 = 200M");
  // "≈ 2,300 RPS" and "~7,000 RPS".
  assert.equal(filled(figures, "traffic.average"), "200M / 86,400 s = 2,315/s");
  assert.equal(filled(figures, "traffic.peak"), "2,315/s × 3 = 6,944/s");
  assert.equal(shown(figures, "traffic.reads"), "2,083/s");
  assert.equal(shown(figures, "traffic.writes"), "231/s");
  // "Cache size: 36M × 1KB = 36 GB"
  assert.equal(filled(figures, "hot.working-set"), "180M × 20% × 1 kB = 36 GB");
});

test("the handbook's storage and bandwidth come out of a million records of 1 kB a day, read ten times", () => {
  const figures = figuresOf(
    handbookDesign({
      traffic: { rate: "11M/day", reads: 10 / 11 },
      data: { recordSize: "1 kB", recordsPerDay: "1M" },
      retention: "5 years",
    }),
  );
  assert.equal(filled(figures, "storage.day"), "1M × 1 kB = 1 GB/day");
  // "Yearly storage: 365 GB", of which three copies are kept; "5-year storage (with replication factor 3): ~5.5 TB".
  assert.equal(filled(figures, "storage.year"), "1 GB/day × 365 days × 3 = 1.09 TB");
  assert.equal(filled(figures, "storage.retention"), "1 GB/day × 1,825 days × 3 = 5.47 TB");
  assert.equal(figures.get("storage.retention")?.value, 5.475e12);
  // "1 GB/day = ~12 KB/s" and "10 GB/day = ~120 KB/s".
  assert.equal(shown(figures, "bandwidth.in"), "11.6 kB/s");
  assert.equal(shown(figures, "bandwidth.out"), "116 kB/s");
  assert.equal(shown(figures, "bandwidth.out.peak"), "347 kB/s");
});

test("growth makes more of what is kept, and says how", () => {
  const requires: Requirements = {
    traffic: { rate: "10/s", reads: 0.9 },
    retention: "2 years",
    growthPerYear: "50%",
    data: { recordSize: "1 kB" },
  };
  const figures = figuresOf(handbookDesign(requires, { copies: 1 }));
  // A record for each of 1 write a second; (1.5² - 1) / (2 ln 1.5) = 1.541.
  assert.equal(filled(figures, "storage.records"), "1/s (write) × 86,400 s = 86,400");
  assert.equal(
    filled(figures, "storage.retention"),
    "86.4 MB/day × 730 days × 1 × 1.54 (50% a year) = 97.2 GB",
  );
  const model = handbookDesign(requires, { copies: 1 });
  assert.equal(keptBytes(model, resolveSystem(model)), figures.get("storage.retention")?.value);
  const forEver = handbookDesign({ traffic: { rate: "10/s" } });
  assert.equal(keptBytes(forEver, resolveSystem(forEver)), undefined);
});

test("codes are as long as all that is kept needs, where things are asked for by a code", () => {
  const requires: Requirements = { traffic: USERS, retention: "5 years" };
  // 20M a day for 1,825 days are 36.5 billion: 62^6 is 56.8 billion.
  const figures = figuresOf(handbookDesign(requires, { path: "GET /:code" }));
  assert.equal(filled(figures, "ids.letters"), "62^6 is 56.8B, for 36.5B records; n = 6");
  assert.equal(figuresOf(handbookDesign(requires, { path: "GET /news" })).has("ids.letters"), false);
  assert.equal(shown(figures, "requests.follow.peak"), "6,250/s");
  assert.equal(filled(figures, "requests.shorten.average"), "2,315/s × 10% = 231/s");
});

test("another load stands in for what the design states, and says so", () => {
  const figures = figuresOf(handbookDesign({ traffic: USERS }), 900);
  assert.deepEqual(figures.get("traffic.peak")?.source, { kind: "given", place: "--load" });
  assert.equal(filled(figures, "traffic.average"), "900/s / 3 = 300/s");
  assert.equal(figures.has("traffic.daily-users"), false);
  const silent = figuresOf(handbookDesign({}));
  assert.equal(silent.get("traffic.average")?.source.kind, "default");
  const byRate = figuresOf(handbookDesign({ traffic: { rate: "50/s" } }));
  assert.deepEqual(byRate.get("traffic.average")?.source, { kind: "given", place: "requires.traffic.rate" });
});

test("logs are a line for each request that passes an edge", () => {
  const figures = figuresOf(handbookDesign({ traffic: USERS }));
  assert.equal(filled(figures, "log.day"), "200M × 450 B = 90 GB/day");
  // One request in four goes on to an edge within.
  const inner = edge("inner", { port: 8_081, routes: [{ path: "/*", to: program("api") }] });
  const calls = { inner: { times: 1, share: "25%" } } as const;
  const outer = program("outer", { uses: { inner }, plan: { work: { default: { time: "1 ms", calls } } } });
  const front = edge("front", { routes: [{ path: "/*", to: outer }] });
  const model = modelOf(system("two", { requires: { traffic: USERS }, parts: [front] }));
  assert.equal(filled(figuresOf(model), "log.day"), "250M × 450 B = 113 GB/day");
});

test("a record is kept as often as by the database that keeps most", () => {
  const uses = { one: database("one"), two: database("two", { plan: { copies: 2 } }) };
  const front = edge("front", { routes: [{ path: "/*", to: program("api", { uses }) }] });
  const model = modelOf(system("shop", { requires: { traffic: USERS }, parts: [front] }));
  assert.equal(figuresOf(model).get("storage.copies")?.value, 2);
});

test("requests under way are the rate times what each takes, and unknown where something is full", () => {
  const at = (mean: number) => ({
    perSecond: 7_000,
    latencyMs: { mean, p50: 0, p90: 0, p95: 0, p99: 0, p999: 0 },
  });
  const [open] = connectionFigures({ classes: [at(50)], perSecond: 7_000 });
  assert.equal(open?.value, 350);
  assert.ok(open.source.kind === "derived" && open.source.filled === "7,000/s × 50 ms = 350");
  assert.deepEqual(connectionFigures({ classes: [at(Infinity)], perSecond: 7_000 }), []);
  assert.deepEqual(connectionFigures({ classes: [], perSecond: 0 }), []);
});

test("what is known of a cache's things bounds what a day needs of it", () => {
  const uses = { hot: cache("hot") };
  const front = edge("front", { routes: [{ path: "/*", to: program("api", { uses }) }] });
  const model = modelOf(
    system("shop", {
      requires: { traffic: { rate: "1000/s" }, data: { recordSize: "1 kB" } },
      parts: [front],
      requests: { look: { to: front, request: "GET /:id", keys: { count: 50_000 } } },
    }),
  );
  const figures = figuresOf(model);
  assert.equal(filled(figures, "hot.working-set"), "50,000 things, all that there are × 1 kB = 50 MB");
  assert.equal(figures.has("storage.day"), false, "nothing is stored without a database");
  assert.ok((figures.get("hot.hit-ratio")?.value ?? 0) > 0.9);
});

test("every design has figures that are finite, once each, of inputs that are told", () => {
  fc.assert(
    fc.property(anyDesign, (design) => {
      const figures = figuresOf(modelOf(design));
      for (const { id, value, source } of figures.values()) {
        assert.ok(Number.isFinite(value) && value >= 0, id);
        if (source.kind !== "derived") continue;
        assert.ok(!/NaN|undefined/.test(source.filled), source.filled);
        for (const input of source.inputs) assert.ok(figures.has(input), `${id}: ${input}`);
      }
    }),
    { numRuns: 60 },
  );
});
