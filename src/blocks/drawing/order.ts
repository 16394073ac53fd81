import type { CellGraph } from "./cells.ts";

/** How many times the ranks are gone through, forth and back. More did not find fewer crossings in systems of 50 parts. */
const SWEEPS = 12;
/** A drawing that people have seen is put in another order only where that leaves fewer than this share of its crossings. */
const WORTH_MOVING = 0.75;

/**
 * Orders the cells of each rank so that few links cross: barycentre sweeps forth and back, each followed by swaps of neighbours, of which the
 * best result is kept (Sugiyama, Tagawa and Toda, 1981; Gansner et al., "A technique for drawing directed graphs", 1993). Pure.
 *
 * @param seeds - Where each cell would like to stand in its rank; smaller is earlier. Where nothing is to be gained it stays there.
 * @param stays - The seeds are those of a drawing that people have before them: its boxes keep their order unless much is gained.
 */
export function orderRanks(graph: CellGraph, seeds: readonly number[], stays = false): number[][] {
  const ranks: number[][] = Array.from({ length: graph.rankCount }, () => []);
  graph.cells.forEach((cell, index) => {
    ranks[cell.rank]?.push(index);
  });
  for (const rank of ranks) rank.sort((one, other) => (seeds[one] ?? 0) - (seeds[other] ?? 0) || one - other);
  const places = new Float64Array(graph.cells.length);
  for (const rank of ranks) keepPlaces(rank, places);
  swapNeighbours(graph, ranks, places, stays);
  let best = ranks.map((rank) => [...rank]);
  let fewest = crossings(graph, ranks, places) * (stays ? WORTH_MOVING : 1);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const isForth = sweep % 2 === 0;
    for (let step = 1; step < ranks.length; step++) {
      const rank = ranks[isForth ? step : ranks.length - 1 - step] ?? [];
      sortByBarycentre(graph, rank, places, isForth);
    }
    swapNeighbours(graph, ranks, places);
    const now = crossings(graph, ranks, places);
    if (now >= fewest) continue;
    fewest = now;
    best = ranks.map((rank) => [...rank]);
  }
  return best;
}

function keepPlaces(rank: readonly number[], places: Float64Array): void {
  rank.forEach((cell, place) => {
    places[cell] = place;
  });
}

function sortByBarycentre(graph: CellGraph, rank: number[], places: Float64Array, isForth: boolean): void {
  const centres = new Map<number, number>();
  for (const cell of rank) {
    const neighbours = (isForth ? graph.cells[cell]?.up : graph.cells[cell]?.down) ?? [];
    // Who has no neighbour there stays where it is.
    let sum = 0;
    for (const one of neighbours) sum += places[one] ?? 0;
    centres.set(cell, neighbours.length === 0 ? (places[cell] ?? 0) : sum / neighbours.length);
  }
  rank.sort((one, other) => (centres.get(one) ?? 0) - (centres.get(other) ?? 0));
  keepPlaces(rank, places);
}

/** Swaps cells that stand side by side wherever that leaves fewer crossings, until nothing is gained. */
function swapNeighbours(
  graph: CellGraph,
  ranks: readonly number[][],
  places: Float64Array,
  keepsBoxes = false,
): void {
  for (let round = 0; round < 8; round++) {
    let gained = false;
    for (const rank of ranks) {
      for (let at = 0; at + 1 < rank.length; at++) {
        const [one, other] = [rank[at] ?? 0, rank[at + 1] ?? 0];
        if (keepsBoxes && graph.cells[one]?.kind === "box" && graph.cells[other]?.kind === "box") continue;
        if (crossingsOf(graph, one, other, places) <= crossingsOf(graph, other, one, places)) continue;
        rank[at] = other;
        rank[at + 1] = one;
        places[other] = at;
        places[one] = at + 1;
        gained = true;
      }
    }
    if (!gained) return;
  }
}

/** How often links of two cells cross while `left` stands before `right`. */
function crossingsOf(graph: CellGraph, left: number, right: number, places: Float64Array): number {
  const [one, other] = [graph.cells[left], graph.cells[right]];
  if (!one || !other) return 0;
  return inversions(one.up, other.up, places) + inversions(one.down, other.down, places);
}

function inversions(left: readonly number[], right: readonly number[], places: Float64Array): number {
  let count = 0;
  for (const one of left) {
    for (const other of right) if ((places[one] ?? 0) > (places[other] ?? 0)) count++;
  }
  return count;
}

/** All crossings of the drawing. */
function crossings(graph: CellGraph, ranks: readonly (readonly number[])[], places: Float64Array): number {
  let count = 0;
  for (const rank of ranks) {
    // Where the links of the cells so far end, in order; each later link crosses those that end beyond it.
    const ends: number[] = [];
    for (const cell of rank) {
      const own = (graph.cells[cell]?.down ?? []).map((below) => places[below] ?? 0).sort(ascending);
      for (const end of own) count += ends.length - firstAbove(ends, end);
      for (const end of own) ends.splice(firstAbove(ends, end), 0, end);
    }
  }
  return count;
}

function ascending(one: number, other: number): number {
  return one - other;
}

/** The index of the first that is greater. */
function firstAbove(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
