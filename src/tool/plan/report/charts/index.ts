/** Charts as SVG documents, from plain data: for pages of the docs, and for the report of a plan. Pure. */
export { barChart } from "./bar-chart.ts";
export type { Axis, BarChart, Bound, ChartOptions, Line, LineChart, Panel, Point, Span } from "./chart.ts";
export { type Colours, chartRules, DARK, LIGHT } from "./colours.ts";
export { lineChart } from "./line-chart.ts";
