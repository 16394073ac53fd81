// biome-ignore-all lint/a11y/useSemanticElements: a table cannot be drawn row by row; the whole has the focus, and names its row by aria-activedescendant.

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PathStretch } from "../../model/critical-path.ts";
import { msText } from "../../model/format.ts";
import { roundTicks, shareOf, type TimeWindow, withinWhole, zoomed } from "../../model/time-window.ts";
import type { TraceTree } from "../../model/trace-tree.ts";
import { openedFor, rowStep, shownRows } from "../../model/waterfall-rows.ts";
import { Button } from "../ui/button.tsx";
import { useRows } from "../ui/rows.ts";
import { Minimap } from "./minimap.tsx";
import { useIsNarrow } from "./narrow.ts";
import { WaterfallRow } from "./waterfall-row.tsx";

/** As `--row` in the style sheet has them. */
const ROW_PX = 28;
const NARROW_ROW_PX = 44;
const NONE: ReadonlyMap<number, number> = new Map();

/**
 * The spans as a tree with a bar each over time; on a narrow screen a list with small bars. It has the focus itself and moves within by
 * arrows: only the rows that are seen are there.
 */
export function Waterfall({
  tree,
  path,
  colours,
  chosen,
  onChoose,
}: {
  readonly tree: TraceTree;
  readonly path: readonly PathStretch[];
  readonly colours: ReadonlyMap<string, number>;
  readonly chosen: string | undefined;
  readonly onChoose: (spanId: string | undefined) => void;
}): JSX.Element {
  const whole = { fromMs: tree.fromMs, toMs: tree.toMs };
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState<string | undefined>(chosen);
  const [zoom, setZoom] = useState<TimeWindow | undefined>(undefined);
  const frame = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrow();
  const window = zoom ? withinWhole(zoom, whole) : whole;
  const rows = useMemo(() => shownRows(tree, closed), [tree, closed]);
  const found = rows.findIndex(({ span }) => span.spanId === at);
  const cursor = Math.max(0, found);
  const shown = useRows(frame, {
    rows: rows.length,
    rowPx: isNarrow ? NARROW_ROW_PX : ROW_PX,
    extraPx: NONE,
  });
  const onPath = useMemo(() => stretchesOf(path), [path]);
  const zoomBy = (factor: number, atMs = (window.fromMs + window.toMs) / 2) =>
    setZoom(zoomed(window, whole, atMs, factor));

  // What was chosen elsewhere is shown here, also below a span that is closed.
  useEffect(() => {
    if (chosen === undefined) return;
    setAt(chosen);
    setClosed((before) => openedFor(chosen, tree, before));
  }, [chosen, tree]);
  useLayoutEffect(() => shown.reveal(cursor), [cursor, shown.reveal]);

  const toggle = (spanId: string) => {
    const next = new Set(closed);
    if (!next.delete(spanId)) next.add(spanId);
    setClosed(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    if (zoomKey(event.key, zoomBy, () => setZoom(undefined))) return event.preventDefault();
    const step = rowStep(event.key, rows, cursor, closed);
    if (!step) return;
    event.preventDefault();
    if ("to" in step) setAt(rows[step.to]?.span.spanId);
    else if ("choose" in step) onChoose(step.choose === chosen ? undefined : step.choose);
    else toggle("open" in step ? step.open : step.close);
  };
  const drawn = rows.slice(shown.from, shown.to);
  return (
    <section class="card waterfall" aria-label="Waterfall">
      <div class="card-head">
        <h2>Spans</h2>
        <Tools
          canClose={closed.size === 0}
          isZoomed={zoom !== undefined}
          onZoom={zoomBy}
          onWhole={() => setZoom(undefined)}
          onClose={() => setClosed(new Set(tree.nodes.filter(isFoldable).map(({ span }) => span.spanId)))}
          onOpen={() => setClosed(new Set())}
        />
      </div>
      <Minimap tree={tree} path={path} colours={colours} window={window} onWindow={setZoom} />
      <Axis window={window} fromMs={tree.fromMs} />
      <div
        ref={frame}
        class="waterfall-rows"
        role="treegrid"
        aria-label="Spans"
        aria-rowcount={rows.length}
        aria-readonly="true"
        tabIndex={0}
        onScroll={shown.onScroll}
        onKeyDown={onKeyDown}
        {...(cursor >= shown.from && cursor < shown.to
          ? { "aria-activedescendant": `row-${rows[cursor]?.span.spanId}` }
          : {})}
      >
        <div class="waterfall-inside" role="rowgroup" style={{ height: `${shown.heightPx}px` }}>
          {drawn.map((node, offset) => (
            <WaterfallRow
              key={node.span.spanId}
              node={node}
              row={shown.from + offset}
              window={window}
              colour={colours.get(node.span.part) ?? 0}
              stretches={onPath.get(node.span.spanId)}
              isClosed={closed.has(node.span.spanId)}
              isActive={shown.from + offset === cursor}
              isChosen={node.span.spanId === chosen}
              onToggle={toggle}
              onChoose={(spanId) => {
                setAt(spanId);
                onChoose(spanId === chosen ? undefined : spanId);
              }}
            />
          ))}
        </div>
      </div>
      <Legend colours={colours} />
    </section>
  );
}

function zoomKey(key: string, zoomBy: (factor: number) => void, toWhole: () => void): boolean {
  if (key === "+" || key === "=") zoomBy(0.5);
  else if (key === "-") zoomBy(2);
  else if (key === "0") toWhole();
  else return false;
  return true;
}

function isFoldable(node: TraceTree["nodes"][number]): boolean {
  return node.below > 0 && node.parent !== undefined;
}

function stretchesOf(path: readonly PathStretch[]): ReadonlyMap<string, readonly PathStretch[]> {
  const found = new Map<string, PathStretch[]>();
  for (const stretch of path) {
    const { spanId } = stretch.node.span;
    const there = found.get(spanId);
    if (there) there.push(stretch);
    else found.set(spanId, [stretch]);
  }
  return found;
}

function Tools(props: {
  readonly canClose: boolean;
  readonly isZoomed: boolean;
  readonly onZoom: (factor: number) => void;
  readonly onWhole: () => void;
  readonly onClose: () => void;
  readonly onOpen: () => void;
}): JSX.Element {
  return (
    <>
      {props.isZoomed && <Button onClick={props.onWhole}>Whole time</Button>}
      <Button look="quiet" icon="zoomOut" label="Show more of the time (−)" onClick={() => props.onZoom(2)} />
      <Button look="quiet" icon="plus" label="Show less of the time (+)" onClick={() => props.onZoom(0.5)} />
      <Button look="quiet" onClick={props.canClose ? props.onClose : props.onOpen}>
        {props.canClose ? "Collapse" : "Expand"}
      </Button>
    </>
  );
}

function Axis({ window, fromMs }: { readonly window: TimeWindow; readonly fromMs: number }): JSX.Element {
  const relative = { fromMs: window.fromMs - fromMs, toMs: window.toMs - fromMs };
  return (
    <div class="waterfall-axis" aria-hidden="true">
      <span class="waterfall-names">Span</span>
      <span class="waterfall-ticks">
        {roundTicks(relative, 6).map((ms) => (
          <span
            key={ms}
            style={{ left: `${(shareOf({ fromMs: ms, toMs: ms }, relative)?.left ?? 0) * 100}%` }}
          >
            {msText(ms)}
          </span>
        ))}
      </span>
    </div>
  );
}

function Legend({ colours }: { readonly colours: ReadonlyMap<string, number> }): JSX.Element {
  return (
    <p class="waterfall-legend">
      {[...colours].map(([part, colour]) => (
        <span key={part}>
          <span class="swatch" style={{ background: `var(--series-${colour + 1})` }} />
          {part}
        </span>
      ))}
      <span>
        <span class="swatch-path" />
        critical path
      </span>
    </p>
  );
}
