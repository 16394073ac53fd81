import type { ExemplarPoint } from "../../../control-api/metrics.ts";

const EXEMPLARS_MAX = 32;
/** Of those that are so close to each other the largest is kept: it is the one that someone asks about. */
const SPACING_MS = 2_000;

/**
 * A few measured values that can be followed to their traces. When there are too many, every other one is let go, so that those
 * that are kept still reach far back. Pure.
 */
export class ExemplarRing {
  #points: ExemplarPoint[] = [];

  get points(): readonly ExemplarPoint[] {
    return this.#points;
  }

  add(timeMs: number, value: number, traceId: string): void {
    const points = this.#points;
    const last = points.at(-1);
    if (last && Math.abs(timeMs - last.timeMs) < SPACING_MS) {
      if (value > last.value) points[points.length - 1] = { timeMs, value, traceId };
      return;
    }
    points.push({ timeMs, value, traceId });
    if (points.length > EXEMPLARS_MAX) {
      this.#points = points.filter((_, index) => index % 2 === 0 || index >= EXEMPLARS_MAX / 2);
      if (this.#points.length > EXEMPLARS_MAX) this.#points.shift();
    }
  }
}
