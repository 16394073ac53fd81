import { type CellGraph, makeCells } from "./cells.ts";
import { placeAcross } from "./coordinates.ts";
import { assignLayers, type IndexedLink, type Wish } from "./layers.ts";
import { type Point, smoothPath } from "./link-path.ts";
import { orderRanks } from "./order.ts";

/** A part to be drawn. */
export interface PartToPlace {
  readonly name: string;
  /** Of its box, in pixels. */
  readonly width: number;
  readonly height: number;
  /** `first` at the very beginning, as clients; `last` at the very end, as stores. */
  readonly wish?: Wish;
}

/** Two parts of which the one uses the other, by their names. */
export interface LinkToPlace {
  readonly from: string;
  readonly to: string;
}

export interface MapLayoutOptions {
  /** Layers follow each other from left to right, or from top to bottom, as narrow screens want it. Default `right`. */
  readonly direction?: "right" | "down";
  /** The room for a link's label, in pixels. */
  readonly label: { readonly width: number; readonly height: number };
  /** An earlier drawing: what was there keeps its order where no crossing is saved by another. */
  readonly before?: MapLayout;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly layer: number;
  /** Which of its layer's it is, from 0. */
  readonly place: number;
}

export interface LinkDrawing extends LinkToPlace {
  /** The line as the `d` of an SVG path, from the one box's edge to the other's. */
  readonly path: string;
  /** The places that the line passes. */
  readonly points: readonly Point[];
  /** The middle of its label. */
  readonly label: Point;
}

export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Box>;
  /** One for each link between two different parts of the drawing; a link given twice is drawn once. */
  readonly links: readonly LinkDrawing[];
}

const BOX_GAP = 22;
const LINK_GAP = 9;
/** Between two ranks at least; more where links have far to go, so that they are not steep. */
const RANK_GAP = 18;
const RANK_GAP_MAX = 72;
/** How far apart links leave a box at most, and how far from its corners they stay. */
const PORT_GAP = 16;
const PORT_MARGIN = 14;

/**
 * Draws a system in layers: who asks at the beginning, who is asked later. Layers by longest path, order by barycentre sweeps, coordinates after
 * Brandes and Köpf; every link has a label with room of its own, and no line runs through a box or a label that is not its own. The
 * same input gives the same drawing. Pure; 50 parts and 120 links take a few milliseconds.
 */
export function layoutMap(
  parts: readonly PartToPlace[],
  links: readonly LinkToPlace[],
  options: MapLayoutOptions,
): MapLayout {
  const isRight = options.direction !== "down";
  const numbers = new Map(parts.map((part, index) => [part.name, index]));
  const drawn = drawnLinks(links, numbers);
  const indexed = drawn.map(({ from, to }) => ({ from: numbers.get(from) ?? 0, to: numbers.get(to) ?? 0 }));
  const layers = assignLayers(
    parts.map((part) => part.wish),
    indexed,
  );
  const breadthOf = (part: number) => (isRight ? parts[part]?.height : parts[part]?.width) ?? 0;
  const depthOf = (part: number) => (isRight ? parts[part]?.width : parts[part]?.height) ?? 0;
  const graph = makeCells(layers, indexed, breadthOf, isRight ? options.label.height : options.label.width);
  const ranks = orderRanks(
    graph,
    seedsOf(parts, indexed, graph, layers.reversed, options),
    options.before !== undefined,
  );
  const middles = placeAcross(graph, ranks, { boxes: BOX_GAP, links: LINK_GAP });
  const bands = placeAlong(
    graph,
    ranks,
    middles,
    depthOf,
    isRight ? options.label.width : options.label.height,
  );
  const boxes = new Map<string, Box>();
  parts.forEach((part, index) => {
    const rank = graph.cells[index]?.rank ?? 0;
    const band = bands[rank] ?? { from: 0, to: 0 };
    const along = (band.from + band.to - depthOf(index)) / 2;
    const across = (middles[index] ?? 0) - breadthOf(index) / 2;
    boxes.set(part.name, {
      ...(isRight ? { x: along, y: across } : { x: across, y: along }),
      width: part.width,
      height: part.height,
      layer: rank / 2,
      place: (ranks[rank] ?? []).filter((cell) => graph.cells[cell]?.kind === "box").indexOf(index),
    });
  });
  const length = bands.at(-1)?.to ?? 0;
  const breadth = Math.max(0, ...graph.cells.map((cell, index) => (middles[index] ?? 0) + cell.breadth / 2));
  return {
    width: isRight ? length : breadth,
    height: isRight ? breadth : length,
    boxes,
    links: drawLinks({ drawn, indexed, graph, middles, bands, depthOf, reversed: layers.reversed, isRight }),
  };
}

