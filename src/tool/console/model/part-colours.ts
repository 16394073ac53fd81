/** The colours in which parts are drawn in traces and logs. Pure. */

/** How many there are: `--series-1` to `--series-8`. */
export const COLOURS = 8;

/**
 * A colour for each of these parts, from 0 to 7: a part's place in the design, so that it has the same colour wherever it is drawn. Where two of
 * those that stand together would have the same, the later takes the next that is free; more than eight have to share.
 */
export function partColours(shown: readonly string[], all: readonly string[]): ReadonlyMap<string, number> {
  const colours = new Map<string, number>();
  const taken = new Set<number>();
  for (const part of shown) {
    if (colours.has(part)) continue;
    const place = all.indexOf(part);
    const own = (place < 0 ? all.length + colours.size : place) % COLOURS;
    let colour = own;
    if (taken.size < COLOURS) while (taken.has(colour)) colour = (colour + 1) % COLOURS;
    taken.add(colour);
    colours.set(part, colour);
  }
  return colours;
}
