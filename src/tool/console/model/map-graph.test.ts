import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { checkSystem } from "../../design/check/system.ts";
import { cache, database, edge, type Part, service, system, task } from "../../design/index.ts";
import { CLIENTS, graphKey, isStore, mapGraph, neighboursOf } from "./map-graph.ts";

function modelOf(...parts: Part[]) {
  return checkSystem(system("shop", { parts }), { folder: tmpdir(), environment: {} }).model;
}

function shop() {
  const hot = cache("hot");
  const rows = database("rows", { url: "postgres://elsewhere/rows" });
  const copy = service("copy", { command: ["a"] });
  const api = service("api", { command: ["a"], uses: { hot, rows } });
  const fill = task("fill", { command: ["a"], uses: { rows } });
  const front = edge("front", { port: 8080, routes: [{ path: "/*", to: api, mirror: { to: copy } }] });
  return modelOf(front, fill);
}

function linksOf(graph: ReturnType<typeof mapGraph>): string[] {
  return graph.links.map(({ from, to, reason }) => `${from} > ${to}: ${reason}`).sort();
}

test("links are what edges lead to, what services use, and clients before the edges", () => {
  assert.deepEqual(linksOf(mapGraph(shop(), undefined)), [
    "(clients) > front: clients",
    "api > hot: uses",
    "api > rows: uses",
    "fill > rows: uses",
    "front > api: route",
    "front > copy: mirror",
  ]);
});

test("a part that stands outside Trestle is known as such", () => {
  const { parts } = mapGraph(shop(), undefined);
  assert.deepEqual(
    parts.filter((part) => part.external).map((part) => part.name),
    [CLIENTS, "rows"],
  );
  assert.deepEqual(
    parts.filter((part) => isStore(part.kind)).map((part) => part.name),
    ["hot", "rows"],
  );
});

test("without an edge, clients come to the services that nobody uses", () => {
  const inner = service("inner", { command: ["a"] });
  const graph = mapGraph(modelOf(service("outer", { command: ["a"], uses: { inner } })), undefined);
  assert.deepEqual(linksOf(graph), ["(clients) > outer: clients", "outer > inner: uses"]);
});

test("what was measured and is in no design is drawn too, whoever says it", () => {
  const links = [
    { from: "copy", to: "hot" },
    { from: "<b>batch</b>", to: "rows" },
    { from: "api", to: "hot" },
  ];
  const graph = mapGraph(shop(), { links });
  assert.deepEqual(
    linksOf(graph).filter((link) => link.endsWith("measured")),
    ["<b>batch</b> > rows: measured", "copy > hot: measured"],
  );
  assert.equal(graph.parts.find((part) => part.name === "<b>batch</b>")?.kind, "unknown");
});

test("names that only telemetry tells do not crowd the map", () => {
  const links = Array.from({ length: 500 }, (_, index) => ({ from: `stranger-${index}`, to: "hot" }));
  assert.equal(mapGraph(shop(), { links }).parts.filter((part) => part.kind === "unknown").length, 20);
});

test("figures that change nothing of the drawing leave its key as it was", () => {
  const design = shop();
  const measured = { links: [{ from: "api", to: "hot" }] };
  assert.equal(graphKey(mapGraph(design, undefined)), graphKey(mapGraph(design, measured)));
  const more = { links: [{ from: "copy", to: "hot" }] };
  assert.notEqual(graphKey(mapGraph(design, undefined)), graphKey(mapGraph(design, more)));
});

test("a part's neighbours are those at either end of its links", () => {
  const graph = mapGraph(shop(), undefined);
  assert.deepEqual(neighboursOf(graph, "api"), { before: ["front"], after: ["hot", "rows"] });
});
