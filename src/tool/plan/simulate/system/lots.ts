import type { Random } from "../../../../blocks/time/random.ts";

/** Draws a place, each in proportion to its weight, of which one is above 0. Pure. */
export function drawn(weights: readonly number[], random: Random): number {
  let total = 0;
  for (const weight of weights) total += weight;
  let lot = random() * total;
  for (let at = 0; at < weights.length; at++) {
    lot -= weights[at] ?? 0;
    if (lot < 0) return at;
  }
  return weights.length - 1;
}
