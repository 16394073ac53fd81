import {
  barChart,
  type LineChart,
  lineChart,
  type Panel,
} from "../../../src/tool/plan/report/charts/index.ts";
import { shareText } from "../../../src/tool/plan/report/figure-text.ts";
import {
  cacheStampede,
  DAILY_TARGET,
  DAY_MS,
  DAYS,
  dailyCurve,
  flashCrowd,
  overload,
  retryStorm,
  runsOf,
  type Scenario,
  slowReplica,
} from "../../../src/tool/plan/simulate/scenarios/index.ts";
import { lineOf, linesOf } from "./lines.ts";

/** The charts of docs/plan-simulations.md, each simulated and drawn when it is asked for. */
export const CHARTS: Readonly<Record<string, () => string>> = {
  "retry-storm": () => {
    const runs = runsOf(retryStorm);
    const panels = Object.entries(runs).map(
      ([variant, simulated]): Panel => ({
        title: variant,
        y: { label: "per second", unit: "per-second", from: 0, to: 2_500 },
        lines: [
          lineOf("requests offered", simulated, "offered", { role: "quiet" }),
          lineOf("answered in time", simulated, "answered"),
          lineOf("calls of the service", simulated, "orders calls"),
        ],
        bound: { value: 400, label: "it can do 400/s" },
      }),
    );
    const description =
      "Without a budget calls stay at three times what the service can do after the overload is over, and nothing is answered; with one it recovers within seconds.";
    return over(retryStorm, description, panels, 110);
  },
  "cache-stampede": () => {
    const runs = runsOf(cacheStampede);
    const description =
      "After the flush the database is full for as long as it lasts without leases; with them it is back within seconds.";
    return over(cacheStampede, description, [
      {
        title: "Reads answered",
        y: { label: "per second", unit: "per-second" },
        lines: linesOf(runs, "answered"),
      },
      {
        title: "Queries of the database",
        y: { label: "per second", unit: "per-second" },
        lines: linesOf(runs, "db calls"),
      },
      {
        title: "Queries that wait",
        y: { label: "at the database", unit: "count" },
        lines: linesOf(runs, "db waiting"),
      },
    ]);
  },
  overload: () => {
    const runs = runsOf(overload);
    const offered = lineOf("requests offered", runs.CoDel, "offered", { role: "quiet" });
    const description =
      "With a long queue hardly anything is answered in time during the overload; with a short one, or shedding, as much as the service can do.";
    return over(overload, description, [
      {
        title: "Answered in time",
        y: { label: "per second", unit: "per-second", from: 0 },
        lines: [offered, ...linesOf(runs, "answered")],
      },
      {
        title: "p99 of those answered",
        y: { label: "milliseconds, logarithmic", unit: "ms", scale: "log" },
        lines: linesOf(runs, "p99"),
        bound: { value: 500, label: "who waits longer is gone" },
      },
    ]);
  },
  "slow-replica": () =>
    barChart({
      title: slowReplica.title,
      description: "Latency of requests by algorithm, and what share of them is refused.",
      value: { label: "latency, logarithmic", unit: "ms", scale: "log", from: 10 },
      series: ["p50", "p99", "p99.9"],
      groups: Object.entries(runsOf(slowReplica)).map(([name, { classes, failed, requests }]) => {
        const latencyMs = classes[0]?.latencyMs;
        const refused = failed === 0 ? "" : ` (${shareText(failed / requests)} refused)`;
        return {
          name: `${name}${refused}`,
          values: latencyMs ? [latencyMs.p50, latencyMs.p99, latencyMs.p999] : [],
        };
      }),
    }),
  "flash-crowd": () => {
    const runs = runsOf(flashCrowd);
    const [first] = Object.values(runs);
    const offered = first ? [lineOf("requests offered", first, "offered", { role: "quiet" })] : [];
    const description =
      "Replicas come as fast as they start; until then most requests of the crowd are lost, unless the service sheds.";
    return over(flashCrowd, description, [
      {
        title: "Answered in time",
        y: { label: "per second", unit: "per-second" },
        lines: [...offered, ...linesOf(runs, "answered")],
      },
      {
        title: "Replicas",
        y: { label: "serving", unit: "count" },
        lines: linesOf(runs, "shop replicas", { steps: true }),
      },
      {
        title: "p99 of those answered",
        y: { label: "milliseconds, logarithmic", unit: "ms", scale: "log" },
        lines: linesOf(runs, "p99"),
      },
    ]);
  },
  "daily-curve": () => {
    const runs = runsOf(dailyCurve);
    const [first] = Object.values(runs);
    // The afternoon and evening of the last day, as the clocks of its world have it.
    const originMs = (DAYS - 1) * DAY_MS;
    const between = [originMs + DAY_MS / 2, originMs + DAY_MS] as const;
    const shown = { between, originMs, times: 86_400_000 / DAY_MS };
    const offered = first ? [lineOf("requests offered", first, "offered", { role: "quiet", ...shown })] : [];
    const description = "With the forecast replicas are there before the load; without it they follow it.";
    return over(
      dailyCurve,
      description,
      [
        { title: "Load", y: { label: "per second", unit: "per-second" }, lines: offered },
        {
          title: "Replicas",
          y: { label: "serving", unit: "count" },
          lines: linesOf(runs, "shop replicas", { steps: true, ...shown }),
        },
        {
          title: "Utilisation",
          y: { label: "of what serves", unit: "share", from: 0, to: 1 },
          lines: linesOf(runs, "shop utilisation", shown),
          bound: { value: DAILY_TARGET, label: "target" },
        },
        {
          title: "p99",
          y: { label: "milliseconds, logarithmic", unit: "ms", scale: "log" },
          lines: linesOf(runs, "p99", shown),
        },
      ],
      110,
      { label: "time of day", unit: "ms", from: 43_200_000, to: 86_400_000 },
    );
  },
};

function over(
  { title, trouble }: Pick<Scenario, "title" | "trouble">,
  description: string,
  panels: readonly Panel[],
  panelHeight = 130,
  x: LineChart["x"] = { label: "time", unit: "ms" },
): string {
  const chart: LineChart = {
    title,
    description,
    x,
    panels,
    ...(trouble && { spans: [{ from: trouble.fromMs, to: trouble.toMs, label: trouble.label }] }),
  };
  return lineChart(chart, { panelHeight });
}
