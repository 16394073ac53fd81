import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { familyOf, METRIC_FAMILIES, METRIC_NAMES, type MetricFamily } from "./metric-families.ts";
import { EdgeMetrics } from "./metrics.ts";
import { metricsFormatFor, renderMetrics } from "./prometheus-text.ts";
import { readExposition } from "./testing/exposition.ts";
import { anyRecord, record } from "./testing/records.ts";

/** Those that Prometheus is told of. */
const TOLD = METRIC_NAMES.filter((name) => !familyOf(name).isDetail);

test("both formats are as their specifications say, and tell the same numbers, whatever was counted", () => {
  fc.assert(
    fc.property(
      fc.array(anyRecord, { maxLength: 20 }),
      fc.array(fc.string({ unit: "binary", minLength: 1 }), { maxLength: 3 }),
      (records, names) => {
        const metrics = new EdgeMetrics();
        const routes = [...new Set(["/things/*", ...names])];
        metrics.configure({ routes, upstreams: [["shop", ["shop.1"]]], listeners: [] });
        for (const one of records) metrics.exchangeDone(one);
        for (const route of routes) metrics.exchangeDone(record({ route }));
        const snapshot = metrics.snapshot();
        const text = readExposition(renderMetrics(snapshot, "text"), "text");
        const open = readExposition(renderMetrics(snapshot, "openmetrics"), "openmetrics");
        assert.deepEqual(
          text.map(({ samples }) => samples.map(({ name, value }) => [name, value])),
          open.map(({ samples }) => samples.map(({ name, value }) => [name, value])),
        );
        const told = text.find(({ name }) => name === "trestle_edge_request_body_bytes_total");
        const named = new Set(told?.samples.map(({ labels }) => labels.route));
        for (const route of routes) assert.ok(named.has(route), JSON.stringify(route));
      },
    ),
  );
});

test("the text of a snapshot is what a scraper expects, to the letter", () => {
  const metrics = new EdgeMetrics();
  metrics.configure({ routes: ['a"b\\c\nd'], upstreams: [], listeners: [] });
  metrics.exchangeDone(record({ route: 'a"b\\c\nd', durationMs: 1_000.5 }));
  const { trestle_edge_requests, trestle_edge_request_duration_seconds } = metrics.snapshot();
  assert.ok(trestle_edge_requests && trestle_edge_request_duration_seconds);
  const text = renderMetrics({ trestle_edge_requests });
  assert.equal(
    text,
    [
      `# HELP trestle_edge_requests_total ${METRIC_FAMILIES.trestle_edge_requests.help}`,
      "# TYPE trestle_edge_requests_total counter",
      'trestle_edge_requests_total{route="a\\"b\\\\c\\nd",status="200"} 1',
      "",
    ].join("\n"),
  );
  const lines = renderMetrics({ trestle_edge_request_duration_seconds }, "openmetrics").split("\n");
  const bucket = (le: string) => lines.find((line) => line.includes(`le="${le}"`))?.split(" ")[1];
  assert.ok(lines.includes("# UNIT trestle_edge_request_duration_seconds seconds"));
  assert.equal(bucket("1.0"), "0");
  assert.equal(bucket("2.0"), "1");
  assert.equal(bucket("0.0005"), "0");
  assert.equal(bucket("+Inf"), "1");
  assert.ok(lines.some((line) => /_sum\{.*\} 1\.0005$/.test(line)));
  assert.equal(lines.at(-2), "# EOF");
});

test("nothing counted is nothing said", () => {
  assert.equal(renderMetrics({}, "text"), "");
  assert.equal(renderMetrics({}, "openmetrics"), "# EOF\n");
});

test("every metric is named after Prometheus' conventions", () => {
  for (const name of TOLD) {
    const family: MetricFamily = METRIC_FAMILIES[name];
    assert.match(name, /^(trestle_edge|process)_[a-z0-9_]+$/);
    assert.doesNotMatch(name, /_(total|count|sum|bucket|created|info)$/);
    if (family.unit) assert.ok(name.endsWith(`_${family.unit}`), name);
    else assert.doesNotMatch(name, /_(seconds|bytes)$/, name);
    assert.match(family.help, /^[A-Z][^\\\n"]*\.$/);
    if (family.type === "histogram") assert.equal(family.unit, "seconds");
  }
});

test("every metric stands in the table of the README, as it is", () => {
  const page = readFileSync(new URL("README.md", import.meta.url), "utf8");
  const rows = page.split("\n").filter((line) => /^\| `(trestle_edge|process)_/.test(line));
  const wanted = TOLD.map((name) => {
    const { type, labels, help }: MetricFamily = METRIC_FAMILIES[name];
    const told = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}${type === "counter" ? "_total" : ""}\` | ${type} | ${told} | ${help} |`;
  });
  assert.deepEqual(rows, wanted);
});

test("the format follows what is accepted", () => {
  for (const [accept, format] of [
    [undefined, "text"],
    ["*/*", "text"],
    ["text/plain", "text"],
    ["application/openmetrics-text", "openmetrics"],
    ['application/openmetrics-text;version="1.0.0"', "openmetrics"],
    ["application/openmetrics-text;version=0.0.1", "text"],
    [
      "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
      "openmetrics",
    ],
    ["application/openmetrics-text;q=0.2, text/plain;q=0.9", "text"],
    ["application/openmetrics-text;q=0", "text"],
    ["application/openmetrics-text;q=rubbish", "text"],
  ] as const) {
    assert.equal(metricsFormatFor(accept), format, accept);
  }
});
