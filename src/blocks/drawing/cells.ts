import type { IndexedLink, Layers } from "./layers.ts";

/** Something that takes room in a rank: a part's box, a link's label, or the place where a long link passes. Pure. */
export interface Cell {
  readonly kind: "box" | "label" | "bend";
  readonly rank: number;
  /** How much room it takes across the ranks. */
  readonly breadth: number;
  /** Cells of the rank before that it is joined to, by index. */
  readonly up: number[];
  /** Cells of the rank after. */
  readonly down: number[];
}

/** The drawing as ranks of cells: boxes stand in even ranks, labels in odd ones, so that no label ever meets a box or another label. */
export interface CellGraph {
  /** The first ones are the parts' boxes, in the order of the parts. */
  readonly cells: readonly Cell[];
  readonly rankCount: number;
  /** Of each link the cells between its ends, from the earlier rank to the later. */
  readonly chains: readonly (readonly number[])[];
}

/**
 * Gives each link a cell in every rank that it passes, one of them for its label: in the odd rank on its way that has the fewest
 * labels so far, the earlier of equals.
 */
export function makeCells(
  layers: Layers,
  links: readonly IndexedLink[],
  breadthOf: (part: number) => number,
  labelBreadth: number,
): CellGraph {
  const cells: Cell[] = layers.layerOf.map((layer, part) => cellOf("box", layer * 2, breadthOf(part)));
  const rankCount = Math.max(0, ...cells.map((cell) => cell.rank + 1));
  const labels = new Uint32Array(rankCount);
  const spans = links.map((link, index) => {
    const [first, last] = layers.reversed[index] ? [link.to, link.from] : [link.from, link.to];
    return { first, last, fromRank: cells[first]?.rank ?? 0, toRank: cells[last]?.rank ?? 0 };
  });
  const labelRanks = new Array<number>(links.length).fill(0);
  // Links that have no choice come first.
  const byLength = spans
    .map((_, index) => index)
    .sort((one, other) => lengthOf(one) - lengthOf(other) || one - other);
  function lengthOf(index: number): number {
    return (spans[index]?.toRank ?? 0) - (spans[index]?.fromRank ?? 0);
  }
  for (const index of byLength) {
    const span = spans[index];
    if (!span) continue;
    let best = span.fromRank + 1;
    for (let rank = best + 2; rank < span.toRank; rank += 2) {
      if ((labels[rank] ?? 0) < (labels[best] ?? 0)) best = rank;
    }
    labels[best] = (labels[best] ?? 0) + 1;
    labelRanks[index] = best;
  }
  const chains = spans.map((span, index) => {
    const chain: number[] = [];
    let before = span.first;
    for (let rank = span.fromRank + 1; rank < span.toRank; rank++) {
      const isLabel = rank === labelRanks[index];
      const cell = cells.push(cellOf(isLabel ? "label" : "bend", rank, isLabel ? labelBreadth : 0)) - 1;
      join(cells, before, cell);
      chain.push(cell);
      before = cell;
    }
    join(cells, before, span.last);
    return chain;
  });
  return { cells, rankCount, chains };
}

function cellOf(kind: Cell["kind"], rank: number, breadth: number): Cell {
  return { kind, rank, breadth, up: [], down: [] };
}

function join(cells: readonly Cell[], above: number, below: number): void {
  cells[above]?.down.push(below);
  cells[below]?.up.push(above);
}
