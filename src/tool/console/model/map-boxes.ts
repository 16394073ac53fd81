import type { MapPart } from "./map-graph.ts";

/** How much a box has to show. It only ever grows while a map is open, so that a figure that comes and goes moves nothing. Pure. */
export interface BoxContent {
  /** Lines of an engine's own figures, or of requirements; at most `OWN_MAX` are shown. */
  readonly own: number;
  readonly replicas: number;
}

export const OWN_MAX = 3;
/** Replicas in one row of cells, and rows; what is beyond is a number. */
export const CELLS_PER_ROW = 12;
export const CELL_ROWS_MAX = 2;

export const BOX_WIDTH = 204;
/** On a phone two boxes stand side by side. */
export const BOX_WIDTH_NARROW = 162;
export const LABEL_SIZE = { width: 98, height: 32 } as const;
export const LABEL_SIZE_NARROW = { width: 82, height: 32 } as const;

const HEAD = 30;
const ROW = 18;
const CELL_ROW = 14;
const PADDING = 10;

/** How high a box is, in pixels. The style sheet's rows are as high as it is said here. */
export function boxHeight(kind: MapPart["kind"], external: boolean, content: BoxContent): number {
  const own = Math.min(OWN_MAX, content.own) * ROW;
  if (kind === "clients") return HEAD + ROW + own + PADDING;
  const requests = kind === "task" ? 0 : ROW;
  if (external) return HEAD + requests + own + PADDING;
  return HEAD + requests + ROW + own + cellRows(content.replicas) * CELL_ROW + PADDING;
}

/** Engines are one process: a cell would say nothing that the mark of their state does not. */
export function cellRows(replicas: number): number {
  return replicas <= 1 ? 0 : Math.min(CELL_ROWS_MAX, Math.ceil(replicas / CELLS_PER_ROW));
}
