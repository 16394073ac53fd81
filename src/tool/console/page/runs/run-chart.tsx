import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { MetricAnswer, RunInfo } from "../../../control-api/index.ts";
import { lineOfPart, type RunFigure } from "../../model/run-charts.ts";
import { aligned } from "../../model/run-comparison.ts";
import { ChartReader } from "../chart/chart-reader.tsx";
import { ChartTable } from "../chart/chart-table.tsx";
import { Legend } from "../chart/legend.tsx";
import { Plot } from "../chart/plot.tsx";
import { Button } from "../ui/button.tsx";
import { nameOfRun } from "./run-name.ts";

const HEIGHT_PX = 140;
/** A day that begins at midnight of the reader, so that the values of a legend and a table read as the time since the start. */
const START_MS = new Date(2001, 0, 1).getTime();

/** One figure of one part in each of the runs, by the time since the start. */
export function RunChart({
  figure,
  part,
  runs,
  answers,
}: {
  readonly figure: RunFigure;
  readonly part: string;
  readonly runs: readonly RunInfo[];
  readonly answers: readonly (MetricAnswer | undefined)[];
}): JSX.Element {
  const [isTable, setTable] = useState(false);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const { times, series, toMs } = useMemo(() => {
    const all = aligned(
      runs.map((run, index) => ({ answer: answers[index], startedMs: run.startedMs })),
      (answer) => lineOfPart(answer, part),
    );
    return {
      times: Array.from({ length: all.steps }, (_, step) => START_MS + step * all.stepMs),
      series: runs.map((run, index) => ({
        label: `${index + 1}: ${nameOfRun(run)}`,
        values: all.lines[index] ?? [],
        colour: index,
        isDashed: index === 1,
      })),
      toMs: START_MS + Math.max(1, all.steps) * all.stepMs,
    };
  }, [answers, part, runs]);
  const { format, title } = figure;
  const isEmpty = series.every((one) => one.values.every((value) => value === null));
  return (
    <figure class="chart card">
      <figcaption class="chart-head">
        <h3>{title}</h3>
        <Button
          look="quiet"
          icon={isTable ? "runs" : "table"}
          label={isTable ? `${title} as a chart` : `${title} as a table`}
          onClick={() => setTable(!isTable)}
        />
      </figcaption>
      {isTable ? (
        <ChartTable title={title} times={times} series={series} format={format} exemplars={[]} />
      ) : (
        <>
          <ChartReader
            title={title}
            times={times}
            series={series}
            format={format}
            fromMs={START_MS}
            toMs={toMs}
            canZoom={false}
          >
            <Plot
              times={times}
              series={series}
              format={format}
              fromMs={START_MS}
              toMs={toMs}
              sinceMs={START_MS}
              hidden={hidden}
              heightPx={HEIGHT_PX}
            />
            {isEmpty && <p class="chart-empty">Nothing of this was measured</p>}
          </ChartReader>
          <Legend series={series} times={times} format={format} hidden={hidden} onHide={setHidden} />
        </>
      )}
    </figure>
  );
}
