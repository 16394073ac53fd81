import type { JSX } from "preact";
import type { Mark } from "../../../control-api/index.ts";
import { type Format, formatted, timeText } from "../../model/format.ts";
import { nearestStep } from "../../model/ticks.ts";
import { seriesVariable } from "./colours.ts";
import { cursorMs } from "./cursor.ts";
import { markVariable } from "./overlays.ts";
import type { PlotSeries } from "./plot-options.ts";

/** How near the pointer has to be to a mark for it to be told, as a share of what is shown. */
const MARK_REACH = 0.012;

/** The lines with their colours and their values where the reader points, or the last ones. A click leaves a line out, or takes it back. */
export function Legend({
  series,
  times,
  format,
  hidden,
  onHide,
  marks = [],
}: {
  readonly series: readonly PlotSeries[];
  readonly times: readonly number[];
  readonly format: Format;
  readonly hidden: ReadonlySet<string>;
  readonly onHide: (hidden: ReadonlySet<string>) => void;
  readonly marks?: readonly Mark[];
}): JSX.Element {
  const pointed = cursorMs.value;
  const at = pointed === undefined ? -1 : nearestStep(times, pointed);
  const marked = pointed === undefined ? undefined : markNear(marks, times, pointed);
  const toggle = (label: string) => {
    const next = new Set(hidden);
    if (!next.delete(label)) next.add(label);
    onHide(next);
  };
  return (
    <div class="legend">
      {series.map((one, index) => (
        <button
          type="button"
          key={one.label}
          class="legend-item"
          aria-pressed={!hidden.has(one.label)}
          title={one.label}
          onClick={() => toggle(one.label)}
        >
          <span class="legend-line" style={{ background: `var(${seriesVariable(one.colour ?? index)})` }} />
          <span class="legend-name">{one.label}</span>
          <span class="legend-value">{formatted(at < 0 ? lastOf(one.values) : one.values[at], format)}</span>
        </button>
      ))}
      {at >= 0 && <span class="legend-time">{timeText(times[at] ?? 0)}</span>}
      {marked && (
        <span class="legend-mark" style={{ color: `var(${markVariable(marked.kind)})` }}>
          {marked.text}
        </span>
      )}
    </div>
  );
}

function lastOf(values: readonly (number | null)[]): number | null {
  for (let at = values.length - 1; at >= 0; at--) {
    const value = values[at];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

function markNear(marks: readonly Mark[], times: readonly number[], atMs: number): Mark | undefined {
  const reachMs = ((times.at(-1) ?? 0) - (times[0] ?? 0)) * MARK_REACH;
  return marks.findLast(
    (mark) =>
      atMs >= mark.fromMs - reachMs && atMs <= (mark.toMs ?? (mark.open ? Infinity : mark.fromMs)) + reachMs,
  );
}
