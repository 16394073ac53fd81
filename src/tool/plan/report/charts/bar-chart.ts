import { valueText } from "../figure-text.ts";
import type { BarChart, ChartOptions } from "./chart.ts";
import { LIGHT } from "./colours.ts";
import { type Frame, framed, frameOf, TEXT_SIZE, text } from "./frame.ts";
import { type Scale, scaleOf } from "./scale.ts";
import { element, type Svg, tenths, textWidth } from "./svg.ts";

const BAR = 13;
const BAR_GAP = 2;
const GROUP_GAP = 10;
const LABELS = 42;
const X_TICK = 90;
/** Room behind the longest bar for its value. */
const VALUE_WIDTH = 64;

/** Bars as an SVG document: see `lineChart`. Each bar has its value behind it. Pure. */
export function barChart(chart: BarChart, options: ChartOptions = {}): Svg {
  const { series, groups, value: axis, bound } = chart;
  const legend = series.map((name, at) => ({
    name,
    sample: (x: number, y: number) => element("rect", { x, y: y - 5, width: 26, height: 10, ...lookOf(at) }),
  }));
  const nameWidth = Math.max(...groups.map(({ name }) => textWidth(name, TEXT_SIZE)), 20);
  const frame = frameOf(chart.title, series.length > 1 ? legend : [], nameWidth + 10, options);
  const values = groups.flatMap((group) => group.values.flatMap((value) => value ?? []));
  const room = frame.right - VALUE_WIDTH - frame.left;
  const all = bound ? [...values, bound.value] : values;
  const scale = scaleOf(axis, all, [frame.left, frame.left + room], Math.max(2, Math.floor(room / X_TICK)));
  const top = frame.top + 8;
  const groupHeight = series.length * (BAR + BAR_GAP) - BAR_GAP + GROUP_GAP;
  const bottom = top + groups.length * groupHeight;
  const drawn = [...gridOf(scale, top, bottom)];
  for (const [at, { name, values: own }] of groups.entries()) {
    const groupTop = top + at * groupHeight + GROUP_GAP / 2;
    const middle = groupTop + (groupHeight - GROUP_GAP) / 2;
    drawn.push(text(name, { x: frame.left - 10, y: middle + 4, kind: "ink", anchor: "end" }));
    for (const [of, value] of own.entries()) {
      if (value !== null) drawn.push(...barOf(value, of, groupTop + of * (BAR + BAR_GAP), scale, chart));
    }
  }
  if (bound) drawn.push(...boundOf(bound, scale, top, bottom));
  drawn.push(...labelsOf(chart, scale, frame, bottom));
  return framed(frame, bottom + LABELS, chart, drawn, options);
}

/** The first series is filled, the others are ever lighter within an outline. */
function lookOf(at: number) {
  const colour = LIGHT.lines[at % LIGHT.lines.length];
  const look = { class: `chart-bar-${at % LIGHT.lines.length}`, fill: colour, stroke: colour };
  return { ...look, "fill-opacity": at === 0 ? undefined : at === 1 ? "0.45" : "0.12", "stroke-width": 1 };
}

function barOf(value: number, at: number, top: number, scale: Scale, { value: axis }: BarChart): Svg[] {
  const left = scale.place(scale.from);
  const end = scale.place(value);
  const bar = { x: left, y: top + 0.5, width: Math.max(1, end - left), height: BAR - 1 };
  return [
    element("rect", { ...bar, ...lookOf(at) }),
    text(valueText(value, axis.unit), { x: Math.max(end, left + 1) + 5, y: top + 11, kind: "ink", size: 11 }),
  ];
}

function gridOf(scale: Scale, top: number, bottom: number): Svg[] {
  const d = scale.ticks.map(({ value }) => `M${tenths(scale.place(value))} ${tenths(top)}V${tenths(bottom)}`);
  return [element("path", { d: d.join(""), class: "chart-grid", stroke: LIGHT.grid })];
}

function boundOf(
  { value, label }: NonNullable<BarChart["bound"]>,
  scale: Scale,
  top: number,
  bottom: number,
) {
  const x = scale.place(value);
  const look = { class: "chart-bound", stroke: LIGHT.bound, "stroke-width": 1.5, "stroke-dasharray": "4 2" };
  return [
    element("path", { d: `M${tenths(x)} ${tenths(top)}V${tenths(bottom)}`, ...look }),
    text(label, { x: x + 4, y: top - 2, kind: "bound", size: 11 }),
  ];
}

function labelsOf({ value }: BarChart, scale: Scale, { left, right }: Frame, bottom: number): Svg[] {
  const ticks = scale.ticks.map((tick) =>
    text(tick.text, { x: scale.place(tick.value), y: bottom + 16, kind: "quiet", anchor: "middle" }),
  );
  const middle = (left + right - VALUE_WIDTH) / 2;
  return [...ticks, text(value.label, { x: middle, y: bottom + 33, kind: "quiet", anchor: "middle" })];
}
