import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { ExemplarPoint, Mark } from "../../../control-api/index.ts";
import type { Format } from "../../model/format.ts";
import { go } from "../state/address.ts";
import { showBetween } from "../state/range.ts";
import { colourTurn } from "../state/theme.ts";
import { cursorMs } from "./cursor.ts";
import { drawOver, exemplarAt } from "./overlays.ts";
import { type PlotSeries, plotOptions } from "./plot-options.ts";

export interface PlotProps {
  /** Of each value, in Unix milliseconds, rising. */
  readonly times: readonly number[];
  readonly series: readonly PlotSeries[];
  readonly format: Format;
  /** What is shown of the time: the data may not reach so far. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly marks?: readonly Mark[];
  /** Dots that lead to their traces. In the unit of the values. */
  readonly exemplars?: readonly ExemplarPoint[];
  /** A required value, drawn across. */
  readonly limit?: number;
  /** Times are told as what has passed since then, and no stretch of them can be chosen: they are of no clock. */
  readonly sinceMs?: number;
  /** Lines that are not drawn, by label. */
  readonly hidden?: ReadonlySet<string>;
  /** Default 150. */
  readonly heightPx?: number;
}

/** Lines over time on a canvas. It says nothing to those who do not see: whoever uses it puts words beside it (see `LineChart`). */
export function Plot(props: PlotProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const now = useRef(props);
  now.current = props;
  const { series, format, limit, sinceMs, heightPx = 150 } = props;
  const shape = series.map((one) => `${one.label}\n${one.colour}\n${one.isDashed}`).join("\n\n");
  const turn = colourTurn.value;

  useEffect(() => {
    const { current } = place;
    if (!current) return;
    const made = makePlot(current, now, heightPx);
    plot.current = made.plot;
    return () => {
      plot.current = undefined;
      made.end();
    };
  }, [shape, format, limit, sinceMs, heightPx, turn]);

  useEffect(() => {
    if (plot.current) update(plot.current, props);
  });
  return <div class="plot" ref={place} style={{ height: `${heightPx}px` }} aria-hidden="true" />;
}

function makePlot(place: HTMLElement, now: { readonly current: PlotProps }, height: number) {
  const size = { width: place.clientWidth || 300, height };
  const options = plotOptions(now.current.series, now.current.format, size, now.current);
  const plot = new uPlot(
    {
      ...options,
      hooks: {
        draw: [(one) => drawOver(one, now.current)],
        setSelect: [
          (one) => {
            const { left, width } = one.select;
            if (width < 5) return;
            one.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            showBetween(one.posToVal(left, "x"), one.posToVal(left + width, "x"));
          },
        ],
      },
    },
    [[], ...now.current.series.map(() => [])],
    place,
  );
  update(plot, now.current);
  const stop = [followPointer(plot, now), followSize(plot, place, height)];
  return {
    plot,
    end: () => {
      for (const one of stop) one();
      plot.destroy();
    },
  };
}

function update(plot: uPlot, { times, series, hidden, fromMs, toMs }: PlotProps): void {
  plot.batch(() => {
    series.forEach((one, index) => {
      const show = !hidden?.has(one.label);
      if (plot.series[index + 1]?.show !== show) plot.setSeries(index + 1, { show });
    });
    plot.setData([[...times], ...series.map((one) => [...one.values])] as uPlot.AlignedData, false);
    plot.setScale("x", { min: fromMs, max: toMs });
  });
}

/** Tells the others where the reader points, shows where they point in another chart, and opens the trace of a dot that is clicked. */
function followPointer(plot: uPlot, now: { readonly current: PlotProps }): () => void {
  let isHere = false;
  const onMove = (event: PointerEvent) => {
    isHere = true;
    const box = plot.over.getBoundingClientRect();
    cursorMs.value = plot.posToVal(event.clientX - box.left, "x");
    const found = exemplarAt(plot, now.current.exemplars, event.clientX - box.left, event.clientY - box.top);
    plot.over.style.cursor = found ? "pointer" : "crosshair";
  };
  const onLeave = () => {
    isHere = false;
    cursorMs.value = undefined;
  };
  const onClick = (event: MouseEvent) => {
    const box = plot.over.getBoundingClientRect();
    const found = exemplarAt(plot, now.current.exemplars, event.clientX - box.left, event.clientY - box.top);
    if (found) go("traces", { trace: found.traceId });
  };
  plot.over.addEventListener("pointermove", onMove);
  plot.over.addEventListener("pointerleave", onLeave);
  plot.over.addEventListener("click", onClick);
  const stop = effect(() => {
    const at = cursorMs.value;
    if (isHere) return;
    if (at === undefined) plot.setCursor({ left: -10, top: -10 }, false);
    else plot.setCursor({ left: plot.valToPos(at, "x"), top: plot.over.clientHeight / 2 }, false);
  });
  return () => {
    stop();
    if (isHere) cursorMs.value = undefined;
  };
}

function followSize(plot: uPlot, place: HTMLElement, height: number): () => void {
  const observer = new ResizeObserver(() => {
    const width = place.clientWidth;
    if (width > 0 && width !== plot.width) plot.setSize({ width, height });
  });
  observer.observe(place);
  return () => observer.disconnect();
}
