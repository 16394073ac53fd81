/**
 * The colours of charts. On its card each has a contrast of 4.5 to 1 or more (WCAG 2.2, 1.4.3 and 1.4.11), by light and by dark, and lines and bars differ in
 * their strokes as well. Pure.
 */
export interface Colours {
  readonly card: string;
  readonly border: string;
  readonly grid: string;
  readonly shade: string;
  /** Titles and what counts. */
  readonly ink: string;
  /** Labels, and lines that are given. */
  readonly quiet: string;
  readonly bound: string;
  readonly lines: readonly string[];
}

/** What is written into a chart as it is. */
export const LIGHT: Colours = {
  card: "#ffffff",
  border: "#d0d7de",
  grid: "#e4e8ec",
  shade: "#eef1f4",
  ink: "#1f2328",
  quiet: "#59636e",
  bound: "#b42318",
  lines: ["#0a58ca", "#b3430a", "#0f6e5f", "#7a3fd1", "#7a5b00", "#a8326e"],
};

export const DARK: Colours = {
  card: "#14181d",
  border: "#3d444d",
  grid: "#2a3038",
  shade: "#1f252c",
  ink: "#e6edf3",
  quiet: "#a2adb8",
  bound: "#ff8f84",
  lines: ["#6cb2ff", "#ff9a5c", "#4fd1b5", "#c8a6ff", "#e3b341", "#ff8fc7"],
};

/** Of lines, by the number of their colour: dashes and gaps in pixels. Of six lines no two look alike without colours. */
export const DASHES: readonly string[] = ["", "7 3", "2 3", "9 3 2 3", "12 4", "5 3 1 3 1 3"];
export const QUIET_DASH = "1.5 3";

/** The style sheet that gives charts these colours, each rule behind `scope`, such as `[data-theme="dark"] `. */
export function chartRules(colours: Colours, scope = ""): string {
  const rules = [
    [".chart-card", `fill:${colours.card};stroke:${colours.border}`],
    [".chart-grid", `stroke:${colours.grid}`],
    [".chart-rim", `stroke:${colours.card}`],
    [".chart-shade", `fill:${colours.shade}`],
    [".chart-ink", `fill:${colours.ink}`],
    [".chart-quiet", `fill:${colours.quiet}`],
    [".chart-line-quiet", `stroke:${colours.quiet}`],
    [".chart-bound", `stroke:${colours.bound}`],
    [".chart-bound-text", `fill:${colours.bound}`],
    ...colours.lines.flatMap((colour, at) => [
      [`.chart-line-${at}`, `stroke:${colour}`],
      [`.chart-bar-${at}`, `fill:${colour};stroke:${colour}`],
    ]),
  ];
  return rules.map(([selector, declarations]) => `${scope}${selector}{${declarations}}`).join("");
}
