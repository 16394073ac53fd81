import type { FigureUnit } from "../../figure.ts";
import type { PlanAnswer, SimulationAnswer } from "../../plan-answer.ts";
import { lineChart } from "../charts/index.ts";
import { escaped } from "../charts/svg.ts";
import { countText, msText, rateText, shareText, UNKNOWN } from "../figure-text.ts";
import { type Html, list, table } from "./markup.ts";

/** What a simulation came to, over time and in all; nothing where none was made. */
export function simulationOf({ simulation, classes }: PlanAnswer): Html {
  if (simulation === undefined) return "";
  const { seed, simulatedMs, requests, failed, notes = [] } = simulation;
  const failedShare = requests === 0 ? 0 : failed / requests;
  const summary = `${countText(requests)} requests in ${msText(simulatedMs)}, seed ${seed}; ${countText(failed)} of them failed (${shareText(failedShare)}${failuresOf(simulation)}).`;
  const rows = simulation.classes.map(({ name, requests: count, failed: lost, latencyMs }) => {
    const planned = classes.find((one) => one.name === name)?.latencyMs;
    const beside = (rank: "p50" | "p99") => [
      escaped(msText(latencyMs[rank])),
      planned === undefined ? UNKNOWN : escaped(msText(planned[rank])),
    ];
    return [
      escaped(name),
      escaped(countText(count)),
      escaped(countText(lost)),
      ...beside("p50"),
      ...beside("p99"),
    ];
  });
  const figure = (title: string) => ({ title, kind: "figure" as const });
  const columns = [
    { title: "class", kind: "text" as const },
    ...["requests", "failed", "p50 simulated", "p50 by formula", "p99 simulated", "p99 by formula"].map(
      figure,
    ),
  ];
  return `<p>${escaped(summary)}</p>${table("Simulated requests by class", columns, rows)}${chartsOf(simulation)}${list(notes)}`;
}

function failuresOf({ failedBy = {} }: SimulationAnswer): string {
  const kinds = Object.entries(failedBy).filter(([, count]) => count > 0);
  return kinds.length === 0
    ? ""
    : `: ${kinds.map(([kind, count]) => `${countText(count)} ${kind}`).join(", ")}`;
}

const UNITS: Readonly<Record<string, FigureUnit>> = { "/s": "per-second", ms: "ms", share: "share" };
/** Lines of one chart: more cannot be told apart. */
const LINES_MAX = 6;

/** One chart for each unit that series have, in the order of the series. */
function chartsOf({ series, windowMs }: SimulationAnswer): Html {
  const units = Map.groupBy(series, ({ unit }) => unit);
  const charts = [...units].flatMap(([unit, all]) => {
    const parts = Array.from({ length: Math.ceil(all.length / LINES_MAX) }, (_, at) =>
      all.slice(at * LINES_MAX, (at + 1) * LINES_MAX),
    );
    return parts.map((some) => chartOf(unit, some, windowMs));
  });
  return charts.join("");
}

function chartOf(unit: string, series: SimulationAnswer["series"], windowMs: number): Html {
  const rate = unit === "/s" ? rateText(0).replace("0", "") : unit;
  return lineChart(
    {
      title: `${series.map(({ name }) => name).join(", ")}${rate === "" ? "" : ` (${rate})`}`,
      description: `Simulated over time, one value every ${msText(windowMs)}.`,
      x: { label: "simulated time", unit: "ms", from: 0 },
      panels: [
        {
          y: { label: unit, unit: UNITS[unit] ?? "count", from: 0 },
          lines: series.map(({ name, values }) => ({
            name,
            points: values.map((value, at): [number, number | null] => [(at + 1) * windowMs, value]),
          })),
        },
      ],
    },
    { style: false },
  );
}
