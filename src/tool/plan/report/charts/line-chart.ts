import type { Axis, Bound, ChartOptions, Line, LineChart, Panel, Span } from "./chart.ts";
import { DASHES, LIGHT, QUIET_DASH } from "./colours.ts";
import { type Frame, framed, frameOf, TEXT_SIZE, text } from "./frame.ts";
import { type Scale, scaleOf } from "./scale.ts";
import { element, escaped, type Svg, tenths, textWidth } from "./svg.ts";

const PANEL_HEIGHT = 150;
const PANEL_HEIGHT_MIN = 60;
const PANEL_HEAD = 26;
const X_LABELS = 42;
const LABEL_GAP = 8;
/** Room of a label along the x axis, and of one along the y axis. */
const X_TICK = 90;
const Y_TICK = 36;

/** Where a panel's axes lie. */
interface Area {
  readonly top: number;
  readonly bottom: number;
  readonly x: Scale;
  readonly y: Scale;
}

/**
 * Lines over a common axis as an SVG document: the same bytes for the same chart. It stands alone, is light or dark as its reader has it, and
 * can be read without colours. Pure.
 *
 * @throws RangeError when a size is out of its range.
 */
export function lineChart(chart: LineChart, options: ChartOptions = {}): Svg {
  const { panelHeight = PANEL_HEIGHT } = options;
  if (!(panelHeight >= PANEL_HEIGHT_MIN)) {
    throw new RangeError(`panelHeight has to be ${PANEL_HEIGHT_MIN} or more, not ${panelHeight}`);
  }
  const looks = looksOf(chart.panels);
  const legend = [...looks].map(([name, look]) => ({
    name,
    sample: (x: number, y: number) => element("path", { d: `M${tenths(x)} ${tenths(y)}h26`, ...look }),
  }));
  const ySpans = chart.panels.map((panel) => yScale(panel, [panelHeight, 0]));
  const words = ySpans.flatMap(({ ticks }) => ticks.map((tick) => textWidth(tick.text, TEXT_SIZE)));
  const frame = frameOf(chart.title, legend, Math.max(20, ...words) + LABEL_GAP, options);
  const x = xScale(chart, frame);
  const drawn: Svg[] = [];
  let top = frame.top;
  for (const [at, panel] of chart.panels.entries()) {
    top += PANEL_HEAD;
    const bottom = top + panelHeight;
    const area = { top, bottom, x, y: yScale(panel, [bottom, top]) };
    const spans = chart.spans ?? [];
    drawn.push(headOf(panel, frame, top - 9), ...spans.map((span) => shadeOf(span, area)));
    drawn.push(...gridOf(area, frame));
    drawn.push(...panel.lines.map((line) => lineOf(line, area, looks.get(line.name))));
    if (panel.bound) drawn.push(...boundOf(panel.bound, area, frame));
    if (at === 0) drawn.push(...spans.map((span) => spanLabel(span, area)));
    top = bottom + 6;
  }
  drawn.push(...xLabels(chart.x, x, frame, top - 6));
  return framed(frame, top - 6 + X_LABELS, chart, drawn, options);
}

function xScale({ x, panels, spans = [] }: LineChart, { left, right }: Frame): Scale {
  const values = panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(([at]) => at)));
  const most = Math.max(...values, ...spans.map(({ to }) => to));
  const axis: Axis = { ...x, ...(x.to === undefined && x.scale !== "log" && most > 0 && { to: most }) };
  return scaleOf(axis, values, [left, right], Math.max(2, Math.floor((right - left) / X_TICK)));
}

function yScale({ y, lines, bound }: Panel, [bottom, top]: readonly [number, number]): Scale {
  const values = lines.flatMap(({ points }) => points.flatMap(([, value]) => value ?? []));
  const all = bound ? [...values, bound.value] : values;
  return scaleOf(y, all, [bottom, top], Math.max(2, Math.floor((bottom - top) / Y_TICK)));
}

type Look = Readonly<Record<string, string | number | undefined>>;

