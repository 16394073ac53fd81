import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SimulationAnswer } from "../../plan-answer.ts";
import { demoSimulation } from "../testing/demo-answer.ts";
import { growthOf } from "./growth.ts";
import { pageChart } from "./page-chart.ts";
import { seriesCharts } from "./series-charts.ts";
import { sweepsOf } from "./sweeps.ts";
import { textOf } from "./testing/markup-check.ts";
import { demoSweeps, wholeAnswer } from "./testing/whole-page.ts";

/** The words of all drawings of one width, each on its own line. */
function wordsOf(html: string, width: "wide" | "narrow" = "wide"): string[] {
  const drawings = html.split(`<div class="chart ${width}">`).slice(1);
  const texts = drawings.flatMap((one) => [
    ...(one.split("</svg>")[0] ?? "").matchAll(/<(?:text|tspan)\b[^>]*>([^<]+)</g),
  ]);
  return texts.map(([, text = ""]) => textOf(text));
}

describe("the charts of a plan's page", () => {
  test("a simulation shows requests, latency and parts, and of these only what happened or changed", () => {
    const words = wordsOf(seriesCharts(wholeAnswer.simulation ?? demoSimulation));
    for (const told of ["offered", "answered", "refused", "p99", "Busy", "Waiting", "Replicas", "Hits"]) {
      assert.ok(words.includes(told), told);
    }
    assert.ok(!words.includes("shed"), "nothing was turned away");
    assert.ok(words.includes("whatever else"), "a series of another name is drawn all the same");
  });

  test("of many parts those are drawn that wait, change or are busiest, and the title says so", () => {
    const names = Array.from({ length: 20 }, (_, at) => `part-${at}`);
    const simulation: SimulationAnswer = {
      ...demoSimulation,
      parts: names.map((name) => ({ name, utilisation: 0, meanWaitMs: 0, refused: 0 })),
      series: names.flatMap((name, at) => [
        { name: `${name} utilisation`, unit: "share", values: [at / 20, at / 20] },
        { name: `${name} waiting`, unit: "count", values: [0, at === 3 ? 5 : 0] },
        { name: `${name} replicas`, unit: "count", values: [1, at === 5 ? 2 : 1] },
      ]),
    };
    const words = wordsOf(seriesCharts(simulation));
    assert.ok(words.includes("The 6 busiest of 20 parts over time"));
    const drawn = words.filter((one) => one.startsWith("part-"));
    assert.deepEqual(
      new Set(drawn),
      new Set(["part-3", "part-5", "part-16", "part-17", "part-18", "part-19"]),
    );
  });

  test("a simulation without a single value has no chart", () => {
    const series = [{ name: "p99", unit: "ms", values: [null, null] }];
    assert.equal(seriesCharts({ ...demoSimulation, series }), "");
  });

  test("a sweep is drawn over its own values, what is nearly the whole by what it lacks, and not where it is level", () => {
    const [, memory] = demoSweeps;
    const sweeps = memory === undefined ? [] : [memory];
    const words = wordsOf(sweepsOf(sweeps, wholeAnswer));
    for (const told of ["16MiB", "1GiB", "What availability lacks", "allowed", "required"]) {
      assert.ok(words.includes(told), told);
    }
    const level = sweeps.map((one) => ({
      ...one,
      points: one.points.map((point) => ({
        ...point,
        requirements: [{ id: "latency.p99", predicted: 12, state: "holds" as const }],
      })),
    }));
    assert.deepEqual(wordsOf(sweepsOf(level, wholeAnswer)), []);
    assert.match(textOf(sweepsOf(level, wholeAnswer)), /12 ms ✓ holds/, "the table tells it");
  });

  test("latencies that grow beyond all bounds end at the edge, soon above what is required", () => {
    const loads = [1, 2, 3, 4].map((at) => ({ perSecond: 1_000 * at, p50Ms: at, p99Ms: 10 ** (2 * at - 1) }));
    const words = wordsOf(growthOf({ ...wholeAnswer, loads }));
    assert.ok(words.includes("latency p99 required"));
    assert.ok(words.includes("the peak"));
    assert.ok(!words.some((one) => /min|h$/.test(one)), `no hours: ${words.join(", ")}`);
  });

  test("texts that are longer than a drawing end in three dots, on a phone sooner", () => {
    const chart = {
      title: "t".repeat(80),
      description: "",
      x: { label: "x", unit: "count" as const },
      panels: [
        {
          y: { label: "y", unit: "count" as const },
          lines: [{ name: "n".repeat(200), points: [[1, 1]] as const }],
        },
      ],
    };
    const html = pageChart(chart);
    assert.ok(wordsOf(html).includes("t".repeat(80)));
    assert.ok(wordsOf(html).includes(`${"n".repeat(95)}…`));
    assert.ok(wordsOf(html, "narrow").includes(`${"t".repeat(35)}…`));
  });
});
