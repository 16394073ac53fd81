/**
 * The word that was probably meant: the one that takes the fewest letters changed, added, left out or swapped with their
 * neighbour (optimal string alignment), if that is at most a third of them. Case does not count.
 */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(typed.length / 3));
  let best: { word: string; steps: number } | undefined;
  for (const word of words) {
    if (Math.abs(word.length - typed.length) > most) continue;
    const steps = stepsBetween(typed.toLowerCase(), word.toLowerCase());
    if (steps <= most && (!best || steps < best.steps)) best = { word, steps };
  }
  return best?.word;
}

/** A row of the table for each letter of `from`; three rows are enough for swaps. */
function stepsBetween(from: string, to: string): number {
  let twoBack: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const changed = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const added = (current[column - 1] ?? 0) + 1;
      const left = (previous[column] ?? 0) + 1;
      const swaps = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = row > 1 && column > 1 && swaps ? (twoBack[column - 2] ?? 0) + 1 : changed;
      current.push(Math.min(changed, added, left, swapped));
    }
    twoBack = previous;
    previous = current;
  }
  return previous[to.length] ?? 0;
}
