import {
  betweenMs,
  type ClassAnswer,
  msText,
  type PlanAnswer,
  rateText,
  shareText,
  waterfallOf,
} from "../../plan/index.ts";
import type { Style } from "../paint.ts";
import { cut, padEnd, padStart, widthOf } from "../text.ts";
import { listed } from "../words.ts";
import { offsetBar } from "./bars.ts";
import { fittingTable } from "./fitting-table.ts";
import type { Sheet } from "./sheet.ts";

const CLASSES_MAX = 20;
const WAYS_MAX = 4;
const STAYS_MAX = 24;
/** Less of a request than that, on the network, is not told. */
const BETWEEN_MIN = 0.02;
/** Of all ways together: what is beyond a screen is not read. */
const STAYS_IN_ALL_MAX = 36;

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

/** The ways of the busiest classes, each a small waterfall of the mean times at its stays; classes of one way together. */
export function wayLines(answer: PlanAnswer, sheet: Sheet): string[] {
  const withWays = answer.classes.filter(({ stays }) => stays.length > 0);
  const ways = [...Map.groupBy(withWays, ({ stays }) => JSON.stringify(stays)).values()].flatMap((alike) => {
    const [first] = alike;
    const peakPerSecond = alike.reduce((sum, one) => sum + one.peakPerSecond, 0);
    return first === undefined
      ? []
      : [{ ...first, name: listed(alike.map(({ name }) => name)), peakPerSecond }];
  });
  const shown = fewer(busiest(ways, WAYS_MAX));
  const lines = shown.flatMap((one, index) => [...(index === 0 ? [] : [""]), ...oneWay(one, answer, sheet)]);
  return [...lines, ...andMore(ways.length - shown.length, "way", "ways")];
}

/** So many that their stays can be read, and one at least. */
function fewer(classes: readonly ClassAnswer[]): readonly ClassAnswer[] {
  let left = STAYS_IN_ALL_MAX;
  return classes.filter(({ stays }, index) => {
    left -= Math.min(stays.length, STAYS_MAX);
    return index === 0 || left >= 0;
  });
}

function oneWay(one: ClassAnswer, { parts }: PlanAnswer, { columns, paint }: Sheet): string[] {
  const steps = waterfallOf(one)
    .slice(0, STAYS_MAX)
    .map(({ part, depth, visits, totalMs, from, share }) => ({
      label: `${"  ".repeat(Math.min(depth, 8))}${part}`,
      style: styleOf(parts.find(({ name }) => name === part)?.kind),
      note: visitsText(visits),
      totalMs,
      from,
      share,
    }));
  const between = betweenMs(one);
  const share = between / one.latencyMs.mean;
  if (share >= BETWEEN_MIN)
    steps.push({ label: "on the network", style: "dim", note: "", totalMs: between, from: 1 - share, share });
  const labels = steps.map(({ label }) => label);
  const times = steps.map(({ totalMs }) => msText(totalMs));
  const notes = steps.map(({ note }) => note);
  const labelColumns = Math.min(28, Math.max(0, ...labels.map(widthOf)));
  const timeColumns = Math.max(0, ...times.map(widthOf));
  const noteColumns = Math.max(0, ...notes.map(widthOf));
  const bars = Math.max(8, columns - 2 - labelColumns - timeColumns - noteColumns - 6);
  const head = `${paint("bold", one.name)}  ${paint("dim", `${msText(one.latencyMs.mean)} on average`)}`;
  const lines = steps.map(({ style, from, share }, index) => {
    const drawn = padEnd(paint(style, offsetBar(from, share, bars)), bars);
    const label = padEnd(cut(labels[index] ?? "", labelColumns), labelColumns);
    const time = padStart(times[index] ?? "", timeColumns);
    return `${label}  ${time}  ${drawn}  ${paint("dim", notes[index] ?? "")}`.trimEnd();
  });
  return [head, ...lines, ...andMore(one.stays.length - STAYS_MAX, "stay", "stays")];
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
