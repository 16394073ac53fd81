import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ExemplarPoint, HeatmapAnswer } from "../../../control-api/index.ts";
import { type Format, formatOfUnit, formatted, timeText } from "../../model/format.ts";
import { heatRowEnds, heatRows } from "../../model/heat.ts";
import { go, hrefOf } from "../state/address.ts";
import { range, showBetween } from "../state/range.ts";
import { colourTurn } from "../state/theme.ts";
import { Button } from "../ui/button.tsx";
import { Failure } from "../ui/empty.tsx";
import { Table } from "../ui/table.tsx";
import { cursorMs } from "./cursor.ts";
import { drawHeat, type HeatPlace, heatPlace } from "./heat-drawing.ts";
import { type ChartMetric, useHeatmap } from "./metric.ts";
import { useNear } from "./near.ts";

export interface HeatmapProps {
  readonly title: string;
  /** A histogram. Its `as` and `by` do not matter. */
  readonly metric: ChartMetric;
  readonly format?: Format;
  readonly heightPx?: number;
}

const EXEMPLAR_REACH_PX = 9;
const EXEMPLARS_LISTED_MAX = 40;

/** How the values of a histogram lie over time: a row for each of its buckets, darker (in the dark: lighter) where there are more. */
export function Heatmap(props: HeatmapProps): JSX.Element {
  const frame = useRef<HTMLElement>(null);
  const isNear = useNear(frame);
  const [isTable, setTable] = useState(false);
  const { data, error, reload } = useHeatmap(props.metric, { isResting: !isNear });
  const format = props.format ?? formatOfUnit(data?.unit ?? "1");
  return (
    <figure class="chart card" ref={frame}>
      <figcaption class="chart-head">
        <h3>{props.title}</h3>
        <Button
          look="quiet"
          icon={isTable ? "runs" : "table"}
          label={isTable ? `${props.title} as a chart` : `${props.title} as a table`}
          onClick={() => setTable(!isTable)}
        />
      </figcaption>
      {error && !data ? (
        <Failure error={error} onRetry={reload} />
      ) : isTable ? (
        <HeatTable title={props.title} data={data} format={format} />
      ) : (
        <HeatCanvas data={data} format={format} height={props.heightPx ?? 150} />
      )}
    </figure>
  );
}

/** What the pointer is on. */
interface Pointed {
  readonly words: string;
  readonly exemplar: ExemplarPoint | undefined;
}

