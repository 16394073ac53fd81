import type { ComponentChildren, JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import type { ExemplarPoint, Mark, MetricAnswer } from "../../../control-api/index.ts";
import { thinned } from "../../model/exemplars.ts";
import { type Format, formatOfUnit } from "../../model/format.ts";
import { range } from "../state/range.ts";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/empty.tsx";
import { ChartReader } from "./chart-reader.tsx";
import { ChartTable } from "./chart-table.tsx";
import { Legend } from "./legend.tsx";
import { shownMarks } from "./marks.ts";
import { type ChartMetric, linesOf, timesOf, useMetrics } from "./metric.ts";
import { useNear } from "./near.ts";
import { Plot } from "./plot.tsx";

export interface LineChartProps {
  readonly title: string;
  /** One metric, or several that stand in one chart, each with its label. */
  readonly metric: ChartMetric | readonly ChartMetric[];
  /** How values are written; default by the metric's unit. */
  readonly format?: Format;
  /** A required value, drawn across, in the metric's unit. */
  readonly limit?: number;
  readonly heightPx?: number;
  /** Marks of this part alone and of its links; default all. */
  readonly part?: string;
  readonly note?: ComponentChildren;
  /** What is said where there is nothing to draw. Default: that nothing was measured. */
  readonly empty?: string;
}

/** A chart that asks for its metric by itself, follows the range, and can be read without being seen. */
export function LineChart(props: LineChartProps): JSX.Element {
  const frame = useRef<HTMLElement>(null);
  const isNear = useNear(frame);
  const [isTable, setTable] = useState(false);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const metrics = isList(props.metric) ? props.metric : [props.metric];
  const { data, error, reload } = useMetrics(metrics, { isResting: !isNear });
  const lines = useMemo(() => linesOf(metrics, data ?? [], props.title), [data, props.title]);
  const first = data?.[0];
  const times = useMemo(() => (first ? timesOf(first) : []), [first]);
  const { fromMs, toMs } = range.value;
  const own = ofPart(shownMarks.value, props.part);
  const format = props.format ?? formatOfUnit(first?.unit ?? "1", /rate$/.test(metrics[0]?.as ?? ""));
  const exemplars = useMemo(
    () => thinned(exemplarsOf(metrics, data ?? []), fromMs, toMs),
    [data, fromMs, toMs],
  );
  const leftOut = data?.reduce((sum, answer) => sum + answer.leftOut, 0) ?? 0;

  return (
    <figure class="chart card" ref={frame}>
      <figcaption class="chart-head">
        <h3>{props.title}</h3>
        {props.note && <span class="faint">{props.note}</span>}
        <Button
          look="quiet"
          icon={isTable ? "runs" : "table"}
          label={isTable ? `${props.title} as a chart` : `${props.title} as a table`}
          onClick={() => setTable(!isTable)}
        />
      </figcaption>
      {error && !data ? (
        <Failure error={error} onRetry={reload} />
      ) : isTable ? (
        <ChartTable title={props.title} times={times} series={lines} format={format} exemplars={exemplars} />
      ) : (
        <>
          <ChartReader
            title={props.title}
            times={times}
            series={lines}
            format={format}
            fromMs={fromMs}
            toMs={toMs}
          >
            <Plot
              times={times}
              series={lines}
              format={format}
              fromMs={fromMs}
              toMs={toMs}
              marks={own}
              exemplars={exemplars}
              hidden={hidden}
              {...(props.limit === undefined ? {} : { limit: props.limit })}
              {...(props.heightPx === undefined ? {} : { heightPx: props.heightPx })}
            />
            {data && lines.every((line) => line.values.every((value) => value === null)) && (
              <p class="chart-empty">{props.empty ?? "Nothing was measured in this time"}</p>
            )}
          </ChartReader>
          <Legend
            series={lines}
            times={times}
            format={format}
            hidden={hidden}
            onHide={setHidden}
            marks={own}
          />
          {leftOut > 0 && <p class="chart-note">{leftOut} more lines, smaller ones, are left out</p>}
        </>
      )}
    </figure>
  );
}

/** Examples are values of what was measured: on a chart of how many there were, they have no place. */
function exemplarsOf(metrics: readonly ChartMetric[], answers: readonly MetricAnswer[]): ExemplarPoint[] {
  return answers.flatMap((answer, index) => (/rate$/.test(metrics[index]?.as ?? "") ? [] : answer.exemplars));
}

function isList(metric: LineChartProps["metric"]): metric is readonly ChartMetric[] {
  return Array.isArray(metric);
}

function ofPart(all: readonly Mark[], part: string | undefined): readonly Mark[] {
  if (part === undefined) return all;
  return all.filter((mark) => mark.part === undefined || mark.part === part || mark.to === part);
}
