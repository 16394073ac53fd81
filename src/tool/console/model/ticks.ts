/** What stands at the ticks of axes. Pure. */
import { type Format, formatted, momentText, timeText } from "./format.ts";

/** A moment under an axis whose ticks are so far apart: seconds only where they differ, the day where it begins. */
export function timeTickText(timeMs: number, stepMs: number): string {
  const text = timeText(timeMs);
  if (stepMs < 60_000) return text;
  if (stepMs >= 86_400_000 || text === "00:00:00") return momentText(timeMs).slice(5, 10);
  return text.slice(0, 5);
}

/** What stands beside an axis of values: short, since there is little room, and no two ticks say the same, however small they are. */
export function axisTexts(values: readonly number[], format: Format): string[] {
  return values.map((value) => {
    if (value === 0) return "0";
    return format === "cores" ? String(Number(value.toPrecision(3))) : formatted(value, format);
  });
}

/** Indices of at most `countMax` of so many rows, evenly apart, the last among them. */
export function evenTicks(rows: number, countMax: number): number[] {
  if (rows <= 0 || countMax <= 0) return [];
  const step = Math.max(1, Math.ceil(rows / countMax));
  const ticks: number[] = [];
  for (let row = rows - 1; row >= 0; row -= step) ticks.unshift(row);
  return ticks;
}

/** The index of the moment that is nearest, of moments evenly apart; -1 where there is none. */
export function nearestStep(times: readonly number[], timeMs: number): number {
  const [first = 0, second = first] = times;
  const stepMs = second - first || 1;
  return Math.min(times.length - 1, Math.max(0, Math.round((timeMs - first) / stepMs)));
}
