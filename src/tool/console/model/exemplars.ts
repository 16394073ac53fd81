import type { ExemplarPoint } from "../../control-api/index.ts";

/** So many dots beside each other leave the lines to be seen. */
const COLUMNS = 40;

/**
 * The exemplars worth a dot on a chart: of each stretch of its time the one with the largest value, and no trace twice. Several
 * percentiles of one histogram come with the same ones. Pure.
 */
export function thinned(
  exemplars: readonly ExemplarPoint[],
  fromMs: number,
  toMs: number,
): readonly ExemplarPoint[] {
  // Stretches lie where they lie whatever the beginning is: a dot must not come and go as the time moves on.
  const stretchMs = Math.max(1, (toMs - fromMs) / COLUMNS);
  const best = new Map<number, ExemplarPoint>();
  for (const one of exemplars) {
    if (one.timeMs < fromMs || one.timeMs > toMs) continue;
    const stretch = Math.floor(one.timeMs / stretchMs);
    const other = best.get(stretch);
    if (!other || one.value > other.value) best.set(stretch, one);
  }
  const traces = new Map([...best.values()].map((one) => [one.traceId, one]));
  return [...traces.values()].sort((one, other) => one.timeMs - other.timeMs);
}
