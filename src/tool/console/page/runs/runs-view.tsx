import type { JSX } from "preact";
import type { RunInfo } from "../../../control-api/index.ts";
import { bytesText, countText, durationText, formatted, momentText } from "../../model/format.ts";
import { setParams, useParam } from "../state/address.ts";
import { useAnswer } from "../state/api.ts";
import { run as shownRun } from "../state/run.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Empty, Failure, Loading } from "../ui/empty.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { RunComparison } from "./run-comparison.tsx";
import { nameOfRun } from "./run-name.ts";

const ASK_MS = 15_000;

/** Runs that are kept: chosen alone to be looked at, or two to be laid over each other. */
export function RunsView(): JSX.Element {
  const { data, error, reload } = useAnswer<{ data: readonly RunInfo[] }>(
    "/v1/runs",
    {},
    { everyMs: ASK_MS },
  );
  const [first, setFirst] = useParam("a");
  const [second, setSecond] = useParam("b");
  if (error && !data) return <Failure error={error} onRetry={reload} />;
  if (!data) return <Loading lines={6} />;
  if (data.data.length === 0) return <Empty icon="runs" title="No run is kept yet" />;
  const runs = [...data.data].sort((one, other) => other.startedMs - one.startedMs);
  const chosen = [first, second].flatMap((id) => runs.find((one) => one.id === id) ?? []);
  const choose = (id: string) => {
    if (id === first) {
      setFirst(second, "push");
      setSecond(undefined);
    } else if (id === second) setSecond(undefined, "push");
    else if (first === undefined) setFirst(id, "push");
    else setSecond(id, "push");
  };
  return (
    <div class="page">
      <header class="runs-head">
        <h1>Runs</h1>
        <p class="soft" role="status">
          {chosen.length === 0
            ? "Choose one to look at it, two to compare them"
            : chosen.length === 1
              ? "Choose a second one to compare it with"
              : "The second one beside the first, by the time since each one's start"}
        </p>
      </header>
      <section class="card">
        <Table
          caption="Runs"
          columns={columnsOf(first, second, choose)}
          rows={runs}
          keyOf={(run) => run.id}
          isSelected={(run) => run.id === first || run.id === second}
        />
      </section>
      {chosen.length > 0 && <RunComparison key={chosen.map((one) => one.id).join()} runs={chosen} />}
    </div>
  );
}

function columnsOf(
  first: string | undefined,
  second: string | undefined,
  choose: (id: string) => void,
): Column<RunInfo>[] {
  return [
    {
      id: "choose",
      title: "Compare",
      cell: (run) => (
        <label class="runs-choose">
          <input
            type="checkbox"
            checked={run.id === first || run.id === second}
            aria-label={`Compare ${nameOfRun(run)}`}
            onChange={() => choose(run.id)}
          />
          {run.id === first && <span class="runs-mark runs-mark-1">1</span>}
          {run.id === second && <span class="runs-mark runs-mark-2">2</span>}
        </label>
      ),
    },
    {
      id: "run",
      title: "Run",
      cell: (run) => (
        <span class="runs-name">
          <span>{run.label ?? momentText(run.startedMs)}</span>
          {run.current && <Badge level="good">present</Badge>}
          {run.id === shownRun.value && <Badge>shown in the charts</Badge>}
        </span>
      ),
    },
    {
      id: "began",
      title: "Began",
      cell: (run) => <span class="mono soft">{momentText(run.startedMs)}</span>,
    },
    {
      id: "lasted",
      title: "Lasted",
      align: "right",
      cell: (run) => durationText((run.endedMs ?? run.lastMs) - run.startedMs),
    },
    { id: "requests", title: "Requests", align: "right", cell: (run) => countText(run.requests) },
    {
      id: "errors",
      title: "Fail",
      align: "right",
      cell: (run) => (run.requests > 0 ? formatted(run.errors / run.requests, "share") : "–"),
    },
    { id: "p99", title: "p99", align: "right", cell: (run) => formatted(run.p99Ms, "ms") },
    {
      id: "verdicts",
      title: "Noticed",
      cell: (run) =>
        run.verdicts.length === 0 ? (
          <span class="faint">nothing</span>
        ) : (
          <span class="runs-verdicts" title={run.verdicts.join("\n")}>
            {run.verdicts[0]}
            {run.verdicts.length > 1 && ` +${run.verdicts.length - 1}`}
          </span>
        ),
    },
    { id: "size", title: "Size", align: "right", cell: (run) => bytesText(run.bytes) },
    {
      id: "look",
      title: "Charts",
      cell: (run) =>
        run.current ? null : (
          <Button look="quiet" onClick={() => showRun(run)} label={`Show ${nameOfRun(run)} in all charts`}>
            Show
          </Button>
        ),
    },
  ];
}

/** Turns all charts to a stored run and its time. */
function showRun(run: RunInfo): void {
  setParams(
    {
      run: run.id,
      from: String(Math.floor(run.startedMs)),
      to: String(Math.ceil(Math.max(run.lastMs, run.startedMs + 1_000))),
      range: undefined,
      pause: undefined,
    },
    "push",
  );
}
