import { type Axis, type LineChart, lineChart, type Panel, type Point } from "../charts/index.ts";
import { type Html, shortened } from "./markup.ts";

/** For which width a chart is drawn: a column of text, or a phone. */
export type ChartWidth = "wide" | "narrow";

const PIXELS = { wide: 860, narrow: 360 };
/** Letters that fit in a line. */
const LETTERS = { wide: 96, narrow: 36 };

/**
 * A chart twice, of which a screen shows the one that fits it: shrunk to a phone's width, the letters of a wide one could not be
 * read. Texts that are too long are shortened. Nothing where no panel has anything to draw. Pure.
 */
export function pageChart(draw: LineChart | ((width: ChartWidth) => LineChart)): Html {
  const charts = (["wide", "narrow"] as const).map((width) => {
    const chart = fitted(typeof draw === "function" ? draw(width) : draw, LETTERS[width]);
    if (chart.panels.length === 0) return "";
    return `<div class="chart ${width}">${lineChart(chart, { style: false, width: PIXELS[width] })}</div>`;
  });
  return charts.join("");
}

/** Texts of a length that fits, and what can be drawn: what has no end or is no number has no place on an axis. */
function fitted(chart: LineChart, letters: number): LineChart {
  const short = (text: string) => shortened(text, letters);
  const axis = (one: Axis): Axis => ({ ...one, label: short(one.label) });
  const panels = chart.panels.map((panel): Panel => {
    const { title, y, bound, lines, ...rest } = panel;
    return {
      ...rest,
      ...(title !== undefined && { title: shortened(title, Math.max(1, letters - y.label.length)) }),
      y: axis(y),
      lines: lines.map((line) => ({ ...line, name: short(line.name), points: drawable(line.points) })),
      ...(bound && Number.isFinite(bound.value) && { bound: { ...bound, label: short(bound.label) } }),
    };
  });
  return {
    ...chart,
    title: short(chart.title),
    x: axis(chart.x),
    spans: (chart.spans ?? []).filter(({ from, to }) => Number.isFinite(from) && Number.isFinite(to)),
    panels: panels.filter(({ lines }) =>
      lines.some(({ points }) => points.some(([, value]) => value !== null)),
    ),
  };
}

function drawable(points: readonly Point[]): readonly Point[] {
  return points
    .filter(([x]) => Number.isFinite(x))
    .map(([x, value]) => [x, value !== null && Number.isFinite(value) ? value : null]);
}
