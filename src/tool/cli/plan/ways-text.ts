import type { ClassAnswer, PlanAnswer } from "../../plan/plan-answer.ts";
import { msText, rateText, shareText } from "../../plan/report/figure-text.ts";
import { waterfallOf } from "../../plan/report/waterfall.ts";
import type { Style } from "../paint.ts";
import { cut, padEnd, padStart, widthOf } from "../text.ts";
import { offsetBar } from "./bars.ts";
import { fittingTable } from "./fitting-table.ts";
import type { Sheet } from "./sheet.ts";

const CLASSES_MAX = 20;
const WAYS_MAX = 4;
const STAYS_MAX = 24;

/** The classes of requests with how long they take, as a table. */
export function classLines(classes: readonly ClassAnswer[], { columns }: Sheet): string[] {
  const shown = busiest(classes, CLASSES_MAX);
  const rows = shown.map(({ name, peakPerSecond, latencyMs, availability }) => [
    name,
    rateText(peakPerSecond),
    ...[latencyMs.mean, latencyMs.p50, latencyMs.p95, latencyMs.p99].map(msText),
    shareText(availability),
  ]);
  const lines = fittingTable(
    [
      { title: "REQUESTS", least: 12 },
      { title: "PEAK", align: "right" },
      { title: "MEAN", align: "right" },
      { title: "P50", align: "right" },
      { title: "P95", align: "right", drop: 1 },
      { title: "P99", align: "right" },
      { title: "ANSWERED", align: "right" },
    ],
    rows,
    columns - 2,
  );
  return [...lines, ...andMore(classes.length - shown.length, "class", "classes")];
}

/** The ways of the busiest classes, each a small waterfall of the mean times at its stays. */
export function wayLines(answer: PlanAnswer, sheet: Sheet): string[] {
  const withWays = answer.classes.filter(({ stays }) => stays.length > 0);
  const shown = busiest(withWays, WAYS_MAX);
  const lines = shown.flatMap((one, index) => [...(index === 0 ? [] : [""]), ...oneWay(one, answer, sheet)]);
  return [...lines, ...andMore(withWays.length - shown.length, "class", "classes")];
}

function oneWay(one: ClassAnswer, { parts }: PlanAnswer, { columns, paint }: Sheet): string[] {
  const steps = waterfallOf(one).slice(0, STAYS_MAX);
  const labels = steps.map(({ part, depth }) => `${"  ".repeat(Math.min(depth, 8))}${part}`);
  const times = steps.map(({ totalMs }) => msText(totalMs));
  const notes = steps.map(({ visits }) => visitsText(visits));
  const labelColumns = Math.min(28, Math.max(0, ...labels.map(widthOf)));
  const timeColumns = Math.max(0, ...times.map(widthOf));
  const noteColumns = Math.max(0, ...notes.map(widthOf));
  const bars = Math.max(8, columns - 2 - labelColumns - timeColumns - noteColumns - 6);
  const kinds = new Map(parts.map(({ name, kind }) => [name, kind]));
  const head = `${paint("bold", one.name)}  ${paint("dim", `${msText(one.latencyMs.mean)} on average`)}`;
  const lines = steps.map(({ part, from, share }, index) => {
    const drawn = padEnd(paint(styleOf(kinds.get(part)), offsetBar(from, share, bars)), bars);
    const label = padEnd(cut(labels[index] ?? "", labelColumns), labelColumns);
    const time = padStart(times[index] ?? "", timeColumns);
    return `${label}  ${time}  ${drawn}  ${paint("dim", notes[index] ?? "")}`.trimEnd();
  });
  return [head, ...lines, ...andMore(one.stays.length - steps.length, "stay", "stays")];
}

/** How often a request comes there, where it is not once. */
function visitsText(visits: number): string {
  if (Math.abs(visits - 1) < 0.005) return "";
  return visits < 1 ? `in ${shareText(visits)}` : `${Number(visits.toPrecision(2))} times`;
}

function busiest(classes: readonly ClassAnswer[], most: number): readonly ClassAnswer[] {
  if (classes.length <= most) return classes;
  const byRate = [...classes].sort((one, other) => other.peakPerSecond - one.peakPerSecond).slice(0, most);
  return classes.filter((one) => byRate.includes(one));
}

export function andMore(left: number, one: string, several: string): string[] {
  return left > 0 ? [`and ${left} more ${left === 1 ? one : several}: --json tells all`] : [];
}

function styleOf(kind: string | undefined): Style {
  switch (kind) {
    case "edge":
      return "blue";
    case "service":
      return "cyan";
    case "cache":
      return "magenta";
    default:
      return "yellow";
  }
}
