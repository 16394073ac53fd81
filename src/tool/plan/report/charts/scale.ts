import { valueText } from "../figure-text.ts";
import type { Axis } from "./chart.ts";

/** An axis laid over pixels. Pure. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  /** Where a value lies, in pixels; beyond the ends, at the end. */
  place(value: number): number;
  /** Where lines of the grid lie, in rising order, with their words. */
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

/**
 * Lays an axis between two places so that it holds all values that are finite. `ticksMax`: how many lines of the grid there is room for, 2 or
 * more.
 */
export function scaleOf(
  axis: Axis,
  values: Iterable<number>,
  [first, last]: readonly [number, number],
  ticksMax: number,
): Scale {
  const isTime = axis.unit === "ms" && axis.scale !== "log";
  const { least, most, leastAbove } = extentOf(values);
  if (axis.scale === "log") return logScale(axis, leastAbove, most, [first, last], ticksMax);
  const from = axis.from ?? Math.min(0, least);
  const highest = axis.to ?? Math.max(most, from);
  const span = highest > from ? highest - from : 1;
  const step = isTime ? timeStep(span, ticksMax) : roundStep(span / ticksMax);
  const to = axis.to ?? from + Math.ceil(span / step - 1e-9) * step;
  const text = isTime ? timeText(step) : (value: number) => valueText(value, axis.unit);
  const ticks: { value: number; text: string }[] = [];
  const begin = Math.ceil(from / step - 1e-9);
  for (let at = begin; at * step <= to + step * 1e-9 && ticks.length <= 2 * ticksMax; at++) {
    const value = Number((at * step).toPrecision(12));
    ticks.push({ value, text: text(value) });
  }
  const place = (value: number) => {
    const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
    return first + share * (last - first);
  };
  return { from, to, place, ticks: axis.ticks ?? ticks };
}

function extentOf(values: Iterable<number>) {
  let least = Number.POSITIVE_INFINITY;
  let leastAbove = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > 0 && value < leastAbove) leastAbove = value;
    if (value > most) most = value;
  }
  return most >= least ? { least, most, leastAbove } : { least: 0, most: 0, leastAbove };
}

function logScale(
  axis: Axis,
  leastAbove: number,
  most: number,
  [first, last]: readonly [number, number],
  ticksMax: number,
): Scale {
  const decadeBelow = Number.isFinite(leastAbove) ? Math.floor(Math.log10(leastAbove) + 1e-9) : 0;
  const from = axis.from !== undefined && axis.from > 0 ? axis.from : 10 ** decadeBelow;
  const highest = Math.max(axis.to ?? most, from);
  const decades = Math.max(1, Math.ceil(Math.log10(highest / from) - 1e-9));
  const to = axis.to !== undefined && axis.to > from ? axis.to : from * 10 ** decades;
  const every = Math.max(1, Math.ceil(decades / ticksMax));
  // Within decades as well where there is room.
  const times = 3 * decades <= ticksMax + 1 ? [1, 2, 5] : [1];
  const ticks: { value: number; text: string }[] = [];
  for (let decade = 0; from * 10 ** decade <= to * (1 + 1e-9); decade += every) {
    for (const one of times) {
      const value = Number((one * from * 10 ** decade).toPrecision(12));
      if (value <= to * (1 + 1e-9)) ticks.push({ value, text: valueText(value, axis.unit) });
    }
  }
  const place = (value: number) => {
    const share = value > from ? Math.min(1, Math.log(value / from) / Math.log(to / from)) : 0;
    return first + share * (last - first);
  };
  return { from, to, place, ticks: axis.ticks ?? ticks };
}

/** The next of 1, 2 and 5 times a power of ten. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const times = [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return times * power;
}

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];
/** Steps of clocks, between milliseconds and days, which are counted by tens. */
const TIME_STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 20, 30].map((count) => count * SECOND),
  ...[1, 2, 3, 5, 10, 15, 20, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
];

function timeStep(spanMs: number, ticksMax: number): number {
  const least = spanMs / ticksMax;
  if (least < SECOND / 2) return roundStep(least);
  return TIME_STEPS.find((step) => step >= least * (1 - 1e-9)) ?? roundStep(least / DAY) * DAY;
}

/** Times of an axis are all told in the unit of its step. */
function timeText(stepMs: number): (ms: number) => string {
  const units: readonly (readonly [number, string])[] = [
    [DAY, "d"],
    [HOUR, "h"],
    [MINUTE, "min"],
    [SECOND, "s"],
  ];
  const [sizeMs, name] = units.find(([size]) => stepMs >= size) ?? [1, "ms"];
  return (ms) => `${Number((ms / sizeMs).toPrecision(6))}${ms === 0 ? "" : ` ${name}`}`;
}
