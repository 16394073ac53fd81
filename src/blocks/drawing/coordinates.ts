import type { Cell, CellGraph } from "./cells.ts";

/** The room between two neighbours of a rank, beside their own. */
export interface Spacing {
  /** Between two boxes. */
  readonly boxes: number;
  /** Between two labels or bends, or one of those and a box. */
  readonly links: number;
}

/**
 * Says where each cell's middle lies across the ranks, so that links are straight where they can be: four alignments, each with its cells as
 * close together as the alignment lets them, of which every cell takes the mean of the two middle ones (Brandes and Köpf, "Fast and simple
 * horizontal coordinate assignment", 2002). The compaction is a longest path over blocks, which the erratum of 2020 does not touch. Pure.
 */
export function placeAcross(
  graph: CellGraph,
  ranks: readonly (readonly number[])[],
  spacing: Spacing,
): Float64Array {
  const { cells } = graph;
  const crossed = crossedSegments(cells, ranks);
  const layouts: Float64Array[] = [];
  for (const isUp of [true, false]) {
    for (const isForth of [true, false]) {
      const swept = (isUp ? ranks : [...ranks].reverse()).map((rank) =>
        isForth ? rank : [...rank].reverse(),
      );
      const roots = blockRoots(cells, swept, isUp, crossed);
      const middles = compact(cells, swept, roots, spacing);
      layouts.push(isForth ? middles : middles.map((middle) => -middle));
    }
  }
  return balanced(cells, layouts);
}

function placesOf(ranks: readonly (readonly number[])[], count: number): Int32Array {
  const places = new Int32Array(count);
  for (const rank of ranks) {
    rank.forEach((cell, place) => {
      places[cell] = place;
    });
  }
  return places;
}

/** Segments at a box that cross one between two bends or labels: the long link is the one to be kept straight. */
function crossedSegments(cells: readonly Cell[], ranks: readonly (readonly number[])[]): Set<number> {
  const crossed = new Set<number>();
  const places = placesOf(ranks, cells.length);
  for (const rank of ranks) {
    const inner: [number, number][] = [];
    const outer: [number, number][] = [];
    for (const above of rank) {
      for (const below of cells[above]?.down ?? []) {
        const isInner = cells[above]?.kind !== "box" && cells[below]?.kind !== "box";
        (isInner ? inner : outer).push([above, below]);
      }
    }
    for (const [above, below] of outer) {
      const isCrossed = inner.some(([top, bottom]) => {
        const atTop = (places[above] ?? 0) - (places[top] ?? 0);
        const atBottom = (places[below] ?? 0) - (places[bottom] ?? 0);
        return atTop * atBottom < 0;
      });
      if (isCrossed) crossed.add(above * cells.length + below);
    }
  }
  return crossed;
}

/** Aligns each cell with a median neighbour of the rank before it in the sweep; cells of one block share a root. */
function blockRoots(
  cells: readonly Cell[],
  swept: readonly (readonly number[])[],
  isUp: boolean,
  crossed: ReadonlySet<number>,
): Int32Array {
  const places = placesOf(swept, cells.length);
  const roots = Int32Array.from(cells, (_, index) => index);
  const hasNext = new Uint8Array(cells.length);
  for (const rank of swept) {
    let reached = -1;
    for (const cell of rank) {
      const side = (isUp ? cells[cell]?.up : cells[cell]?.down) ?? [];
      if (side.length === 0) continue;
      const neighbours = [...side].sort((one, other) => (places[one] ?? 0) - (places[other] ?? 0));
      const middle = (neighbours.length - 1) / 2;
      for (let at = Math.floor(middle); at <= Math.ceil(middle); at++) {
        const other = neighbours[at] ?? 0;
        const segment = isUp ? other * cells.length + cell : cell * cells.length + other;
        const place = places[other] ?? 0;
        if (crossed.has(segment) || place <= reached || hasNext[other] === 1) continue;
        roots[cell] = roots[other] ?? other;
        hasNext[other] = 1;
        reached = place;
        break;
      }
    }
  }
  return roots;
}

/** The least coordinates that keep the order and the distances, then each block as near to what follows it as it can be. */
function compact(
  cells: readonly Cell[],
  swept: readonly (readonly number[])[],
  roots: Int32Array,
  spacing: Spacing,
): Float64Array {
  const after = new Map<number, { readonly to: number; readonly distance: number }[]>();
  const missing = new Int32Array(cells.length);
  for (const rank of swept) {
    for (let at = 0; at + 1 < rank.length; at++) {
      const [one, other] = [rank[at] ?? 0, rank[at + 1] ?? 0];
      const [from, to] = [roots[one] ?? one, roots[other] ?? other];
      const list = after.get(from) ?? [];
      list.push({ to, distance: distanceBetween(cells[one], cells[other], spacing) });
      after.set(from, list);
      missing[to] = (missing[to] ?? 0) + 1;
    }
  }
  const order = cells.map((_, index) => index).filter((cell) => roots[cell] === cell && missing[cell] === 0);
  const middles = new Float64Array(cells.length);
  for (let at = 0; at < order.length; at++) {
    const from = order[at] ?? 0;
    for (const { to, distance } of after.get(from) ?? []) {
      middles[to] = Math.max(middles[to] ?? 0, (middles[from] ?? 0) + distance);
      missing[to] = (missing[to] ?? 0) - 1;
      if (missing[to] === 0) order.push(to);
    }
  }
  for (let at = order.length - 1; at >= 0; at--) {
    const from = order[at] ?? 0;
    let most = Number.POSITIVE_INFINITY;
    for (const { to, distance } of after.get(from) ?? [])
      most = Math.min(most, (middles[to] ?? 0) - distance);
    if (most !== Number.POSITIVE_INFINITY) middles[from] = Math.max(middles[from] ?? 0, most);
  }
  return middles.map((_, cell) => middles[roots[cell] ?? cell] ?? 0);
}

function distanceBetween(one: Cell | undefined, other: Cell | undefined, spacing: Spacing): number {
  const gap = one?.kind === "box" && other?.kind === "box" ? spacing.boxes : spacing.links;
  return ((one?.breadth ?? 0) + (other?.breadth ?? 0)) / 2 + gap;
}

/** Lays the four upon the narrowest and takes the mean of the two middle ones for each cell; their order and distances hold in it too. */
function balanced(cells: readonly Cell[], layouts: readonly Float64Array[]): Float64Array {
  const reaches = layouts.map((middles) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    cells.forEach((cell, index) => {
      low = Math.min(low, (middles[index] ?? 0) - cell.breadth / 2);
      high = Math.max(high, (middles[index] ?? 0) + cell.breadth / 2);
    });
    return { low, high };
  });
  const narrowest = reaches.reduce((one, other) =>
    other.high - other.low < one.high - one.low ? other : one,
  );
  const shifts = reaches.map(({ low, high }, index) =>
    // Those that were packed from the one side lie against that side.
    index % 2 === 0 ? narrowest.low - low : narrowest.high - high,
  );
  const result = new Float64Array(cells.length);
  let least = Number.POSITIVE_INFINITY;
  cells.forEach((cell, index) => {
    const four = layouts.map((middles, which) => (middles[index] ?? 0) + (shifts[which] ?? 0));
    four.sort((one, other) => one - other);
    result[index] = ((four[1] ?? 0) + (four[2] ?? 0)) / 2;
    least = Math.min(least, (result[index] ?? 0) - cell.breadth / 2);
  });
  return result.map((middle) => middle - least);
}
