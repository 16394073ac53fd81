import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { spanInWords } from "../../model/duration.ts";
import { LEVELS } from "../../model/log-filter.ts";
import { setParams, useParam } from "../state/address.ts";
import { liveSpan, paused, RANGES, showLast } from "../state/range.ts";
import { run } from "../state/run.ts";
import { Button } from "../ui/button.tsx";
import { Empty, Failure, Loading } from "../ui/empty.tsx";
import { useLogFilter } from "./log-address.ts";
import { LogChart } from "./log-chart.tsx";
import { download } from "./log-download.ts";
import { LogFilters } from "./log-filters.tsx";
import { LogList } from "./log-list.tsx";
import { type LogSource, useLogs } from "./log-source.ts";

/** Logs: what processes write, as they write it, and what they wrote. */
export function LogsView(): JSX.Element {
  const filter = useLogFilter();
  const [isFollowing, setFollowing] = useState(true);
  const [utc] = useParam("utc");
  const isLive = liveSpan.value !== undefined;
  const isHeld = !isFollowing || paused.value;
  const source = useLogs(filter, isHeld);
  const { buffer, error, isLoading } = source;
  // What waited is shown when the list goes on.
  useEffect(() => {
    if (!isHeld && source.waiting > 0) source.showWaiting();
  }, [isHeld]);
  const isFiltered =
    filter.parts.length > 0 || Boolean(filter.replica ?? filter.level ?? filter.traceId ?? filter.text);
  return (
    <div class="page logs">
      <h1 class="unseen">Logs</h1>
      <LogFilters filter={filter} />
      <LogChart buffer={buffer} />
      <section class="card logs-card" aria-label="Entries">
        <div class="card-head logs-head">
          <Counts source={source} />
          <Button
            look="quiet"
            label="Show times in UTC"
            pressed={utc === "1"}
            onClick={() => setParams({ utc: utc === "1" ? undefined : "1" })}
          >
            UTC
          </Button>
          <Button
            look="quiet"
            icon="download"
            label="Download what is shown as JSON lines"
            disabled={buffer.entries.length === 0}
            onClick={() => download(buffer.entries)}
          />
          {isLive && (
            <Button
              icon={isHeld ? "play" : "pause"}
              pressed={!isHeld}
              disabled={paused.value}
              onClick={() => setFollowing(isHeld)}
            >
              {isHeld ? "Follow" : "Following"}
            </Button>
          )}
        </div>
        {error && buffer.entries.length === 0 ? (
          <Failure error={error} onRetry={source.reload} />
        ) : isLoading ? (
          <Loading lines={8} />
        ) : buffer.entries.length === 0 ? (
          <NoEntries isFiltered={isFiltered} />
        ) : (
          <LogList
            entries={buffer.entries}
            filter={filter}
            isUtc={utc === "1"}
            isFollowing={isLive && !isHeld}
            onFollow={(next) => isLive && !paused.peek() && setFollowing(next)}
            hasOlder={buffer.hasOlder}
            onOlder={source.loadOlder}
            waiting={source.waiting}
          />
        )}
      </section>
    </div>
  );
}

/** How much is shown of what there is. */
function Counts({ source }: { readonly source: LogSource }): JSX.Element {
  const { buffer, isLoadingOlder, leftOut } = source;
  const { length } = buffer.entries;
  const span = liveSpan.value;
  const longer = span && RANGES[RANGES.indexOf(span as (typeof RANGES)[number]) + 1];
  return (
    <p class="logs-counts">
      <strong>{length.toLocaleString("en")}</strong>{" "}
      <span class="soft">{length === 1 ? "entry" : "entries"}</span>
      {buffer.hasOlder ? (
        <Button look="quiet" disabled={isLoadingOlder} onClick={source.loadOlder}>
          {isLoadingOlder ? "Loading older ones" : "Load older ones"}
        </Button>
      ) : (
        longer && (
          <Button look="quiet" onClick={() => showLast(longer)}>
            all of the {spanInWords(span)}
            <span class="unseen">: show the {spanInWords(longer)}</span>
          </Button>
        )
      )}
      {source.error && length > 0 && <span class="state-bad">{source.error.message}</span>}
      {leftOut > 0 && (
        <span class="state-warn">
          {leftOut.toLocaleString("en")} came too fast to be sent
          <Button look="quiet" onClick={source.reload}>
            Search for them
          </Button>
        </span>
      )}
    </p>
  );
}

function NoEntries({ isFiltered }: { readonly isFiltered: boolean }): JSX.Element {
  if (run.value !== undefined) {
    return <Empty icon="logs" title="Of an earlier run the charts are shown here, and no logs" />;
  }
  return (
    <Empty icon="logs" title={isFiltered ? "No entry fits" : "Nothing was written in this time"}>
      {isFiltered ? (
        <>
          All words have to occur. <code>-word</code> leaves out, <code>"two words"</code> is a phrase,{" "}
          <code>field:value</code> looks in one field. Levels: {LEVELS.join(", ")}.
        </>
      ) : (
        "What processes write to their output, and what they send over OTLP, appears as it comes."
      )}
    </Empty>
  );
}
