import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PathStretch } from "../../model/critical-path.ts";
import { shareOf, type TimeWindow, zoomed } from "../../model/time-window.ts";
import type { TraceTree } from "../../model/trace-tree.ts";
import { colourOf, faded } from "../chart/colours.ts";
import { colourTurn } from "../state/theme.ts";

const HEIGHT = 44;

/** The whole trace, small: what of its time the waterfall shows is framed. Dragging shows that stretch, Ctrl and the wheel (or a pinch) more or less of it. */
export function Minimap({
  tree,
  path,
  colours,
  window,
  onWindow,
}: {
  readonly tree: TraceTree;
  readonly path: readonly PathStretch[];
  readonly colours: ReadonlyMap<string, number>;
  readonly window: TimeWindow;
  readonly onWindow: (window: TimeWindow | undefined) => void;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drag = useRef<number | undefined>(undefined);
  const [width, setWidth] = useState(0);
  const turn = colourTurn.value;
  const whole = { fromMs: tree.fromMs, toMs: tree.toMs };
  useEffect(() => {
    const parent = canvas.current?.parentElement;
    if (!parent) return;
    const observer = new ResizeObserver(() => setWidth(parent.clientWidth));
    observer.observe(parent);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, width, tree, path, colours);
  }, [width, tree, path, colours, turn]);
  const momentAt = (event: MouseEvent) => {
    const share = Math.min(1, Math.max(0, event.offsetX / Math.max(1, width)));
    return whole.fromMs + share * (whole.toMs - whole.fromMs);
  };
  const isWhole = window.fromMs <= whole.fromMs && window.toMs >= whole.toMs;
  const seen = shareOf(window, whole) ?? { left: 0, width: 1 };
  return (
    <div class="minimap" aria-hidden="true">
      <canvas
        ref={canvas}
        style={{ height: `${HEIGHT}px` }}
        onPointerDown={(event) => {
          drag.current = momentAt(event);
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          const from = drag.current;
          if (from === undefined) return;
          const to = momentAt(event);
          if (Math.abs(to - from) > (whole.toMs - whole.fromMs) * 0.01) {
            onWindow({ fromMs: Math.min(from, to), toMs: Math.max(from, to) });
          }
        }}
        onPointerUp={() => {
          drag.current = undefined;
        }}
        onDblClick={() => onWindow(undefined)}
        onWheel={(event) => {
          // Without the key the wheel scrolls the page, also over this.
          if (!event.ctrlKey) return;
          event.preventDefault();
          onWindow(zoomed(window, whole, momentAt(event), event.deltaY > 0 ? 1.25 : 0.8));
        }}
      />
      {!isWhole && (
        <>
          <span class="minimap-veil" style={{ left: 0, width: `${seen.left * 100}%` }} />
          <span class="minimap-veil" style={{ left: `${(seen.left + seen.width) * 100}%`, right: 0 }} />
        </>
      )}
    </div>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  width: number,
  tree: TraceTree,
  path: readonly PathStretch[],
  colours: ReadonlyMap<string, number>,
): void {
  const scale = devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(HEIGHT * scale);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(scale, scale);
  // Each is made once: what a canvas is told in words it reads anew each time.
  const ramp = Array.from({ length: 8 }, (_, index) => colourOf(`--series-${index + 1}`));
  const rowPx = Math.min(6, (HEIGHT - 4) / Math.max(1, tree.nodes.length));
  const spanMs = tree.toMs - tree.fromMs || 1;
  const xOf = (timeMs: number) => ((timeMs - tree.fromMs) / spanMs) * width;
  const bar = (index: number, fromMs: number, toMs: number, colour: string) => {
    context.fillStyle = colour;
    context.fillRect(
      xOf(fromMs),
      2 + index * rowPx,
      Math.max(1, xOf(toMs) - xOf(fromMs)),
      Math.max(0.75, rowPx - 1),
    );
  };
  const pale = ramp.map((colour) => faded(colour, 0.4));
  const bad = colourOf("--bad");
  const colourIn = (of: readonly string[], part: string) => of[colours.get(part) ?? 0] ?? "";
  for (const { index, span, startMs, endMs } of tree.nodes)
    bar(index, startMs, endMs, colourIn(pale, span.part));
  for (const { node, fromMs, toMs } of path) bar(node.index, fromMs, toMs, colourIn(ramp, node.span.part));
  for (const { index, span, startMs } of tree.nodes) {
    if (span.error) bar(index, startMs, startMs + spanMs * 0.004, bad);
  }
}
