import type { JobDone } from "./worker.ts";

/** A moment that is only known to lie between two. */
export type Between = readonly [fromMs: number, toMs: number];

/** All admissions of some processes. */
export function admissionsOf(results: readonly JobDone[]): Between[] {
  return results.flatMap(({ admitted }) => admitted);
}

/**
 * The most moments that surely lie in one window of that length, wherever it begins. A window is closed to the right, as the
 * harder of both.
 */
export function mostWithin(moments: readonly Between[], windowMs: number): number {
  let most = 0;
  for (const [beginMs] of moments) {
    let count = 0;
    for (const [fromMs, toMs] of moments) if (fromMs >= beginMs && toMs < beginMs + windowMs) count++;
    most = Math.max(most, count);
  }
  return most;
}

/** By how many units the law of a bucket is broken at worst: `burst + length · limit / windowMs` in any window. 0: it is kept. */
export function excessOver(
  moments: readonly Between[],
  law: { burst: number; limit: number; windowMs: number },
): number {
  let excess = 0;
  for (const [beginMs] of moments) {
    const inside = moments.filter(([fromMs]) => fromMs >= beginMs).map(([, toMs]) => toMs);
    inside.sort((one, other) => one - other);
    for (const [index, endMs] of inside.entries()) {
      const allowed = law.burst + ((endMs - beginMs) * law.limit) / law.windowMs;
      excess = Math.max(excess, index + 1 - allowed);
    }
  }
  return excess;
}

/** The most of some stretches of time that surely overlap. */
export function mostAtOnce(stretches: readonly Between[]): number {
  const changes = stretches.flatMap(([fromMs, toMs]) => [
    { atMs: fromMs, by: 1 },
    { atMs: toMs, by: -1 },
  ]);
  changes.sort((one, other) => one.atMs - other.atMs || one.by - other.by);
  let now = 0;
  return changes.reduce((most, { by }) => {
    now += by;
    return Math.max(most, now);
  }, 0);
}