function HeatCanvas({
  data,
  format,
  height,
}: {
  readonly data: HeatmapAnswer | undefined;
  readonly format: Format;
  readonly height: number;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drag = useRef<number | undefined>(undefined);
  const [width, setWidth] = useState(0);
  const [pointed, setPointed] = useState<Pointed | undefined>(undefined);
  const [selected, setSelected] = useState<readonly [number, number] | undefined>(undefined);
  const { fromMs, toMs } = range.value;
  const turn = colourTurn.value;
  const at = cursorMs.value;
  const place = data && width > 0 ? heatPlace(data, { width, height, fromMs, toMs }) : undefined;

  useEffect(() => {
    const { current } = canvas;
    const parent = current?.parentElement;
    if (!parent) return;
    const observer = new ResizeObserver(() => setWidth(parent.clientWidth));
    observer.observe(parent);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (canvas.current && data && place) drawHeat(canvas.current, data, place, format);
  }, [data, width, height, fromMs, toMs, format, turn]);

  const onMove = (event: PointerEvent) => {
    if (!place || !data) return;
    const [x, y] = positionIn(event);
    cursorMs.value = place.timeAt(x);
    setPointed(pointAt(data, place, x, y, format));
    if (drag.current !== undefined) setSelected([drag.current, x]);
  };
  const onUp = (event: PointerEvent) => {
    const from = drag.current;
    drag.current = undefined;
    setSelected(undefined);
    if (!place || from === undefined) return;
    const [x] = positionIn(event);
    if (Math.abs(x - from) >= 5)
      showBetween(place.timeAt(Math.min(from, x)), place.timeAt(Math.max(from, x)));
    else if (pointed?.exemplar) go("traces", { trace: pointed.exemplar.traceId });
  };
  return (
    <>
      <div class="heat" aria-hidden="true" style={{ height: `${height}px` }}>
        <canvas
          ref={canvas}
          style={{ cursor: pointed?.exemplar ? "pointer" : "crosshair" }}
          onPointerMove={onMove}
          onPointerDown={(event) => {
            drag.current = positionIn(event)[0];
            event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerUp={onUp}
          onPointerLeave={() => {
            cursorMs.value = undefined;
            setPointed(undefined);
          }}
        />
        {place && at !== undefined && at >= fromMs && at <= toMs && (
          <span class="heat-cursor" style={{ transform: `translateX(${place.xOf(at)}px)` }} />
        )}
        {selected && (
          <span
            class="heat-select"
            style={{ left: `${Math.min(...selected)}px`, width: `${Math.abs(selected[1] - selected[0])}px` }}
          />
        )}
        {data && !heatRows(data) && <p class="chart-empty">Nothing was measured in this time</p>}
      </div>
      <p class="chart-note heat-words">
        {pointed?.words ?? "Each row is a bucket of the histogram; dots are traces"}
      </p>
    </>
  );
}

function positionIn(event: PointerEvent): [number, number] {
  return [event.offsetX, event.offsetY];
}

function pointAt(data: HeatmapAnswer, place: HeatPlace, x: number, y: number, format: Format): Pointed {
  const exemplar = data.exemplars.find(
    (one) => Math.hypot(place.xOf(one.timeMs) - x, place.yOf(one.value) - y) < EXEMPLAR_REACH_PX,
  );
  if (exemplar) {
    const words = `${timeText(exemplar.timeMs)} · ${formatted(exemplar.value, format)} · open this trace`;
    return { words, exemplar };
  }
  const step = Math.floor((place.timeAt(x) - data.fromMs) / data.stepMs);
  const row = place.rowAt(y);
  const ends = heatRowEnds(row, data.bounds);
  const count = data.counts[step]?.[row] ?? 0;
  const span = Number.isFinite(ends.to)
    ? `${formatted(ends.from, format)} to ${formatted(ends.to, format)}`
    : `over ${formatted(ends.from, format)}`;
  const when = timeText(data.fromMs + step * data.stepMs);
  return { words: `${when} · ${span} · ${Math.round(count)}`, exemplar: undefined };
}

/** The same in figures: how many in each bucket over the whole time, and the traces. */
function HeatTable({
  title,
  data,
  format,
}: {
  readonly title: string;
  readonly data: HeatmapAnswer | undefined;
  readonly format: Format;
}): JSX.Element | null {
  const rows = data && heatRows(data);
  if (!data || !rows) return <p class="chart-note">Nothing was measured in this time</p>;
  const list = Array.from({ length: rows.to - rows.from + 1 }, (_, index) => rows.to - index).map((row) => ({
    row,
    ...heatRowEnds(row, data.bounds),
    count: data.counts.reduce((sum, step) => sum + (step[row] ?? 0), 0),
  }));
  return (
    <div class="chart-table">
      <Table
        caption={title}
        rows={list}
        keyOf={({ row }) => row}
        columns={[
          { id: "from", title: "From", align: "right", cell: (row) => formatted(row.from, format) },
          { id: "to", title: "To", align: "right", cell: (row) => formatted(row.to, format) },
          {
            id: "count",
            title: "How many",
            align: "right",
            cell: (row) => Math.round(row.count).toLocaleString("en"),
          },
        ]}
      />
      {data.exemplars.length > 0 && (
        <p class="chart-note">
          Traces:{" "}
          {data.exemplars.slice(-EXEMPLARS_LISTED_MAX).map((one) => (
            <a key={one.traceId} href={hrefOf("traces", { trace: one.traceId })}>
              {formatted(one.value, format)}
            </a>
          ))}
        </p>
      )}
    </div>
  );
}