function drawnLinks(links: readonly LinkToPlace[], numbers: ReadonlyMap<string, number>): LinkToPlace[] {
  const seen = new Set<string>();
  return links.filter(({ from, to }) => {
    const key = JSON.stringify([from, to]);
    if (from === to || !numbers.has(from) || !numbers.has(to) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Where each cell would like to stand in its rank: where it stood before; a link's cells on the way between their ends. */
function seedsOf(
  parts: readonly PartToPlace[],
  indexed: readonly IndexedLink[],
  graph: CellGraph,
  reversed: readonly boolean[],
  options: MapLayoutOptions,
): number[] {
  const { before } = options;
  const seeds = parts.map((part, index) => {
    const box = before?.boxes.get(part.name);
    // Places of different sizes of layers are compared by where they were in pixels; new parts come last.
    if (box) return options.direction === "down" ? box.x + box.width / 2 : box.y + box.height / 2;
    return before ? 1e6 + index : index;
  });
  graph.chains.forEach((chain, index) => {
    const link = indexed[index];
    const [first, last] = reversed[index]
      ? [link?.to ?? 0, link?.from ?? 0]
      : [link?.from ?? 0, link?.to ?? 0];
    chain.forEach((cell, step) => {
      const share = (step + 1) / (chain.length + 1);
      seeds[cell] = (seeds[first] ?? 0) * (1 - share) + (seeds[last] ?? 0) * share;
    });
  });
  return seeds;
}

interface Band {
  readonly from: number;
  readonly to: number;
}

/** The stretch of each rank along the layers: as deep as its deepest cell, and as far from the last as its steepest link wants. */
function placeAlong(
  graph: CellGraph,
  ranks: readonly (readonly number[])[],
  middles: Float64Array,
  depthOf: (part: number) => number,
  labelDepth: number,
): Band[] {
  const bands: Band[] = [];
  let at = 0;
  for (const rank of ranks) {
    let depth = 0;
    let steepest = 0;
    for (const cell of rank) {
      const { kind, down } = graph.cells[cell] ?? { kind: "bend", down: [] };
      if (kind === "box") depth = Math.max(depth, depthOf(cell));
      if (kind === "label") depth = Math.max(depth, labelDepth);
      for (const below of down) {
        steepest = Math.max(steepest, Math.abs((middles[below] ?? 0) - (middles[cell] ?? 0)));
      }
    }
    bands.push({ from: at, to: at + depth });
    at += depth + Math.min(RANK_GAP_MAX, RANK_GAP + steepest * 0.12);
  }
  return bands;
}

interface DrawnGraph {
  readonly drawn: readonly LinkToPlace[];
  readonly indexed: readonly IndexedLink[];
  readonly graph: CellGraph;
  readonly middles: Float64Array;
  readonly bands: readonly Band[];
  readonly depthOf: (part: number) => number;
  readonly reversed: readonly boolean[];
  readonly isRight: boolean;
}

function drawLinks(all: DrawnGraph): LinkDrawing[] {
  const { graph, middles, bands, isRight } = all;
  const ports = portsOf(all);
  const point = (along: number, across: number): Point =>
    isRight ? { x: along, y: across } : { x: across, y: along };
  return all.drawn.map((link, index) => {
    const ends = all.indexed[index] ?? { from: 0, to: 0 };
    const [first, last] = all.reversed[index] ? [ends.to, ends.from] : [ends.from, ends.to];
    const port = ports[index] ?? { first: 0, last: 0 };
    const bandOf = (cell: number) => bands[graph.cells[cell]?.rank ?? 0] ?? { from: 0, to: 0 };
    const edgeOf = (part: number, side: 1 | -1) =>
      (bandOf(part).from + bandOf(part).to) / 2 + (side * all.depthOf(part)) / 2;
    const points = [point(edgeOf(first, 1), port.first), point(bandOf(first).to, port.first)];
    let label = points[0] ?? { x: 0, y: 0 };
    for (const cell of graph.chains[index] ?? []) {
      const band = bandOf(cell);
      const across = middles[cell] ?? 0;
      points.push(point(band.from, across), point(band.to, across));
      if (graph.cells[cell]?.kind === "label") label = point((band.from + band.to) / 2, across);
    }
    points.push(point(bandOf(last).from, port.last), point(edgeOf(last, -1), port.last));
    if (all.reversed[index]) points.reverse();
    return { ...link, path: smoothPath(points, isRight ? "x" : "y"), points, label };
  });
}

/** Where each link leaves the earlier box and enters the later: spread over the box's side in the order in which they go on. */
function portsOf(all: DrawnGraph): { first: number; last: number }[] {
  const { graph, middles } = all;
  const ports = all.drawn.map(() => ({ first: 0, last: 0 }));
  const leaving = new Map<number, { index: number; towards: number }[]>();
  const entering = new Map<number, { index: number; towards: number }[]>();
  all.indexed.forEach((link, index) => {
    const [first, last] = all.reversed[index] ? [link.to, link.from] : [link.from, link.to];
    const chain = graph.chains[index] ?? [];
    const note = (into: typeof leaving, part: number, next: number | undefined) => {
      const list = into.get(part) ?? [];
      list.push({ index, towards: middles[next ?? part] ?? 0 });
      into.set(part, list);
    };
    note(leaving, first, chain[0]);
    note(entering, last, chain.at(-1));
  });
  const spread = (from: typeof leaving, end: "first" | "last") => {
    for (const [part, list] of from) {
      list.sort((one, other) => one.towards - other.towards || one.index - other.index);
      const room = Math.max(0, (graph.cells[part]?.breadth ?? 0) - 2 * PORT_MARGIN);
      const gap = list.length > 1 ? Math.min(PORT_GAP, room / (list.length - 1)) : 0;
      list.forEach(({ index }, at) => {
        const port = ports[index];
        if (port) port[end] = (middles[part] ?? 0) + (at - (list.length - 1) / 2) * gap;
      });
    }
  };
  spread(leaving, "first");
  spread(entering, "last");
  return ports;
}
