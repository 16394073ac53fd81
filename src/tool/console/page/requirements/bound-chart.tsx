import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { RequirementStatus } from "../../../control-api/index.ts";
import { formatted } from "../../model/format.ts";
import { requirementChart } from "../../model/requirement-chart.ts";
import { ChartReader } from "../chart/chart-reader.tsx";
import { Plot } from "../chart/plot.tsx";
import { marks } from "../state/live.ts";

const HEIGHT_PX = 130;

/** What was measured in each window, with the bound across. */
export function BoundChart({ of }: { readonly of: RequirementStatus }): JSX.Element | null {
  const chart = useMemo(() => requirementChart(of), [of]);
  const { times, values, format, limit, label } = chart;
  const fromMs = times[0];
  const last = times.at(-1);
  if (fromMs === undefined || last === undefined) return null;
  const toMs = last + chart.stepMs;
  const series = [{ label, values }];
  const title = `${of.title}, by window`;
  return (
    <figure class="bound-chart">
      <ChartReader title={title} times={times} series={series} format={format} fromMs={fromMs} toMs={toMs}>
        <Plot
          times={times}
          series={series}
          format={format}
          fromMs={fromMs}
          toMs={toMs}
          limit={limit}
          marks={marks.value}
          heightPx={HEIGHT_PX}
        />
      </ChartReader>
      <figcaption class="faint">
        {label}; the dashed line is the bound, {formatted(limit, format)}
      </figcaption>
    </figure>
  );
}
