import {
  countText,
  msText,
  type PlanAnswer,
  rateText,
  type SimulationAnswer,
  shareText,
} from "../../plan/index.ts";
import { padEnd, padStart, widthOf } from "../text.ts";
import { sparkline } from "./bars.ts";
import { fittingTable } from "./fitting-table.ts";
import { busyText } from "./parts-text.ts";
import { type Sheet, wrapped } from "./sheet.ts";

const SERIES_MAX = 16;

/** What a simulation came to: its length and seed, classes and parts beside the estimates, and how it went over time. */
export function simulationLines(answer: PlanAnswer, sheet: Sheet): string[] {
  const { simulation } = answer;
  if (simulation === undefined) return [];
  const blocks = [
    headLines(simulation, sheet),
    simulatedClasses(simulation, answer, sheet),
    simulatedParts(simulation, sheet),
    seriesLines(simulation, sheet),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

function headLines(simulation: SimulationAnswer, { paint, columns }: Sheet): string[] {
  const { seed, simulatedMs, requests, failed, failedBy = {}, events, notes = [] } = simulation;
  const share = requests > 0 ? ` (${shareText(failed / requests)})` : "";
  return [
    `${countText(requests)} requests in ${msText(simulatedMs)}, of which ${countText(failed)} failed${failed > 0 ? share : ""}`,
    ...reasonsOf(failedBy).flatMap((text) => wrapped(text, columns - 2)),
    paint("dim", `seed ${seed}, ${countText(events)} events; the same seed gives the same figures`),
    ...notes
      .flatMap((note) => wrapped(`Simulated otherwise: ${note}`, columns - 2))
      .map((line) => paint("dim", line)),
  ];
}

const REASONS: Readonly<Record<string, string>> = {
  refused: "refused, as nobody took them or a queue was full",
  "timed-out": "not answered in time",
  shed: "turned away under load",
  lost: "lost with a replica",
  spared: "not tried, as a circuit was open",
};

/** Why requests failed, the most frequent first. */
function reasonsOf(failedBy: Readonly<Record<string, number>>): string[] {
  const reasons = Object.entries(failedBy)
    .filter(([, count]) => count > 0)
    .toSorted(([, one], [, other]) => other - one)
    .map(([kind, count]) => `${countText(count)} ${REASONS[kind] ?? kind}`);
  return reasons.length === 0 ? [] : [`Failed: ${reasons.join("; ")}.`];
}

function simulatedClasses(
  { classes }: SimulationAnswer,
  answer: PlanAnswer,
  { columns, paint }: Sheet,
): string[] {
  const estimates = new Map(answer.classes.map((one) => [one.name, one.latencyMs]));
  const rows = classes.map(({ name, requests, failed, latencyMs }) => [
    name,
    countText(requests),
    failed === 0 ? "0" : paint("red", countText(failed)),
    msText(latencyMs.mean),
    msText(latencyMs.p50),
    msText(latencyMs.p99),
    paint("dim", estimates.has(name) ? msText(estimates.get(name)?.p99 ?? 0) : ""),
  ]);
  return fittingTable(
    [
      { title: "REQUESTS", least: 12 },
      { title: "COUNT", align: "right" },
      { title: "FAILED", align: "right" },
      { title: "MEAN", align: "right" },
      { title: "P50", align: "right" },
      { title: "P99", align: "right" },
      { title: "P99 BY ESTIMATE", align: "right", drop: 1 },
    ],
    rows,
    columns - 2,
  );
}

function simulatedParts({ parts }: SimulationAnswer, { columns, paint }: Sheet): string[] {
  const rows = parts.map(({ name, utilisation, meanWaitMs, hitRatio, refused }) => [
    name,
    busyText(utilisation, paint),
    msText(meanWaitMs),
    hitRatio === undefined ? "" : shareText(hitRatio),
    refused === 0 ? "" : paint("red", countText(refused)),
  ]);
  return fittingTable(
    [
      { title: "PART", least: 10 },
      { title: "BUSY" },
      { title: "WAIT", align: "right" },
      { title: "HITS", align: "right" },
      { title: "REFUSED", align: "right" },
    ],
    rows,
    columns - 2,
  );
}

/** How it went, a line a series: its curve and its highest. A series in which nothing ever happened is left out. */
function seriesLines({ series, windowMs }: SimulationAnswer, { columns, paint }: Sheet): string[] {
  const eventful = series.flatMap(({ name, unit, values }) => {
    const known = values.filter((value) => value !== null);
    const most = Math.max(0, ...known);
    // What parts do is told where it changes, and a queue where it is one.
    const isStill = /\s/.test(name) && (most === Math.min(...known) || (/waiting$/.test(name) && most < 1));
    return most > 0 && !isStill ? [{ name, unit, values, most }] : [];
  });
  const shown = eventful.slice(0, SERIES_MAX);
  if (shown.length === 0) return [];
  const highs = shown.map(({ most, unit }) => `to ${seriesText(most, unit)}`);
  const names = Math.min(24, Math.max(...shown.map(({ name }) => widthOf(name))));
  const highColumns = Math.max(...highs.map(widthOf));
  const width = Math.max(10, Math.min(60, columns - 2 - names - highColumns - 4));
  const left = eventful.length - shown.length;
  return [
    paint("dim", `over time, a value every ${msText(windowMs)}`),
    ...shown.map(({ name, values }, index) => {
      const curve = padEnd(paint("cyan", sparkline(values, width)), Math.min(width, values.length));
      return `${padEnd(name.slice(0, names), names)}  ${curve}  ${paint("dim", padStart(highs[index] ?? "", highColumns))}`;
    }),
    ...(left > 0 ? [paint("dim", `and ${left} more: --json tells all`)] : []),
  ];
}

function seriesText(value: number, unit: string): string {
  switch (unit) {
    case "ms":
      return msText(value);
    case "share":
      return shareText(Number(value.toPrecision(3)));
    case "per-second":
    case "/s":
      return rateText(value);
    default:
      return countText(value);
  }
}
