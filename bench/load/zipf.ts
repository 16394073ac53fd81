import type { Random } from "../../src/blocks/time/index.ts";

/**
 * Draws ranks in [0, count) so that rank r comes up in proportion to 1 / (r + 1)^s: a few links get most of the clicks, as
 * it is with people. `s` is 1 unless given.
 */
export function zipf(count: number, random: Random, s = 1): () => number {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`count is ${count}; it has to be 1 or more`);
  const upTo = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    sum += (rank + 1) ** -s;
    upTo[rank] = sum;
  }
  return () => {
    const target = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((upTo[middle] ?? 0) > target) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
