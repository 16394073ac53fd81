import type { JSX } from "preact";
import type { ExemplarPoint } from "../../../control-api/index.ts";
import { type Format, formatted, timeText } from "../../model/format.ts";
import { hrefOf } from "../state/address.ts";
import { Table } from "../ui/table.tsx";
import type { PlotSeries } from "./plot-options.ts";

const ROWS_MAX = 100;
const EXEMPLARS_MAX = 20;

/** What a chart draws, as figures: the newest first. */
export function ChartTable({
  title,
  times,
  series,
  format,
  exemplars,
}: {
  readonly title: string;
  readonly times: readonly number[];
  readonly series: readonly PlotSeries[];
  readonly format: Format;
  readonly exemplars: readonly ExemplarPoint[];
}): JSX.Element {
  const rows = times
    .map((timeMs, at) => ({ timeMs, at }))
    .filter(({ at }) => series.some((one) => one.values[at] !== null && one.values[at] !== undefined))
    .reverse()
    .slice(0, ROWS_MAX);
  return (
    <div class="chart-table">
      <Table
        caption={`${title}, the newest first`}
        rows={rows}
        keyOf={(row) => row.timeMs}
        columns={[
          { id: "time", title: "Time", cell: (row) => <span class="mono">{timeText(row.timeMs)}</span> },
          ...series.map((one, index) => ({
            id: `${index} ${one.label}`,
            title: one.label,
            align: "right" as const,
            cell: (row: { at: number }) => formatted(one.values[row.at], format),
          })),
        ]}
      />
      {exemplars.length > 0 && (
        <p class="chart-note">
          Traces:{" "}
          {exemplars.slice(-EXEMPLARS_MAX).map((one) => (
            <a key={one.traceId} href={hrefOf("traces", { trace: one.traceId })}>
              {formatted(one.value, format)}
            </a>
          ))}
        </p>
      )}
    </div>
  );
}
