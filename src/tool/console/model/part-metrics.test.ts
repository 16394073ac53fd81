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
  assert.deepEqual(requestQueries("app", infos)?.rate, {
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
    as: "p99",
    where: { "trestle.peer": "app" },
  });
  assert.equal(requestQueries("front", infos), undefined);
});

test("a database is known by the spans of those who use it, and nothing by nothing", () => {
  const infos = [info("app", "trestle.link.duration", { attributes: { "trestle.peer": ["links"] } })];
  assert.equal(requestQueries("links", infos)?.duration.name, "trestle.link.duration");
  assert.equal(requestQueries("links", []), undefined);
});

test("a database is known best by what its users measured, and a cache by its own count of all commands", () => {
  const infos = [
    info("app", "trestle.link.duration", { attributes: { "trestle.peer": ["links"] } }),
    info("app", "db.client.operation.duration", {
      attributes: { "trestle.peer": ["links"], "db.operation.name": ["SELECT", "INSERT"] },
    }),
    info("hot", "redis.command.duration"),
  ];
  assert.equal(requestQueries("links", infos)?.rate.name, "db.client.operation.duration");
  assert.equal(requestQueries("links", infos)?.by, "db.operation.name");
  assert.equal(requestQueries("hot", infos)?.rate.name, "redis.commands.processed");
  assert.equal(requestQueries("hot", infos)?.duration.name, "redis.command.duration");
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
          ["Command duration, p99", "p99", undefined],
          ["Commands", "rate", "user"],
          ["Memory used", "value", undefined],
        ],
      ],
    ],
  );
});

test("Trestle's own metrics stand with the engine that tells them, in words that people use", () => {
  const groups = ownGroups("hot", [
    info("hot", "redis.memory.used", { kind: "gauge" }),
    info("hot", "redis.db.keys", { kind: "gauge" }),
    info("hot", "trestle.cache.errors", { kind: "counter" }),
    info("hot", "process.cpu.wait", { kind: "gauge" }),
    info("hot", "process.thread.count", { kind: "gauge" }),
    info("hot", "process.unix.file_descriptor.count", { kind: "gauge" }),
  ]);
  assert.deepEqual(
    groups.map(({ title, charts }) => [title, charts.map((chart) => chart.title)]),
    [
      ["Process", ["CPU wait", "Thread count", "File descriptor count"]],
      ["Cache", ["Database keys", "Memory used", "Errors"]],
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
    [["Its own metrics", ["Node.js: Delay", "V8: Heap"]]],
  );
});
