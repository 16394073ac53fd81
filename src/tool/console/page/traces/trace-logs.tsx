import type { JSX } from "preact";
import type { LogAnswer, TraceView } from "../../../control-api/index.ts";
import { entryTime } from "../../model/log-time.ts";
import { LevelMark } from "../logs/level-mark.tsx";
import { hrefOf } from "../state/address.ts";
import { useAnswer } from "../state/api.ts";
import { Failure, Loading } from "../ui/empty.tsx";
import { VisibleText } from "../ui/visible-text.tsx";

const SHOWN_MAX = 200;
/** Clocks differ, and lines are written late. */
const AROUND_MS = 60_000;

/** What was logged under this trace; lines of the chosen span stand out. */
export function TraceLogs({
  trace,
  spanId,
}: {
  readonly trace: TraceView;
  readonly spanId: string | undefined;
}): JSX.Element {
  const { traceId, startMs, durationMs } = trace.summary;
  const { data, error, reload } = useAnswer<LogAnswer>("/v1/logs/search", { traceId, limit: SHOWN_MAX });
  const fromMs = Math.floor(startMs - AROUND_MS);
  const around = { from: String(fromMs), to: String(Math.ceil(startMs + durationMs + AROUND_MS)) };
  return (
    <section class="card" aria-label="Logs of this trace">
      <div class="card-head">
        <h2>Logs</h2>
        <a href={hrefOf("logs", { ...around, traceId })}>Open in logs</a>
        <a href={hrefOf("logs", around)}>All that was logged then</a>
      </div>
      {error && !data ? (
        <Failure error={error} onRetry={reload} />
      ) : !data ? (
        <Loading />
      ) : data.entries.length === 0 ? (
        <p class="latest-none">No line names this trace</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys.
        <section class="trace-logs" tabIndex={0} aria-label="Lines">
          <ul>
            {data.entries.map((entry) => (
              <li
                key={entry.id}
                class={entry.spanId !== undefined && entry.spanId === spanId ? "trace-log-chosen" : ""}
              >
                <span class="mono faint">{entryTime(entry.timeMs)}</span>
                <LevelMark level={entry.level} />
                <span class="soft trace-log-part">{entry.part}</span>
                <span class="mono trace-log-text">
                  <VisibleText text={entry.text} lengthMax={600} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {data?.more && <p class="chart-note">The last {SHOWN_MAX} of them</p>}
    </section>
  );
}