/** How lines look, by their names, in the order in which they first come. */
function looksOf(panels: readonly Panel[]): ReadonlyMap<string, Look> {
  const looks = new Map<string, Look>();
  let colours = 0;
  for (const { name, role } of panels.flatMap(({ lines }) => lines)) {
    if (looks.has(name)) continue;
    const shape = { fill: "none", "stroke-linejoin": "round", "stroke-linecap": "round" };
    if (role === "quiet") {
      const quiet = { class: "chart-line-quiet", stroke: LIGHT.quiet, "stroke-dasharray": QUIET_DASH };
      looks.set(name, { ...quiet, "stroke-width": 1.6, ...shape });
      continue;
    }
    const at = colours++ % LIGHT.lines.length;
    const main = { class: `chart-line-${at}`, stroke: LIGHT.lines[at] };
    looks.set(name, { ...main, "stroke-dasharray": DASHES[at] || undefined, "stroke-width": 2, ...shape });
  }
  return looks;
}

function headOf({ title, y }: Panel, { left }: Frame, baseline: number): Svg {
  if (title === undefined) return text(y.label, { x: left, y: baseline, kind: "quiet" });
  const titled = { class: "chart-ink", fill: LIGHT.ink, "font-weight": 600 };
  const label = { class: "chart-quiet", fill: LIGHT.quiet, dx: 10 };
  const parts = [element("tspan", titled, escaped(title)), element("tspan", label, escaped(y.label))];
  return element("text", { x: left, y: baseline }, ...parts);
}

function shadeOf({ from, to }: Span, { top, bottom, x }: Area): Svg {
  const left = x.place(from);
  if (from === to) {
    const look = { class: "chart-line-quiet", stroke: LIGHT.quiet, "stroke-width": 1 };
    return element("path", { d: `M${tenths(left)} ${tenths(top)}V${tenths(bottom)}`, ...look });
  }
  const rect = { x: left, y: top, width: x.place(to) - left, height: bottom - top };
  return element("rect", { ...rect, class: "chart-shade", fill: LIGHT.shade });
}

function spanLabel({ from, to, label }: Span, { top, x }: Area): Svg {
  const middle = (x.place(from) + x.place(to)) / 2;
  return text(label, { x: middle, y: top + 15, kind: "quiet", anchor: "middle", size: 11, isRimmed: true });
}

function gridOf({ y, x, top, bottom }: Area, { left, right }: Frame): Svg[] {
  const look = { class: "chart-grid", stroke: LIGHT.grid };
  const across = y.ticks.map(({ value }) => `M${tenths(left)} ${tenths(y.place(value))}H${tenths(right)}`);
  const down = x.ticks.map(({ value }) => `M${tenths(x.place(value))} ${tenths(top)}V${tenths(bottom)}`);
  const labels = y.ticks.map((tick) =>
    text(tick.text, { x: left - LABEL_GAP, y: y.place(tick.value) + 4, kind: "quiet", anchor: "end" }),
  );
  return [element("path", { d: [...across, ...down].join(""), ...look }), ...labels];
}

function lineOf({ points, steps = false }: Line, { x, y }: Area, look: Look = {}): Svg {
  let d = "";
  let isDrawing = false;
  for (const [at, value] of points) {
    if (value === null || Number.isNaN(value)) {
      isDrawing = false;
      continue;
    }
    const [px, py] = [tenths(x.place(at)), tenths(y.place(value))];
    // A point by itself is a dot, which a round end makes of a line of hardly any length.
    if (!isDrawing) d += `M${px} ${py}h0.1`;
    else d += steps ? `H${px}V${py}` : `L${px} ${py}`;
    isDrawing = true;
  }
  return element("path", { d: d === "" ? "M0 0" : d, ...look });
}

function boundOf({ value, label }: Bound, { y, top }: Area, { left, right }: Frame): Svg[] {
  const at = y.place(value);
  const look = { class: "chart-bound", stroke: LIGHT.bound, "stroke-width": 1.5, "stroke-dasharray": "4 2" };
  const below = at - top < 16;
  return [
    element("path", { d: `M${tenths(left)} ${tenths(at)}H${tenths(right)}`, ...look }),
    text(label, {
      x: right - 4,
      y: below ? at + 14 : at - 5,
      kind: "bound",
      anchor: "end",
      size: 11,
      isRimmed: true,
    }),
  ];
}

function xLabels({ label }: Axis, x: Scale, { left, right }: Frame, bottom: number): Svg[] {
  const ticks = x.ticks.map(({ value, text: words }) =>
    text(words, { x: x.place(value), y: bottom + 16, kind: "quiet", anchor: "middle" }),
  );
  const middle = (left + right) / 2;
  return [...ticks, text(label, { x: middle, y: bottom + 33, kind: "quiet", anchor: "middle" })];
}
