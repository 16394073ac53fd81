import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { TraceSummary } from "../../../control-api/index.ts";
import { heldTraces } from "../../model/held-traces.ts";
import { useAnswer } from "../state/api.ts";
import { range } from "../state/range.ts";
import { run } from "../state/run.ts";
import { Button } from "../ui/button.tsx";
import { Empty, Failure, Loading } from "../ui/empty.tsx";
import { paramsOf, useTraceFilter } from "./trace-filter.ts";
import { TraceFilters } from "./trace-filters.tsx";
import { TraceList } from "./trace-list.tsx";
import { TraceScatter } from "./trace-scatter.tsx";

const EVERY_MS = 5_000;
const LIMIT = 200;
/** The most that the API gives. */
const LIMIT_MAX = 500;

/** The search for traces: how long they took over time, and a list. */
export function TraceSearch(): JSX.Element {
  const filter = useTraceFilter();
  const [limit, setLimit] = useState(LIMIT);
  const { fromMs, toMs, isLive } = range.value;
  const asked = { ...paramsOf(filter), limit };
  const { data, error, reload } = useAnswer<{ data: readonly TraceSummary[] }>(
    "/v1/traces",
    // A range that moves on is asked about in steps of the refresh: between them nothing would be new.
    isLive
      ? { ...asked, fromMs: Math.floor(fromMs / EVERY_MS) * EVERY_MS }
      : { ...asked, fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs) },
    { everyMs: EVERY_MS },
  );
  const held = useHeld(data?.data, JSON.stringify(asked));
  return (
    <div class="page traces">
      <h1 class="unseen">Traces</h1>
      <TraceFilters filter={filter} />
      {data && data.data.length > 0 && <TraceScatter traces={data.data} filter={filter} />}
      {error && !data ? (
        <div class="card">
          <Failure error={error} onRetry={reload} />
        </div>
      ) : !data ? (
        <Loading lines={6} />
      ) : held.shown.length === 0 ? (
        <div class="card">
          <NoTraces isFiltered={Object.values(paramsOf({ ...filter, sort: "time" })).some(Boolean)} />
        </div>
      ) : (
        <section
          class="card"
          aria-label="Found traces"
          ref={held.frame}
          onPointerEnter={held.onReading}
          onPointerLeave={held.onLeft}
        >
          <div class="card-head">
            <h2>
              {held.shown.length}
              {held.shown.length >= limit ? "+" : ""} {held.shown.length === 1 ? "trace" : "traces"}
            </h2>
            {held.fresh > 0 && (
              <Button icon="up" onClick={held.onShow}>
                {held.fresh >= limit ? `${held.fresh}+` : held.fresh} new
              </Button>
            )}
          </div>
          <TraceList traces={held.shown} filter={filter} />
          {held.shown.length >= limit && limit < LIMIT_MAX && (
            <p class="list-foot">
              <Button onClick={() => setLimit(LIMIT_MAX)}>Show up to {LIMIT_MAX}</Button>
            </p>
          )}
        </section>
      )}
    </div>
  );
}

function NoTraces({ isFiltered }: { readonly isFiltered: boolean }): JSX.Element {
  if (run.value !== undefined) {
    return <Empty icon="traces" title="Of an earlier run the charts are kept, and no traces" />;
  }
  return (
    <Empty icon="traces" title={isFiltered ? "No trace fits" : "No traces in this time"}>
      {isFiltered
        ? "Failed and slow ones are kept longest. A longer time, or fewer conditions, may find some."
        : "The edge begins one with each request; they are kept for a while, failed and slow ones longest."}
    </Empty>
  );
}

/** The list as it is read: what comes while the pointer or the focus is in it, or when its beginning is scrolled away, waits. */
function useHeld(latest: readonly TraceSummary[] | undefined, subject: string) {
  const frame = useRef<HTMLElement>(null);
  const isPointed = useRef(false);
  const [state, setState] = useState<{ subject: string; shown: readonly TraceSummary[]; fresh: number }>({
    subject,
    shown: [],
    fresh: 0,
  });
  const isReading = () => {
    const { current } = frame;
    if (!current) return false;
    return (
      isPointed.current || current.contains(document.activeElement) || current.getBoundingClientRect().top < 0
    );
  };
  useEffect(() => {
    if (!latest) return;
    setState((before) => ({
      subject,
      ...heldTraces(before.subject === subject ? before.shown : [], latest, isReading()),
    }));
  }, [latest, subject]);
  const onShow = () => latest && setState({ subject, shown: latest, fresh: 0 });
  return {
    frame,
    shown: state.subject === subject ? state.shown : (latest ?? []),
    fresh: state.subject === subject ? state.fresh : 0,
    onShow,
    onReading: () => {
      isPointed.current = true;
    },
    onLeft: () => {
      isPointed.current = false;
    },
  };
}
