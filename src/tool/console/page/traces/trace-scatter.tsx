import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { TraceSummary } from "../../../control-api/index.ts";
import { msText, timeText } from "../../model/format.ts";
import { nearestPoint, scatterPlace } from "../../model/scatter.ts";
import { timeTickText } from "../../model/ticks.ts";
import { cursorMs } from "../chart/cursor.ts";
import { setParams } from "../state/address.ts";
import { range, showBetween } from "../state/range.ts";
import { type TraceFilter, traceHref } from "./trace-filter.ts";

const HEIGHT = 150;
const REACH_PX = 14;
const TICK_PX = 110;

/**
 * How long the found traces took, over time: a dot each, failed ones as crosses. A click opens one, dragging shows that stretch of time. Its words
 * are the list below it.
 */
export function TraceScatter({
  traces,
  filter,
}: {
  readonly traces: readonly TraceSummary[];
  readonly filter: TraceFilter;
}): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const drag = useRef<number | undefined>(undefined);
  const [width, setWidth] = useState(0);
  const [pointed, setPointed] = useState<string | undefined>(undefined);
  const [selected, setSelected] = useState<readonly [number, number] | undefined>(undefined);
  useEffect(() => {
    const { current } = frame;
    if (!current) return;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const time = range.value;
  const box = { left: 58, right: Math.max(60, width - 14), top: 10, bottom: HEIGHT - 24 };
  const place = scatterPlace(
    traces.map(({ durationMs }) => durationMs),
    time,
    box,
  );
  const points = traces.map(({ startMs, durationMs }) => ({
    x: place.xOf(startMs),
    y: place.yOf(durationMs),
  }));
  const found = traces.find(({ traceId }) => traceId === pointed);
  const onMove = (event: PointerEvent) => {
    const { offsetX: x, offsetY: y } = event;
    cursorMs.value = place.timeAt(x);
    const near = nearestPoint(points, { x, y }, REACH_PX);
    setPointed(traces[near]?.traceId);
    if (drag.current !== undefined) setSelected([drag.current, x]);
  };
  const onUp = (event: PointerEvent) => {
    const from = drag.current;
    drag.current = undefined;
    setSelected(undefined);
    if (from === undefined) return;
    const [low, high] = [Math.min(from, event.offsetX), Math.max(from, event.offsetX)];
    if (high - low >= 5) showBetween(place.timeAt(low), place.timeAt(high));
    else if (pointed !== undefined) setParams({ trace: pointed }, "push");
  };
  return (
    <figure class="card chart scatter" aria-label="Durations over time">
      <div
        ref={frame}
        class="scatter-frame"
        aria-hidden="true"
        style={{ height: `${HEIGHT}px`, cursor: found ? "pointer" : "crosshair" }}
        onPointerMove={onMove}
        onPointerDown={(event) => {
          drag.current = event.offsetX;
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerUp={onUp}
        onPointerLeave={() => {
          cursorMs.value = undefined;
          setPointed(undefined);
        }}
      >
        {width > 0 && (
          <svg width={width} height={HEIGHT} role="presentation">
            <Axes place={place} box={box} time={time} width={width} />
            {traces.map((trace, at) => (
              <Dot
                key={trace.traceId}
                x={points[at]?.x ?? 0}
                y={points[at]?.y ?? 0}
                isBad={trace.errors > 0}
                isPointed={trace.traceId === pointed}
              />
            ))}
            {selected && (
              <rect
                class="scatter-select"
                x={Math.min(...selected)}
                y={box.top}
                width={Math.abs(selected[1] - selected[0])}
                height={box.bottom - box.top}
              />
            )}
          </svg>
        )}
      </div>
      <figcaption class="chart-note">
        {found ? (
          <>
            {timeText(found.startMs)} · {found.name.slice(0, 120)} · {msText(found.durationMs)} ·{" "}
            <a href={traceHref(filter, found.traceId)} tabIndex={-1}>
              open this trace
            </a>
          </>
        ) : (
          "Each dot is a trace, by its beginning and its duration; those that failed are crosses"
        )}
      </figcaption>
    </figure>
  );
}

function Dot({
  x,
  y,
  isBad,
  isPointed,
}: {
  readonly x: number;
  readonly y: number;
  readonly isBad: boolean;
  readonly isPointed: boolean;
}): JSX.Element {
  const size = isPointed ? 5 : 3;
  if (isBad) {
    return (
      <path
        class="scatter-bad"
        d={`M${x - size} ${y - size}l${2 * size} ${2 * size}M${x + size} ${y - size}l${-2 * size} ${2 * size}`}
      />
    );
  }
  return <circle class={`scatter-dot${isPointed ? " scatter-pointed" : ""}`} cx={x} cy={y} r={size} />;
}

function Axes({
  place,
  box,
  time,
  width,
}: {
  readonly place: ReturnType<typeof scatterPlace>;
  readonly box: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  readonly time: { readonly fromMs: number; readonly toMs: number };
  readonly width: number;
}): JSX.Element {
  const seconds = (time.toMs - time.fromMs) / 1_000;
  const count = Math.max(1, Math.floor(width / TICK_PX));
  const stepMs = (TIME_STEPS_S.find((step) => step >= seconds / count) ?? 86_400) * 1_000;
  const first = Math.ceil(time.fromMs / stepMs);
  const moments = Array.from(
    { length: Math.floor(time.toMs / stepMs) - first + 1 },
    (_, at) => (first + at) * stepMs,
  );
  return (
    <g class="scatter-axes">
      {place.ticksMs.map((ms) => (
        <g key={ms}>
          <line x1={box.left} x2={box.right} y1={place.yOf(ms)} y2={place.yOf(ms)} />
          <text x={box.left - 6} y={place.yOf(ms) + 4} text-anchor="end">
            {msText(ms)}
          </text>
        </g>
      ))}
      {moments.map((moment) => (
        <text key={moment} x={place.xOf(moment)} y={box.bottom + 16} text-anchor="middle">
          {timeTickText(moment, stepMs)}
        </text>
      ))}
    </g>
  );
}

const TIME_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 10_800, 21_600, 43_200];
