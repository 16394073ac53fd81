import type { HeatmapAnswer, MetricAnswer, MetricQuery } from "../../../control-api/index.ts";
import { seriesLabel } from "../../model/series-label.ts";
import { get, type QueryParams, useAnswer } from "../state/api.ts";
import { type Answer, type AskingOptions, useAsked } from "../state/asking.ts";
import { range } from "../state/range.ts";
import { metricsPath, run } from "../state/run.ts";
import type { PlotSeries } from "./plot-options.ts";

/** What a chart asks for: the times are those of the range. A label names the line, where one chart asks for several. */
export type ChartMetric = Omit<MetricQuery, "fromMs" | "toMs" | "points"> & { readonly label?: string };

/** One step for two pixels or so. */
const POINTS_MAX = 300;
/** A cell of a heat map has to be seen. */
const COLUMNS_MAX = 120;

/** Asks for metrics of what is shown (the range, and the stored run where one is looked at), and goes on asking as the time moves. */
export function useMetrics(
  metrics: readonly ChartMetric[],
  options: AskingOptions = {},
): Answer<readonly MetricAnswer[]> {
  const { fromMs, toMs } = range.value;
  const path = metricsPath("/query", run.value);
  const asked = metrics.map((metric) => paramsOf(metric));
  const subject = JSON.stringify([path, asked]);
  const question = {
    subject,
    version: `${subject} ${fromMs} ${toMs}`,
    ask: (signal: AbortSignal) =>
      Promise.all(asked.map((params) => get<MetricAnswer>(path, { ...params, fromMs, toMs }, signal))),
  };
  return useAsked(question, options);
}

/** Asks for a histogram's counts over the range. */
export function useHeatmap(metric: ChartMetric, options: AskingOptions = {}): Answer<HeatmapAnswer> {
  const { fromMs, toMs } = range.value;
  const params = { ...paramsOf(metric), points: COLUMNS_MAX, fromMs, toMs };
  return useAnswer<HeatmapAnswer>(metricsPath("/heatmap", run.value), params, options);
}

function paramsOf({ label: _label, where, ...metric }: ChartMetric): QueryParams {
  const conditions = Object.entries(where ?? {}).map(([name, value]) => [`where.${name}`, value]);
  return { ...metric, points: POINTS_MAX, ...Object.fromEntries(conditions) };
}

/** The lines of the answers, each with its name, in the order of the names, so that a line keeps its colour. */
export function linesOf(
  metrics: readonly ChartMetric[],
  answers: readonly MetricAnswer[],
  title: string,
): PlotSeries[] {
  return answers.flatMap((answer, index) => {
    const own = metrics[index]?.label;
    const lines = answer.series.map(({ labels, values }) => {
      const label = seriesLabel(labels);
      return { label: own ?? (label || title), values };
    });
    return own === undefined ? lines.sort((one, other) => compare(one.label, other.label)) : lines;
  });
}

function compare(one: string, other: string): number {
  return one.localeCompare(other, undefined, { numeric: true });
}

/** The moments of an answer's steps. */
export function timesOf({
  fromMs,
  stepMs,
  steps,
}: Pick<MetricAnswer, "fromMs" | "stepMs" | "steps">): number[] {
  return Array.from({ length: steps }, (_, step) => fromMs + step * stepMs);
}
