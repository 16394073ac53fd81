import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { TraceView } from "../../../control-api/index.ts";
import { criticalPath, pathShares } from "../../model/critical-path.ts";
import { momentText, msText } from "../../model/format.ts";
import { partColours } from "../../model/part-colours.ts";
import { type TraceTree, traceTree } from "../../model/trace-tree.ts";
import { hrefOf, setParams, useParam } from "../state/address.ts";
import { useAnswer } from "../state/api.ts";
import { nowMs } from "../state/clock.ts";
import { system } from "../state/live.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Failure, Loading } from "../ui/empty.tsx";
import { Icon } from "../ui/icon.tsx";
import { tell } from "../ui/toast.tsx";
import { VisibleText } from "../ui/visible-text.tsx";
import { useIsNarrow } from "./narrow.ts";
import { PathCard } from "./path-card.tsx";
import { SpanDialog, SpanPanel } from "./span-panel.tsx";
import { paramsOf, useTraceFilter } from "./trace-filter.ts";
import { TraceLogs } from "./trace-logs.tsx";
import { Waterfall } from "./waterfall.tsx";

/** A trace that is younger, or whose parents have not all come, is asked for again. */
const YOUNG_MS = 15_000;
const EVERY_MS = 3_000;

/** One trace whole: its waterfall, what determined its end, one span's details, and what was logged. */
export function OneTrace({ traceId }: { readonly traceId: string }): JSX.Element {
  const [isYoung, setYoung] = useState(true);
  const { data, error, reload } = useAnswer<TraceView>(
    `/v1/traces/${encodeURIComponent(traceId)}`,
    {},
    isYoung ? { everyMs: EVERY_MS } : {},
  );
  const filter = useTraceFilter();
  const stillYoung = !data || nowMs.value - data.summary.startMs - data.summary.durationMs < YOUNG_MS;
  if (stillYoung !== isYoung) setYoung(stillYoung);
  return (
    <div class="page trace">
      <nav class="trace-back" aria-label="Back">
        <a href={hrefOf("traces", paramsOf(filter))}>
          <Icon name="left" size={12} /> Traces
        </a>
      </nav>
      {data ? (
        <Whole trace={data} />
      ) : error ? (
        <div class="card">
          <Failure error={error} onRetry={reload} />
        </div>
      ) : (
        <Loading lines={8} />
      )}
    </div>
  );
}

function Whole({ trace }: { readonly trace: TraceView }): JSX.Element {
  const { spans } = trace;
  // Asked for again, it is the same more often than not: then nothing is to be made anew.
  const version = spans.map(({ spanId, durationMs }) => `${spanId} ${durationMs}`).join();
  const tree = useMemo(() => traceTree(spans), [version]);
  const path = useMemo(() => criticalPath(tree), [tree]);
  const shares = useMemo(() => pathShares(path), [path]);
  const parts = useMemo(() => [...new Set(spans.map(({ part }) => part))], [version]);
  const names = system.value?.parts.map(({ name }) => name) ?? [];
  const colours = useMemo(() => partColours(parts, names), [parts, names.join()]);
  const [spanId] = useParam("span");
  const chosen = tree.nodes.find((node) => node.span.spanId === spanId);
  const isNarrow = useIsNarrow();
  const choose = (id: string | undefined) => setParams({ span: id });
  const panel = chosen && { node: chosen, tree, colours, onChoose: choose };
  return (
    <>
      <Head trace={trace} tree={tree} chosen={spanId} onChoose={choose} />
      <div class="trace-columns">
        <div class="trace-main">
          <Waterfall tree={tree} path={path} colours={colours} chosen={spanId} onChoose={choose} />
          <TraceLogs trace={trace} spanId={chosen?.span.spanId} />
        </div>
        <div class="trace-side">
          {panel && !isNarrow && <SpanPanel {...panel} />}
          <PathCard path={path} shares={shares} colours={colours} chosen={spanId} onChoose={choose} />
        </div>
      </div>
      {panel && isNarrow && <SpanDialog {...panel} />}
    </>
  );
}

/** Programs learn the time from clocks of whole milliseconds: by so much those of one machine differ, and nobody needs to know. */
const CLOCK_GRAIN_MS = 1;

function Head({
  trace,
  tree,
  chosen,
  onChoose,
}: {
  readonly trace: TraceView;
  readonly tree: TraceTree;
  readonly chosen: string | undefined;
  readonly onChoose: (spanId: string) => void;
}): JSX.Element {
  const { summary, dropped } = trace;
  const failed = tree.nodes.filter(({ span }) => span.error).map(({ span }) => span.spanId);
  const nextFailed = failed[(failed.indexOf(chosen ?? "") + 1) % Math.max(1, failed.length)];
  const shifted = tree.nodes.some(({ shiftMs }) => Math.abs(shiftMs) >= CLOCK_GRAIN_MS);
  return (
    <header class="trace-head">
      <h1>
        <VisibleText text={summary.name || "A trace without a name"} lengthMax={300} />
      </h1>
      <p class="trace-facts">
        <strong>{msText(summary.durationMs)}</strong>
        <span>{momentText(summary.startMs)}</span>
        <span>
          {summary.spans} {summary.spans === 1 ? "span" : "spans"}
        </span>
        <a href={hrefOf("part", { part: summary.part })}>{summary.part}</a>
        {summary.httpStatus !== undefined && <span>status {summary.httpStatus}</span>}
        {nextFailed !== undefined && (
          <Button look="danger" icon="cross" onClick={() => onChoose(nextFailed)}>
            {failed.length === 1 ? "1 span failed" : `${failed.length} spans failed`}
          </Button>
        )}
        {summary.incomplete && <Badge level="warn">some spans have not come</Badge>}
        {dropped > 0 && <Badge level="warn">{dropped} spans beyond the bound were not kept</Badge>}
        {shifted && <Badge>clocks differ: some spans were moved</Badge>}
        <span class="trace-id">
          <span class="mono faint">{summary.traceId}</span>
          <Button
            look="quiet"
            icon="copy"
            label="Copy the trace's id"
            onClick={() => copy(summary.traceId)}
          />
        </span>
      </p>
    </header>
  );
}

function copy(text: string): void {
  navigator.clipboard.writeText(text).then(
    () => tell("Copied"),
    () => tell("The browser does not let this page copy", "bad"),
  );
}
