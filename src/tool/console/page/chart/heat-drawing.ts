import type { HeatmapAnswer } from "../../../control-api/index.ts";
import { thinned } from "../../model/exemplars.ts";
import { type Format, formatted } from "../../model/format.ts";
import { heatRowEnds, heatRowOf, heatRows, heatStep } from "../../model/heat.ts";
import { evenTicks, timeTickText } from "../../model/ticks.ts";
import { colourOf, heatRamp } from "./colours.ts";

/** As wide and high as a plot's axes, so that charts above each other share their time. */
const LEFT_PX = 58;
const RIGHT_PX = 10;
const TOP_PX = 8;
const BOTTOM_PX = 24;
const RAMP_STEPS = 24;
const TICK_PX = 16;
const TIME_TICK_PX = 90;
const NICE_STEPS_MS = [1, 5, 10, 15, 30, 60, 300, 600, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * 1_000,
);

/** Where things lie on a heat map, in pixels from its upper left corner. */
export interface HeatPlace {
  readonly width: number;
  readonly height: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly xOf: (timeMs: number) => number;
  readonly timeAt: (x: number) => number;
  readonly yOf: (value: number) => number;
  readonly rowAt: (y: number) => number;
  /** The upper edge of a row. */
  readonly topOf: (row: number) => number;
}

/** Lays a heat map out; the rows that hold nothing at both ends are left away. */
export function heatPlace(
  data: HeatmapAnswer,
  { width, height, fromMs, toMs }: { width: number; height: number; fromMs: number; toMs: number },
): HeatPlace {
  const rows = heatRows(data) ?? { from: 0, to: data.bounds.length };
  const innerWidth = Math.max(1, width - LEFT_PX - RIGHT_PX);
  const innerHeight = Math.max(1, height - TOP_PX - BOTTOM_PX);
  const rowHeight = innerHeight / (rows.to - rows.from + 1);
  const topOf = (row: number) => TOP_PX + (rows.to - row) * rowHeight;
  return {
    width,
    height,
    fromMs,
    toMs,
    topOf,
    xOf: (timeMs) => LEFT_PX + ((timeMs - fromMs) / (toMs - fromMs)) * innerWidth,
    timeAt: (x) => fromMs + (Math.min(Math.max(x - LEFT_PX, 0), innerWidth) / innerWidth) * (toMs - fromMs),
    rowAt: (y) => Math.min(rows.to, Math.max(rows.from, rows.to - Math.floor((y - TOP_PX) / rowHeight))),
    yOf: (value) => {
      const row = Math.min(rows.to, Math.max(rows.from, heatRowOf(value, data.bounds)));
      const ends = heatRowEnds(row, data.bounds);
      const share = Number.isFinite(ends.to) ? (value - ends.from) / (ends.to - ends.from || 1) : 0.5;
      return topOf(row) + rowHeight * (1 - Math.min(1, Math.max(0, share)));
    },
  };
}

/** Draws cells, axes, and exemplars. */
export function drawHeat(
  canvas: HTMLCanvasElement,
  data: HeatmapAnswer,
  place: HeatPlace,
  format: Format,
): void {
  const scale = devicePixelRatio;
  canvas.width = Math.round(place.width * scale);
  canvas.height = Math.round(place.height * scale);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(scale, scale);
  drawCells(context, data, place);
  drawAxes(context, data, place, format);
  context.strokeStyle = colourOf("--ink");
  context.fillStyle = colourOf("--surface");
  context.lineWidth = 1.25;
  for (const { timeMs, value } of thinned(data.exemplars, place.fromMs, place.toMs)) {
    context.beginPath();
    context.arc(place.xOf(timeMs), place.yOf(value), 2.75, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

function drawCells(context: CanvasRenderingContext2D, data: HeatmapAnswer, place: HeatPlace): void {
  const rows = heatRows(data);
  if (!rows) return;
  const ramp = heatRamp(RAMP_STEPS);
  context.save();
  context.beginPath();
  context.rect(LEFT_PX, 0, place.width - LEFT_PX - RIGHT_PX, place.height);
  context.clip();
  data.counts.forEach((step, index) => {
    // On whole pixels: edges between them would show as stripes.
    const left = Math.round(place.xOf(data.fromMs + index * data.stepMs));
    const right = Math.round(place.xOf(data.fromMs + (index + 1) * data.stepMs));
    for (let row = rows.from; row <= rows.to; row++) {
      const colour = heatStep(step[row] ?? 0, rows.most, RAMP_STEPS);
      if (colour === 0) continue;
      const top = Math.round(place.topOf(row));
      const height = Math.round(place.topOf(row - 1)) - top;
      context.fillStyle = ramp[colour] ?? "";
      // A hair of ground between rows, where there is room for it.
      context.fillRect(left, top, Math.max(1, right - left), height - (height > 4 ? 1 : 0));
    }
  });
  context.restore();
}

function drawAxes(
  context: CanvasRenderingContext2D,
  data: HeatmapAnswer,
  place: HeatPlace,
  format: Format,
): void {
  const rows = heatRows(data);
  context.fillStyle = colourOf("--ink-faint");
  context.font = `11px ${getComputedStyle(document.documentElement).getPropertyValue("--font") || "sans-serif"}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  if (rows) {
    const ticks = evenTicks(rows.to - rows.from, Math.floor((place.height - TOP_PX - BOTTOM_PX) / TICK_PX));
    for (const tick of ticks) {
      const row = rows.from + tick;
      const bound = data.bounds[row];
      if (bound !== undefined) context.fillText(formatted(bound, format), LEFT_PX - 6, place.topOf(row));
    }
  }
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const aimMs = ((place.toMs - place.fromMs) * TIME_TICK_PX) / Math.max(1, place.width - LEFT_PX - RIGHT_PX);
  const stepMs = NICE_STEPS_MS.find((step) => step >= aimMs) ?? 86_400_000;
  for (let at = Math.ceil(place.fromMs / stepMs) * stepMs; at <= place.toMs; at += stepMs) {
    if (place.xOf(at) + TIME_TICK_PX / 4 > place.width) break;
    context.fillText(timeTickText(at, stepMs), place.xOf(at), place.height - 8);
  }
}
