import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { MetricAnswer, RequirementStatus, RunInfo } from "../../../control-api/index.ts";
import { formatted } from "../../model/format.ts";
import { figureParams, lineOfPart, partsOf, RUN_FIGURES } from "../../model/run-charts.ts";
import { aligned, difference, meanOverCommon } from "../../model/run-comparison.ts";
import { useParam } from "../state/address.ts";
import { get, useAnswer } from "../state/api.ts";
import { useAsked } from "../state/asking.ts";
import { nowMs } from "../state/clock.ts";
import { requirements } from "../state/live.ts";
import { metricsPath } from "../state/run.ts";
import { Badge } from "../ui/badge.tsx";
import { Empty, Failure, Loading } from "../ui/empty.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { RunChart } from "./run-chart.tsx";
import { nameOfRun } from "./run-name.ts";

/** Of the present run the charts move on so often. */
const STEP_MS = 15_000;

/** One answer for each figure, of each run; undefined of what a run does not know. */
type Answers = readonly (readonly (MetricAnswer | undefined)[])[];

/** One run's charts, or two runs laid over each other: charts on the same axes, and a table of how they differ. */
export function RunComparison({ runs }: { readonly runs: readonly RunInfo[] }): JSX.Element {
  const [asked, setPart] = useParam("part");
  const ends = runs.map((run) => (run.current ? Math.floor(nowMs.value / STEP_MS) * STEP_MS : run.lastMs));
  const subject = runs.map((run) => run.id).join();
  const { data, error, reload } = useAsked<Answers>({
    subject,
    version: `${subject} ${ends.join()}`,
    ask: (signal) => Promise.all(runs.map((run, index) => figuresOf(run, ends[index] ?? run.lastMs, signal))),
  });
  const parts = useMemo(() => partsOf(data?.flat() ?? []), [data]);
  if (error && !data) return <Failure error={error} onRetry={reload} />;
  if (!data) return <Loading lines={5} />;
  const part = asked !== undefined && parts.includes(asked) ? asked : parts[0];
  if (part === undefined) return <Empty icon="runs" title="Nothing was measured in these runs" />;
  return (
    <>
      <Verdicts runs={runs} />
      <div class="runs-part">
        <label for="runs-part">Part</label>
        <select
          id="runs-part"
          class="input"
          value={part}
          onChange={(event) => setPart(event.currentTarget.value)}
        >
          {parts.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div class="runs-charts">
        {RUN_FIGURES.map((figure, index) => (
          <RunChart
            key={figure.id}
            figure={figure}
            part={part}
            runs={runs}
            answers={data.map((all) => all[index])}
          />
        ))}
      </div>
      {runs.length === 2 && <Differences runs={runs} answers={data} parts={parts} />}
    </>
  );
}

function figuresOf(run: RunInfo, endMs: number, signal: AbortSignal): Promise<(MetricAnswer | undefined)[]> {
  const path = metricsPath("/query", run.current ? undefined : run.id);
  return Promise.all(
    RUN_FIGURES.map((figure) => get<MetricAnswer>(path, figureParams(figure, run, endMs), signal)),
  );
}

/** How the requirements of each run stand, or stood at its end, and what was noticed. */
function Verdicts({ runs }: { readonly runs: readonly RunInfo[] }): JSX.Element {
  return (
    <div class="runs-verdict-cards">
      {runs.map((run, index) => (
        <VerdictCard key={run.id} run={run} number={index + 1} />
      ))}
    </div>
  );
}

function VerdictCard({ run, number }: { readonly run: RunInfo; readonly number: number }): JSX.Element {
  const { data: stored } = useAnswer<{ data: readonly RequirementStatus[] }>(
    run.current ? undefined : `/v1/runs/${encodeURIComponent(run.id)}/requirements`,
  );
  const statuses = run.current ? requirements.value : (stored?.data ?? []);
  return (
    <section class="card" aria-label={nameOfRun(run)}>
      <div class="card-head">
        <h2>
          <span class={`runs-mark runs-mark-${number}`}>{number}</span> {nameOfRun(run)}
        </h2>
      </div>
      <ul class="card-body runs-verdict-list">
        {statuses.map((one) => (
          <li key={one.id}>
            <Badge level={one.state === "met" ? "good" : one.state === "not-met" ? "bad" : "off"}>
              {one.title}
            </Badge>{" "}
            {one.sentence}
          </li>
        ))}
        {run.verdicts.map((verdict) => (
          <li key={verdict}>{verdict}</li>
        ))}
        {run.verdicts.length + statuses.length === 0 && (
          <li class="faint">Nothing was noticed that was not mended</li>
        )}
      </ul>
    </section>
  );
}

interface DifferenceRow {
  readonly key: string;
  readonly part: string;
  readonly title: string;
  readonly first: string;
  readonly second: string;
  readonly text: string | undefined;
  readonly verdict: string;
}

const COLUMNS: readonly Column<DifferenceRow>[] = [
  { id: "part", title: "Part", cell: (row) => row.part },
  { id: "figure", title: "Figure", cell: (row) => row.title },
  { id: "first", title: "1", align: "right", cell: (row) => row.first },
  { id: "second", title: "2", align: "right", cell: (row) => row.second },
  {
    id: "difference",
    title: "Difference",
    align: "right",
    cell: (row) => (
      <span class={`runs-${row.verdict}`}>
        {row.text ?? "–"}
        {row.verdict === "better" && " better"}
        {row.verdict === "worse" && " worse"}
      </span>
    ),
  },
];

/** Means over the time that both runs lasted, for each part, side by side. */
function Differences({
  runs,
  answers,
  parts,
}: {
  readonly runs: readonly RunInfo[];
  readonly answers: Answers;
  readonly parts: readonly string[];
}): JSX.Element {
  const rows = parts.flatMap((part) =>
    RUN_FIGURES.flatMap((figure, index): DifferenceRow[] => {
      const all = aligned(
        runs.map((run, which) => ({ answer: answers[which]?.[index], startedMs: run.startedMs })),
        (answer) => lineOfPart(answer, part),
      );
      const [first, second] = meanOverCommon(all);
      if (first === undefined && second === undefined) return [];
      const { text, verdict } = difference(first, second, figure.better);
      return [
        {
          key: `${part}\n${figure.id}`,
          part,
          title: figure.title,
          first: formatted(first, figure.format),
          second: formatted(second, figure.format),
          text,
          verdict,
        },
      ];
    }),
  );
  return (
    <section class="card">
      <div class="card-head">
        <h2>Differences</h2>
        <span class="faint">means over the time that both lasted</span>
      </div>
      <Table caption="Differences" columns={COLUMNS} rows={rows} keyOf={(row) => row.key} />
    </section>
  );
}
