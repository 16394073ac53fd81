import type { HeatmapAnswer } from "../../control-api/index.ts";

/** What of a histogram over time is worth drawing. Pure. */
export interface HeatRows {
  /** The lowest and the highest row that hold anything, with one empty row around them where there is one. */
  readonly from: number;
  readonly to: number;
  /** The largest count of a cell. */
  readonly most: number;
}

/** The rows that hold anything; undefined when none does. */
export function heatRows({ bounds, counts }: Pick<HeatmapAnswer, "bounds" | "counts">): HeatRows | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = -1;
  let most = 0;
  for (const step of counts) {
    step.forEach((count, row) => {
      if (count <= 0) return;
      from = Math.min(from, row);
      to = Math.max(to, row);
      most = Math.max(most, count);
    });
  }
  if (to < 0) return undefined;
  return { from: Math.max(0, from - 1), to: Math.min(bounds.length, to + 1), most };
}

/**
 * A cell's colour as a step of a ramp: 0 of an empty one, then 1 to `steps - 1`. By the cube root, so that one slow request among a
 * thousand quick ones is seen, and the many still differ.
 */
export function heatStep(count: number, most: number, steps: number): number {
  if (count <= 0 || most <= 0) return 0;
  const share = Math.cbrt(count / most);
  return Math.min(steps - 1, Math.max(1, Math.round(share * (steps - 1))));
}

/** The row that a value lies in; a value on a bound lies below it. */
export function heatRowOf(value: number, bounds: readonly number[]): number {
  const row = bounds.findIndex((bound) => value <= bound);
  return row < 0 ? bounds.length : row;
}

/** The two ends of a row: from the bound below it (0 of the first) to its own, or without an end. */
export function heatRowEnds(
  row: number,
  bounds: readonly number[],
): { readonly from: number; readonly to: number } {
  return { from: row === 0 ? 0 : (bounds[row - 1] ?? 0), to: bounds[row] ?? Number.POSITIVE_INFINITY };
}
