import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { timeText } from "../../model/format.ts";
import type { LogBuffer } from "../../model/log-buffer.ts";
import { type LogColumn, logColumns } from "../../model/log-histogram.ts";
import { shareOf } from "../../model/time-window.ts";
import { range, showBetween } from "../state/range.ts";

const HEIGHT = 56;
const COLUMN_PX = 9;
const CLASSES = ["bad", "warn", "info", "quiet"] as const;
const NAMES = { bad: "errors", warn: "warnings", info: "others", quiet: "debug" } as const;

/** How many of the entries that are kept came when, by level. A click or dragging shows that stretch of time. */
export function LogChart({ buffer }: { readonly buffer: LogBuffer }): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const drag = useRef<number | undefined>(undefined);
  const [width, setWidth] = useState(0);
  const [pointed, setPointed] = useState<LogColumn | undefined>(undefined);
  useEffect(() => {
    const { current } = frame;
    if (!current) return;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const { fromMs, toMs } = range.value;
  const columns = useMemo(
    () => logColumns(buffer.entries, { fromMs, toMs }, Math.max(1, Math.floor(width / COLUMN_PX))),
    [buffer.entries, fromMs, toMs, width],
  );
  const whole = { fromMs: columns[0]?.fromMs ?? fromMs, toMs: columns.at(-1)?.toMs ?? toMs };
  const most = Math.max(1, ...columns.map(countOf));
  const firstMs = buffer.entries[0]?.timeMs;
  const unknown =
    buffer.hasOlder && firstMs !== undefined
      ? shareOf({ fromMs: whole.fromMs, toMs: firstMs }, whole)
      : undefined;
  const momentAt = (event: PointerEvent) =>
    whole.fromMs + (event.offsetX / Math.max(1, width)) * (whole.toMs - whole.fromMs);
  const onUp = (event: PointerEvent) => {
    const from = drag.current;
    drag.current = undefined;
    if (from === undefined) return;
    const to = momentAt(event);
    const [low, high] = [columnAt(columns, Math.min(from, to)), columnAt(columns, Math.max(from, to))];
    if (low && high) showBetween(low.fromMs, high.toMs);
  };
  return (
    <figure class="card log-chart" aria-label={wordsOf(columns)}>
      <div
        ref={frame}
        class="log-chart-frame"
        aria-hidden="true"
        style={{ height: `${HEIGHT}px` }}
        onPointerMove={(event) => setPointed(columnAt(columns, momentAt(event)))}
        onPointerLeave={() => setPointed(undefined)}
        onPointerDown={(event) => {
          drag.current = momentAt(event);
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerUp={onUp}
      >
        {width > 0 && (
          <svg width={width} height={HEIGHT} role="presentation">
            {unknown && (
              <rect class="log-unknown" x={0} y={0} width={unknown.width * width} height={HEIGHT} />
            )}
            {columns.map((column, at) => (
              <Column
                key={column.fromMs}
                column={column}
                x={(at / columns.length) * width}
                width={width / columns.length}
                most={most}
                isPointed={column === pointed}
              />
            ))}
          </svg>
        )}
      </div>
      <figcaption class="log-chart-words" aria-hidden="true">
        {pointed ? (
          <>
            <span>
              {timeText(pointed.fromMs)} – {timeText(pointed.toMs)}
            </span>
            {CLASSES.map(
              (one) =>
                pointed[one] > 0 && (
                  <span key={one} class={`log-words-${one}`}>{`${pointed[one]} ${NAMES[one]}`}</span>
                ),
            )}
          </>
        ) : (
          <>
            <span>{timeText(whole.fromMs)}</span>
            {unknown && <span class="faint">grey: not loaded</span>}
            <span>{timeText(whole.toMs)}</span>
          </>
        )}
      </figcaption>
    </figure>
  );
}

function Column({
  column,
  x,
  width,
  most,
  isPointed,
}: {
  readonly column: LogColumn;
  readonly x: number;
  readonly width: number;
  readonly most: number;
  readonly isPointed: boolean;
}): JSX.Element {
  let bottom = HEIGHT;
  const left = Math.round(x);
  const wide = Math.max(1, Math.round(x + width) - left - 1);
  return (
    <>
      {isPointed && <rect class="log-pointed" x={left} y={0} width={wide} height={HEIGHT} />}
      {CLASSES.map((one) => {
        if (column[one] === 0) return null;
        const height = Math.max(1.5, (column[one] / most) * (HEIGHT - 6));
        bottom -= height;
        return (
          <rect
            key={one}
            class={`log-column log-column-${one}`}
            x={left}
            y={bottom}
            width={wide}
            height={height}
          />
        );
      })}
    </>
  );
}

function countOf({ bad, warn, info, quiet }: LogColumn): number {
  return bad + warn + info + quiet;
}

function columnAt(columns: readonly LogColumn[], atMs: number): LogColumn | undefined {
  return columns.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
}

function wordsOf(columns: readonly LogColumn[]): string {
  const sums = CLASSES.map(
    (one) => [NAMES[one], columns.reduce((sum, column) => sum + column[one], 0)] as const,
  );
  const told = sums.filter(([, sum]) => sum > 0).map(([name, sum]) => `${sum} ${name}`);
  return `Entries over time: ${told.length === 0 ? "none" : told.join(", ")}`;
}
