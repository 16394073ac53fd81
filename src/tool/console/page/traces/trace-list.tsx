import type { JSX } from "preact";
import type { TraceSummary } from "../../../control-api/index.ts";
import { momentText, msText, timeText } from "../../model/format.ts";
import { partColours } from "../../model/part-colours.ts";
import { nowMs } from "../state/clock.ts";
import { system } from "../state/live.ts";
import { Badge } from "../ui/badge.tsx";
import { VisibleText } from "../ui/visible-text.tsx";
import { type TraceFilter, traceHref } from "./trace-filter.ts";

/** The traces that were found, each with its length beside the longest and with what its parts had of it. */
export function TraceList({
  traces,
  filter,
}: {
  readonly traces: readonly TraceSummary[];
  readonly filter: TraceFilter;
}): JSX.Element {
  const longestMs = Math.max(0.001, ...traces.map(({ durationMs }) => durationMs));
  const names = system.value?.parts.map(({ name }) => name) ?? [];
  return (
    <ul class="trace-list">
      {traces.map((trace) => (
        <li key={trace.traceId}>
          <Row trace={trace} longestMs={longestMs} names={names} href={traceHref(filter, trace.traceId)} />
        </li>
      ))}
    </ul>
  );
}

function Row({
  trace,
  longestMs,
  names,
  href,
}: {
  readonly trace: TraceSummary;
  readonly longestMs: number;
  readonly names: readonly string[];
  readonly href: string;
}): JSX.Element {
  const { errors } = trace;
  return (
    <a class="trace-row" href={href}>
      <span class="mono faint" title={momentText(trace.startMs)}>
        {timeText(trace.startMs)}
      </span>
      <span class="trace-name">
        <VisibleText text={trace.name} lengthMax={200} />
      </span>
      <span class="trace-signs">
        {errors > 0 && <Badge level="bad">{errors === 1 ? "1 error" : `${errors} errors`}</Badge>}
        {trace.httpStatus !== undefined && errors === 0 && <span class="faint">{trace.httpStatus}</span>}
        {trace.incomplete && isOver(trace) && <Badge level="warn">incomplete</Badge>}
      </span>
      <span class="trace-part soft">{trace.part}</span>
      <span class="trace-spans faint">
        {trace.spans} {trace.spans === 1 ? "span" : "spans"}
      </span>
      <span class="trace-length">
        <span class="trace-track" aria-hidden="true">
          <span
            class={`trace-bar${errors > 0 ? " trace-bar-bad" : ""}`}
            style={{ width: `${Math.max(0.5, (trace.durationMs / longestMs) * 100)}%` }}
          >
            <Strip trace={trace} names={names} />
          </span>
        </span>
        <span class="trace-ms">{msText(trace.durationMs)}</span>
      </span>
    </a>
  );
}

/** Every program tells its spans when it likes: what is missing of a request of late is still on its way. */
const ON_THE_WAY_MS = 10_000;

function isOver({ startMs, durationMs }: TraceSummary): boolean {
  return nowMs.peek() - startMs - durationMs > ON_THE_WAY_MS;
}

/** The parts' shares of the time, in their colours; in words on hovering. */
function Strip({
  trace,
  names,
}: {
  readonly trace: TraceSummary;
  readonly names: readonly string[];
}): JSX.Element {
  const wholeMs = trace.parts.reduce((sum, { ms }) => sum + ms, 0);
  const colours = partColours(
    trace.parts.map(({ part }) => part),
    names,
  );
  return (
    <span class="trace-strip" title={trace.parts.map(({ part, ms }) => `${part} ${msText(ms)}`).join(", ")}>
      {trace.parts.map(({ part, ms }) => (
        <span
          key={part}
          style={{
            width: `${wholeMs > 0 ? (ms / wholeMs) * 100 : 100 / trace.parts.length}%`,
            background: `var(--series-${(colours.get(part) ?? 0) + 1})`,
          }}
        />
      ))}
    </span>
  );
}
