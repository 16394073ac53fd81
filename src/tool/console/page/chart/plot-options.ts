import type uPlot from "uplot";
import { durationText, type Format } from "../../model/format.ts";
import { axisTexts, timeTickText } from "../../model/ticks.ts";
import { colourOf, faded, seriesVariable } from "./colours.ts";

/** One line, values beside the times of the plot. */
export interface PlotSeries {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** A place in the row of colours; default its own place. */
  readonly colour?: number;
  readonly isDashed?: boolean;
}

/** What stands beside the values, and room at the right. */
const AXIS_PX = 58;
const RIGHT_PX = 10;
/** Gaps that are shorter are bridged: a program tells its metrics every ten seconds or so. */
const GAP_MS_MAX = 15_000;

/** How a plot of such lines looks, in the colours of now. */
export function plotOptions(
  series: readonly PlotSeries[],
  format: Format,
  size: { readonly width: number; readonly height: number },
  {
    limit = 0,
    sinceMs,
  }: {
    /** A required value that has to be seen too. */
    readonly limit?: number | undefined;
    /** Times are told as what has passed since then. */
    readonly sinceMs?: number | undefined;
  } = {},
): uPlot.Options {
  const ink = colourOf("--ink-faint");
  const line = colourOf("--line");
  const font = `11px ${getComputedStyle(document.documentElement).getPropertyValue("--font") || "sans-serif"}`;
  const axis = {
    stroke: ink,
    font,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
    border: { show: false },
  };
  return {
    ...size,
    ms: 1,
    padding: [8, RIGHT_PX, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7, width: 2 },
      drag: { x: sinceMs === undefined, y: false, setScale: false },
    },
    scales: {
      x: { time: true },
      y: { range: (_plot, _low, high) => [0, Math.max(high, limit) > 0 ? Math.max(high, limit) * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        space: 70,
        values: (plot, splits, _axis, _space, stepMs) =>
          splits.map((at) => {
            if (isCut(plot, at)) return "";
            return sinceMs === undefined ? timeTickText(at, stepMs) : durationText(at - sinceMs);
          }),
      },
      {
        ...axis,
        size: AXIS_PX,
        space: 26,
        gap: 4,
        ...(format === "bytes" || format === "bytes-per-second" ? { incrs: BINARY_STEPS } : {}),
        values: (_plot, splits) => axisTexts(splits, format),
      },
    ],
    series: [{}, ...series.map((one, index) => lineOf(one, index, series.length))],
  };
}

const HALF_LABEL_PX = 26;

/** Whether there is no room for the label of a tick between it and the right edge. */
function isCut(plot: uPlot, at: number): boolean {
  const { min = 0, max = 1 } = plot.scales.x ?? {};
  const plotPx = plot.width - AXIS_PX - RIGHT_PX;
  return ((max - at) / (max - min || 1)) * plotPx + RIGHT_PX < HALF_LABEL_PX;
}

function lineOf(series: PlotSeries, index: number, count: number): uPlot.Series {
  const stroke = colourOf(seriesVariable(series.colour ?? index));
  return {
    label: series.label,
    stroke,
    width: 1.5,
    ...(count === 1 ? { fill: faded(stroke, 0.1) } : {}),
    ...(series.isDashed ? { dash: [5, 4] } : {}),
    points: { show: false },
    gaps: (plot, _series, _from, _to, gaps) => {
      const pixels =
        (plot.bbox.width * GAP_MS_MAX) / ((plot.scales.x?.max ?? 0) - (plot.scales.x?.min ?? 0) || 1);
      return gaps.filter(([from, to]) => to - from > pixels);
    },
  };
}

/** Bytes are counted in powers of 1,024, and their axis in halves and doubles of those. */
const BINARY_STEPS = Array.from({ length: 51 }, (_, power) => 2 ** power);
