import type { FigureUnit } from "../../figure.ts";
import type { SimulationAnswer } from "../../plan-answer.ts";
import type { Axis, Line, Panel } from "../charts/index.ts";
import { valueText } from "../figure-text.ts";
import type { Html } from "./markup.ts";
import { pageChart } from "./page-chart.ts";

type Series = SimulationAnswer["series"][number];

/** Lines of one chart: more cannot be told apart. */
const LINES_MAX = 6;
/** Fewer that wait, on average of a window, are not drawn. */
const WAITING_MIN = 1;
/** What lies farther apart than that is drawn on a logarithmic axis. */
const LINEAR_MAX = 30;

/** What is told of each part over time, by the ends of the series' names. */
const OF_PARTS: readonly PartPanel[] = [
  { end: "utilisation", title: "Busy", y: { label: "share of the places", unit: "share", from: 0 } },
  {
    end: "waiting",
    title: "Waiting",
    y: { label: "requests, on average", unit: "count", from: 0 },
    isTold: ({ values }) => values.some((value) => value !== null && value >= WAITING_MIN),
  },
  {
    end: "replicas",
    title: "Replicas",
    y: { label: "that are up", unit: "count", from: 0 },
    isTold: ({ values }) => new Set(values).size > 1,
    isSteps: true,
  },
  { end: "hits", title: "Hits", y: { label: "share of what is asked for", unit: "share", from: 0 } },
];

interface PartPanel {
  readonly end: string;
  readonly title: string;
  readonly y: Axis;
  /** Default all. */
  readonly isTold?: (series: Series) => boolean;
  readonly isSteps?: boolean;
}

/**
 * How a simulation went over time: requests and failures, latency, and the parts with what changes about them. What the simulator
 * names otherwise is drawn by its units, so that nothing is left out for its name. Pure.
 */
export function seriesCharts(simulation: SimulationAnswer): Html {
  const left = new Map(simulation.series.map((one) => [one.name, one]));
  const take = (name: string): readonly Series[] => {
    const one = left.get(name);
    left.delete(name);
    return one === undefined ? [] : [one];
  };
  const partNames = [...simulation.parts.map(({ name }) => name), "processors"];
  // Calls are told by how busy a part is, and by its row.
  for (const name of partNames) take(`${name} calls`);
  const parts = OF_PARTS.map((panel) => ({
    ...panel,
    series: partNames.flatMap((part) => take(`${part} ${panel.end}`).map((one) => ({ ...one, part }))),
  }));
  const offered = take("offered");
  const latency = [...take("p50"), ...take("p99")];
  const byUnit = Map.groupBy(left.values(), ({ unit }) => unit);
  const rates = [...(byUnit.get("per-second") ?? [])];
  byUnit.delete("per-second");
  return [
    trafficChart(offered, rates, simulation),
    latencyChart(latency, simulation),
    partsChart(parts, simulation),
    ...[...byUnit].map(([unit, all]) => plainChart(unit, all, simulation)),
  ].join("");
}

/** What came and what was answered; a kind of failure where there was one. */
function trafficChart(offered: readonly Series[], rates: readonly Series[], all: SimulationAnswer): Html {
  const told = rates.filter(
    ({ name, values }) => name === "answered" || values.some((value) => value !== null && value !== 0),
  );
  const lines = [
    ...offered.map((one): Line => ({ ...lineOf(one, all), role: "quiet" })),
    ...told.slice(0, LINES_MAX).map((one) => lineOf(one, all)),
  ];
  return drawn("Requests over time", all, [
    { y: { label: "requests per second", unit: "per-second", from: 0 }, lines },
  ]);
}

function latencyChart(series: readonly Series[], all: SimulationAnswer): Html {
  const known = series
    .flatMap(({ values }) => values)
    .filter((value): value is number => value !== null && value > 0 && Number.isFinite(value));
  const least = known.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
  const isLog = maximumOf(known) > LINEAR_MAX * least;
  const y: Axis = {
    label: "of requests that were answered",
    unit: "ms",
    ...(isLog ? { scale: "log" } : { from: 0 }),
  };
  return drawn("Latency over time", all, [{ y, lines: series.map((one) => lineOf(one, all)) }]);
}

/** The busiest parts, in panels one below the other; a part has one colour in all of them. */
function partsChart(
  panels: readonly (PartPanel & { readonly series: readonly (Series & { readonly part: string })[] })[],
  all: SimulationAnswer,
): Html {
  const told = panels.map((one) => ({ ...one, series: one.series.filter(one.isTold ?? (() => true)) }));
  // What waits or comes and goes is of more interest than what is only busy.
  const interest = (part: string) =>
    told.reduce((sum, { end, series }) => {
      const one = series.find((some) => some.part === part);
      if (one === undefined || end === "hits") return sum;
      return sum + (end === "utilisation" ? Math.min(1, maximumOf(one.values)) : 1);
    }, 0);
  const names = [...new Set(told.flatMap(({ series }) => series.map(({ part }) => part)))];
  const chosen = new Set(
    names
      .map((part) => ({ part, interest: interest(part) }))
      .toSorted((one, other) => other.interest - one.interest)
      .slice(0, LINES_MAX)
      .map(({ part }) => part),
  );
  const title =
    names.length > chosen.size
      ? `The ${chosen.size} busiest of ${names.length} parts over time`
      : "Parts over time";
  return drawn(
    title,
    all,
    told.map(({ title: panelTitle, y, series, isSteps = false }) => ({
      title: panelTitle,
      y,
      lines: series
        .filter(({ part }) => chosen.has(part))
        .map((one) => ({ ...lineOf(one, all), name: one.part, steps: isSteps })),
    })),
  );
}

const UNITS: Readonly<Record<string, FigureUnit>> = {
  "/s": "per-second",
  "per-second": "per-second",
  ms: "ms",
  share: "share",
};

function plainChart(unit: string, series: readonly Series[], all: SimulationAnswer): Html {
  return drawn("Besides, over time", all, [
    {
      y: { label: unit, unit: UNITS[unit] ?? "count", from: 0 },
      lines: series.slice(0, LINES_MAX).map((one) => lineOf(one, all)),
    },
  ]);
}

function drawn(title: string, { windowMs }: SimulationAnswer, panels: readonly Panel[]): Html {
  return pageChart({
    title,
    description: `Simulated, one value every ${valueText(windowMs, "ms")}.`,
    x: { label: "simulated time", unit: "ms", from: 0 },
    panels,
  });
}

function lineOf({ name, values }: Series, { windowMs }: SimulationAnswer): Line {
  return { name, points: values.map((value, at) => [(at + 1) * windowMs, value]) };
}

function maximumOf(values: readonly (number | null)[]): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value !== null && value > most) most = value;
  return most;
}
