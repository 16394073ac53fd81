import { type Axis, type LineChart, lineChart } from "../charts/index.ts";
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

function fitted(chart: LineChart, letters: number): LineChart {
  const short = (text: string) => shortened(text, letters);
  const axis = (one: Axis): Axis => ({ ...one, label: short(one.label) });
  return {
    ...chart,
    title: short(chart.title),
    x: axis(chart.x),
    panels: chart.panels
      .filter(({ lines }) => lines.some(({ points }) => points.some(([, value]) => value !== null)))
      .map((panel) => ({
        ...panel,
        y: axis(panel.y),
        lines: panel.lines.map((line) => ({ ...line, name: short(line.name) })),
        ...(panel.bound && { bound: { ...panel.bound, label: short(panel.bound.label) } }),
      })),
  };
}
