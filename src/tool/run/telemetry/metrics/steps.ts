/** The steps of a chart: `count` of `stepMs` each from `fromMs`. */
export interface Steps {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly count: number;
}

const POINTS_DEFAULT = 300;
export const POINTS_MAX = 2_000;
const SECOND = 1_000;
/** Lengths that people read with ease, in seconds. */
const ROUND_SECONDS = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400,
];

/**
 * Cuts a stretch into at most `points` steps of a round length that begin at multiples of it, so that a chart which moves on with time
 * shows the same steps again. The finest is a second. Pure.
 */
export function stepsOf(fromMs: number, toMs: number, points = POINTS_DEFAULT): Steps {
  const rangeMs = Math.max(1, toMs - fromMs);
  for (const seconds of ROUND_SECONDS) {
    const steps = aligned(fromMs, toMs, seconds * SECOND);
    if (steps.count <= points) return steps;
  }
  // Very long, or very few points: then steps of just the length that is needed.
  const count = Math.max(1, Math.min(points, POINTS_MAX));
  return { fromMs, stepMs: Math.max(SECOND, Math.ceil(rangeMs / count)), count };
}

function aligned(fromMs: number, toMs: number, stepMs: number): Steps {
  const first = Math.floor(fromMs / stepMs);
  const end = Math.ceil(toMs / stepMs);
  return { fromMs: first * stepMs, stepMs, count: Math.max(1, end - first) };
}

/** The step in which a moment lies; outside of all when it is below 0 or not below `count`. */
export function stepAt({ fromMs, stepMs }: Steps, momentMs: number): number {
  return Math.floor((momentMs - fromMs) / stepMs);
}
