import type { ComponentChildren, JSX } from "preact";
import { type Format, formatted, timeText } from "../../model/format.ts";
import { nearestStep } from "../../model/ticks.ts";
import { showBetween } from "../state/range.ts";
import { cursorMs } from "./cursor.ts";
import type { PlotSeries } from "./plot-options.ts";

const SPOKEN_MAX = 8;

/**
 * Makes a chart readable by keys and by ear: it is a slider along the time, whose value is what was measured there. Arrows go from step to
 * step (with Shift ten), Home and End to the ends, + and - zoom.
 */
export function ChartReader({
  title,
  times,
  series,
  format,
  fromMs,
  toMs,
  canZoom = true,
  children,
}: {
  readonly title: string;
  readonly times: readonly number[];
  readonly series: readonly PlotSeries[];
  readonly format: Format;
  readonly fromMs: number;
  readonly toMs: number;
  /** Not where the times are of no clock. */
  readonly canZoom?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  const last = times.length - 1;
  const at = cursorMs.value === undefined ? last : nearestStep(times, cursorMs.value);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? 10 : 1;
    const to = { ArrowRight: at + step, ArrowLeft: at - step, Home: 0, End: last }[event.key];
    if (to !== undefined && last >= 0) {
      cursorMs.value = times[Math.min(last, Math.max(0, to))];
    } else if (canZoom && (event.key === "+" || event.key === "-")) {
      const centreMs = cursorMs.value ?? (fromMs + toMs) / 2;
      const halfMs = (toMs - fromMs) * (event.key === "+" ? 0.25 : 1);
      showBetween(centreMs - halfMs, Math.min(Date.now(), centreMs + halfMs));
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <div
      class="chart-reader"
      role="slider"
      tabIndex={0}
      aria-label={title}
      aria-roledescription="chart"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, last)}
      aria-valuenow={Math.max(0, at)}
      aria-valuetext={spoken(times[at], at, series, format)}
      onKeyDown={onKeyDown}
      onBlur={() => {
        cursorMs.value = undefined;
      }}
    >
      {children}
    </div>
  );
}

function spoken(
  timeMs: number | undefined,
  at: number,
  series: readonly PlotSeries[],
  format: Format,
): string {
  if (timeMs === undefined) return "nothing yet";
  const values = series
    .slice(0, SPOKEN_MAX)
    .map((one) => `${one.label} ${formatted(one.values[at], format)}`);
  return [timeText(timeMs), ...values].join(", ");
}
