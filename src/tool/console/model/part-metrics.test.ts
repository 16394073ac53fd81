import assert from "node:assert/strict";
import { test } from "node:test";
import type { MetricInfo } from "../../control-api/index.ts";
import { ownGroups, requestQueries } from "./part-metrics.ts";

const info = (part: string, name: string, more: Partial<MetricInfo> = {}): MetricInfo => ({
  name,
  part,
  kind: "histogram",
  unit: "s",
  description: "",
  attributes: {},
  series: 1,
  ...more,
});

test("what a part measures of its own requests comes before what others measure of it", () => {
  const infos = [
    info("front", "http.client.request.duration", { attributes: { "trestle.peer": ["app"] } }),
    info("app", "http.server.request.duration", { attributes: { "http.response.status_code": ["200"] } }),
  ];
  assert.deepEqual(requestQueries("app", infos)?.duration, {
    name: "http.server.request.duration",
    part: "app",
    as: "rate",
    where: {},
  });
  assert.equal(requestQueries("app", infos)?.by, "http.response.status_code");
  assert.deepEqual(requestQueries("app", infos)?.failed?.where, { "error.type": "*" });
});

test("a service that tells nothing is known by those who call it, over all of them", () => {
  const infos = [
    info("front", "http.client.request.duration", { attributes: { "trestle.peer": ["app", "other"] } }),
  ];
  assert.deepEqual(requestQueries("app", infos)?.duration, {
    name: "http.client.request.duration",
    as: "rate",
    where: { "trestle.peer": "app" },
  });
  assert.equal(requestQueries("front", infos), undefined);
});

test("a database is known by the spans of those who use it, and nothing by nothing", () => {
  const infos = [info("app", "trestle.link.duration", { attributes: { "trestle.peer": ["links"] } })];
  assert.equal(requestQueries("links", infos)?.duration.name, "trestle.link.duration");
  assert.equal(requestQueries("links", []), undefined);
});

test("each other metric of a part has a chart, read as its kind is, by the attribute that makes readable lines", () => {
  const groups = ownGroups("hot", [
    info("hot", "redis.commands", {
      kind: "counter",
      unit: "1",
      attributes: { user: ["a", "b"], one: ["x"] },
    }),
    info("hot", "redis.memory.used", { kind: "gauge", unit: "By" }),
    info("hot", "redis.command.duration"),
    info("hot", "process.memory.usage", { kind: "gauge" }),
    info("other", "redis.commands", { kind: "counter" }),
  ]);
  assert.deepEqual(
    groups.map(({ title, charts }) => [
      title,
      charts.map((chart) => [chart.title, chart.query.as, chart.query.by]),
    ]),
    [
      [
        "Cache",
        [
          ["command duration, p99", "p99", undefined],
          ["commands", "rate", "user"],
          ["memory used", "value", undefined],
        ],
      ],
    ],
  );
});

test("groups of one or two charts stand together", () => {
  const groups = ownGroups("app", [
    info("app", "nodejs.delay", { kind: "gauge" }),
    info("app", "v8js.heap", { kind: "gauge" }),
  ]);
  assert.deepEqual(
    groups.map(({ title, charts }) => [title, charts.map((chart) => chart.title)]),
    [["Its own metrics", ["Node.js: delay", "V8: heap"]]],
  );
});
