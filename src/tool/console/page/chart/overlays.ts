import type uPlot from "uplot";
import type { ExemplarPoint, Mark } from "../../../control-api/index.ts";
import { colourOf, faded } from "./colours.ts";

/** How near to a dot the pointer has to be, in pixels. */
const REACH_PX = 9;

/** The custom property of a mark's colour. */
export function markVariable(kind: Mark["kind"]): string {
  switch (kind) {
    case "death":
      return "--bad";
    case "fault":
      return "--warn";
    case "scaled":
      return "--accent";
    default:
      return "--busy";
  }
}

/** Draws over a plot's lines: stretches as bands, moments as upright lines, a limit across, and exemplars as dots. */
export function drawOver(
  plot: uPlot,
  what: {
    readonly marks?: readonly Mark[];
    readonly exemplars?: readonly ExemplarPoint[];
    readonly limit?: number;
    readonly toMs: number;
  },
): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const mark of what.marks ?? []) drawMark(plot, mark, what.toMs);
  if (what.limit !== undefined) drawLimit(plot, what.limit);
  drawExemplars(plot, what.exemplars ?? []);
  ctx.restore();
}

function drawMark(plot: uPlot, mark: Mark, nowMs: number): void {
  const { ctx, bbox } = plot;
  const [min, max] = [plot.scales.x?.min ?? 0, plot.scales.x?.max ?? 0];
  const toMs = mark.toMs ?? (mark.open ? nowMs : mark.fromMs);
  if (toMs < min || mark.fromMs > max) return;
  const colour = colourOf(markVariable(mark.kind));
  const from = plot.valToPos(Math.max(min, mark.fromMs), "x", true);
  const to = plot.valToPos(Math.min(max, toMs), "x", true);
  const scale = devicePixelRatio;
  if (to - from > 2) {
    ctx.fillStyle = faded(colour, 0.13);
    ctx.fillRect(from, bbox.top, to - from, bbox.height);
    ctx.fillStyle = colour;
    ctx.fillRect(from, bbox.top, to - from, 2 * scale);
  }
  if (mark.fromMs < min) return;
  ctx.fillStyle = faded(colour, 0.75);
  ctx.fillRect(Math.round(from), bbox.top, Math.max(1, Math.round(scale)), bbox.height);
  // A pennant at the top, so that a moment is not taken for a line of the grid.
  ctx.beginPath();
  ctx.moveTo(from, bbox.top);
  ctx.lineTo(from + 6 * scale, bbox.top + 3.5 * scale);
  ctx.lineTo(from, bbox.top + 7 * scale);
  ctx.fillStyle = colour;
  ctx.fill();
}

function drawLimit(plot: uPlot, limit: number): void {
  const { ctx, bbox } = plot;
  const y = plot.valToPos(limit, "y", true);
  ctx.beginPath();
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.strokeStyle = colourOf("--bad");
  ctx.lineWidth = devicePixelRatio;
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
}

function drawExemplars(plot: uPlot, exemplars: readonly ExemplarPoint[]): void {
  if (exemplars.length === 0) return;
  const { ctx } = plot;
  const scale = devicePixelRatio;
  ctx.lineWidth = 1.25 * scale;
  ctx.strokeStyle = colourOf("--ink-soft");
  ctx.fillStyle = colourOf("--surface");
  for (const exemplar of exemplars) {
    const { x, y } = positionOf(plot, exemplar, true);
    ctx.beginPath();
    ctx.arc(x, y, 2.75 * scale, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }
}

/** The exemplar nearest to a place in the plot, within reach. */
export function exemplarAt(
  plot: uPlot,
  exemplars: readonly ExemplarPoint[] | undefined,
  left: number,
  top: number,
): ExemplarPoint | undefined {
  let best: ExemplarPoint | undefined;
  let nearest = REACH_PX;
  for (const exemplar of exemplars ?? []) {
    const { x, y } = positionOf(plot, exemplar, false);
    const distance = Math.hypot(x - left, y - top);
    if (distance < nearest) {
      nearest = distance;
      best = exemplar;
    }
  }
  return best;
}

/** Where a dot is drawn: one that lies above the scale, at its top. */
function positionOf(plot: uPlot, exemplar: ExemplarPoint, isCanvas: boolean): { x: number; y: number } {
  const value = Math.min(exemplar.value, (plot.scales.y?.max ?? exemplar.value) * 0.98);
  return {
    x: plot.valToPos(exemplar.timeMs, "x", isCanvas),
    y: plot.valToPos(value, "y", isCanvas),
  };
}
