import type { ComponentChildren, JSX } from "preact";
import type { LogAnswer, TraceSummary } from "../../../control-api/index.ts";
import { msText, timeText } from "../../model/format.ts";
import { hrefOf } from "../state/address.ts";
import { useAnswer } from "../state/api.ts";
import { range } from "../state/range.ts";
import { Badge } from "../ui/badge.tsx";
import { Failure, Loading } from "../ui/empty.tsx";

const SHOWN = 8;
const EVERY_MS = 5_000;

/** A part's last traces; each leads to itself, the heading to all. */
export function LatestTraces({ part }: { readonly part: string }): JSX.Element {
  const { fromMs, toMs, isLive } = range.value;
  const { data, error, reload } = useAnswer<{ data: readonly TraceSummary[] }>(
    "/v1/traces",
    { part, limit: SHOWN, fromMs, ...(isLive ? {} : { toMs }) },
    { everyMs: EVERY_MS },
  );
  return (
    <Latest title="Traces" href={hrefOf("traces", { part })} isThere={data !== undefined}>
      {error && !data ? (
        <Failure error={error} onRetry={reload} />
      ) : data?.data.length === 0 ? (
        <p class="latest-none">No traces in this time</p>
      ) : (
        <ul class="latest">
          {data?.data.map((trace) => (
            <li key={trace.traceId}>
              <a href={hrefOf("traces", { trace: trace.traceId })}>
                <span class="mono faint">{timeText(trace.startMs)}</span>
                <span class="latest-text">{trace.name}</span>
                {trace.errors > 0 && <Badge level="bad">failed</Badge>}
                <span>{msText(trace.durationMs)}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Latest>
  );
}

/** What a part wrote last. */
export function LatestLogs({ part }: { readonly part: string }): JSX.Element {
  const { fromMs, toMs, isLive } = range.value;
  const { data, error, reload } = useAnswer<LogAnswer>(
    "/v1/logs/search",
    { part, limit: SHOWN, fromMs, ...(isLive ? {} : { toMs }) },
    { everyMs: EVERY_MS },
  );
  return (
    <Latest title="Logs" href={hrefOf("logs", { part })} isThere={data !== undefined}>
      {error && !data ? (
        <Failure error={error} onRetry={reload} />
      ) : data?.entries.length === 0 ? (
        <p class="latest-none">Nothing was written in this time</p>
      ) : (
        <ul class="latest">
          {data?.entries.toReversed().map((entry) => (
            <li key={entry.id} class="latest-entry">
              <span class="mono faint">{timeText(entry.timeMs)}</span>
              {(entry.level === "warn" || entry.level === "error" || entry.level === "fatal") && (
                <Badge level={entry.level === "warn" ? "warn" : "bad"}>{entry.level}</Badge>
              )}
              <span class="latest-text" title={entry.text}>
                {entry.text}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Latest>
  );
}

function Latest({
  title,
  href,
  isThere,
  children,
}: {
  readonly title: string;
  readonly href: string;
  readonly isThere: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <section class="card">
      <div class="card-head">
        <h2>{title}</h2>
        <a href={href}>All {title.toLowerCase()}</a>
      </div>
      {isThere || children ? children : <Loading />}
    </section>
  );
}
