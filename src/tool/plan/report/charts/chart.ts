import type { FigureUnit } from "../../figure.ts";

/** An axis. Without `from` and `to` it holds all that is drawn along it, from 0 where it is linear. */
export interface Axis {
  /** What is measured along it: `requests per second`. */
  readonly label: string;
  readonly unit: FigureUnit;
  readonly from?: number;
  /** What lies beyond is drawn at the edge. */
  readonly to?: number;
  /** Default `linear`. On a logarithmic axis what is not above 0 lies at its lower edge. */
  readonly scale?: "linear" | "log";
  /** Where lines of its grid lie, with their words, in rising order. Default round values, as many as there is room for. */
  readonly ticks?: readonly { readonly value: number; readonly text: string }[];
}

/** A place on both axes; null where there is nothing to tell, and the line is broken. */
export type Point = readonly [x: number, y: number | null];

export interface Line {
  /** Lines of one name look alike in all panels, and stand in the legend once. */
  readonly name: string;
  /** In rising order of x. */
  readonly points: readonly Point[];
  /** `quiet`: grey and dotted, for what is given rather than found out. Default `main`. */
  readonly role?: "main" | "quiet";
  /** Whether a value holds until the next, as a number of replicas does. Default false. */
  readonly steps?: boolean;
}

/** A value that is not to be exceeded, or to be reached: a line across, with its words. */
export interface Bound {
  readonly value: number;
  readonly label: string;
}

/** Axes with lines. */
export interface Panel {
  readonly title?: string;
  readonly y: Axis;
  readonly lines: readonly Line[];
  readonly bound?: Bound;
}

/** A stretch of the x axis that is shaded, such as an overload; a line where it has no length. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** Lines over a common x axis, in panels one below the other. */
export interface LineChart {
  readonly title: string;
  /** For those who cannot see it: what it shows. */
  readonly description: string;
  readonly x: Axis;
  readonly panels: readonly Panel[];
  readonly spans?: readonly Span[];
}

/** Bars that lie, in groups: a name, and a bar for each of the series. */
export interface BarChart {
  readonly title: string;
  readonly description: string;
  readonly value: Axis;
  /** Names of the bars of a group, in their order. */
  readonly series: readonly string[];
  /** With a value for each of the series; null where there is none, and `Infinity` where it has no bound. */
  readonly groups: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  readonly bound?: Bound;
}

export interface ChartOptions {
  /** Of the whole, in pixels, 320 or more. Default 760. */
  readonly width?: number;
  /** Of a panel's axes, in pixels, 60 or more. Default 150. */
  readonly panelHeight?: number;
  /**
   * Whether it brings the rules with which it follows the reader's colour scheme; without them it is light, and a page may bring `chartRules`.
   * Default true.
   */
  readonly style?: boolean;
}
