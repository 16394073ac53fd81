import type { ChartOptions } from "./chart.ts";
import { chartRules, DARK, LIGHT } from "./colours.ts";
import { element, escaped, type Svg, textWidth } from "./svg.ts";

/** What every chart has around it: card, title, legend. All sizes are pixels. Pure. */
export interface Frame {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  /** Where what is charted begins, below title and legend. */
  readonly top: number;
  readonly head: readonly Svg[];
}

/** An entry of a legend. */
export interface LegendEntry {
  readonly name: string;
  /** Drawn from here, 26 wide and 8 high. */
  readonly sample: (x: number, y: number) => Svg;
}

export const TEXT_SIZE = 12;
const TITLE_SIZE = 15;
const PADDING = 20;
const SAMPLE = 26;
const ROW = 20;
const WIDTH = 760;
const WIDTH_MIN = 320;

/** `labelWidth`: room for the words left of the axes. */
export function frameOf(
  title: string,
  legend: readonly LegendEntry[],
  labelWidth: number,
  options: ChartOptions,
): Frame {
  const width = options.width ?? WIDTH;
  if (!(width >= WIDTH_MIN)) throw new RangeError(`width has to be ${WIDTH_MIN} or more, not ${width}`);
  const head: Svg[] = [text(title, { x: PADDING, y: 30, size: TITLE_SIZE, kind: "ink", weight: 600 })];
  let x = PADDING;
  let y = 52;
  for (const { name, sample } of legend) {
    const entryWidth = SAMPLE + 6 + textWidth(name, TEXT_SIZE) + 18;
    if (x > PADDING && x + entryWidth > width - PADDING) {
      x = PADDING;
      y += ROW;
    }
    head.push(sample(x, y - 4), text(name, { x: x + SAMPLE + 6, y, kind: "ink" }));
    x += entryWidth;
  }
  const top = legend.length === 0 ? 44 : y + 12;
  return { width, left: PADDING + labelWidth, right: width - PADDING, top, head };
}

/** The whole, as a document. `height`: to where it goes. */
export function framed(
  frame: Frame,
  height: number,
  { title, description }: { readonly title: string; readonly description: string },
  drawn: readonly Svg[],
  { style = true }: ChartOptions,
): Svg {
  const { width } = frame;
  const card = { class: "chart-card", fill: LIGHT.card, stroke: LIGHT.border };
  const rules = `@media (prefers-color-scheme:dark){${chartRules(DARK)}}`;
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "font-family": "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif",
      "font-size": TEXT_SIZE,
    },
    `\n${element("title", {}, escaped(title))}`,
    `\n${element("desc", {}, escaped(description))}`,
    style ? `\n${element("style", {}, rules)}` : "",
    `\n${element("rect", { x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 8, ...card })}`,
    ...[...frame.head, ...drawn].map((one) => `\n${one}`),
    "\n",
  );
}

export interface TextOptions {
  readonly x: number;
  readonly y: number;
  readonly kind: "ink" | "quiet" | "bound";
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: "start" | "middle" | "end";
  /** Whether it has a rim in the card's colour, so that it can be read upon lines. */
  readonly isRimmed?: boolean;
}

/** A line of text. */
export function text(words: string, options: TextOptions): Svg {
  const { x, y, kind, size, weight, anchor, isRimmed } = options;
  const look = {
    ink: { class: "chart-ink", fill: LIGHT.ink },
    quiet: { class: "chart-quiet", fill: LIGHT.quiet },
    bound: { class: "chart-bound-text", fill: LIGHT.bound },
  }[kind];
  const attributes = { x, y, "font-size": size, "font-weight": weight, "text-anchor": anchor };
  const written = element("text", { ...attributes, ...look }, escaped(words));
  if (!isRimmed) return written;
  const rim = { class: "chart-rim", stroke: LIGHT.card, "stroke-width": 4, "stroke-linejoin": "round" };
  return `${element("text", { ...attributes, fill: "none", ...rim }, escaped(words))}${written}`;
}
