// biome-ignore-all lint/a11y/useSemanticElements: a table cannot be drawn row by row; the whole has the focus, and names its row by aria-activedescendant.

import type { JSX } from "preact";
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { LogEntry } from "../../../control-api/index.ts";
import { type LogFilter, markedWords } from "../../model/log-filter.ts";
import { rowAt, topOf } from "../../model/row-window.ts";
import { Button } from "../ui/button.tsx";
import { useRows } from "../ui/rows.ts";
import { LogRow } from "./log-row.tsx";
import { useIsSmall } from "./small.ts";

/** As the style sheet has them. */
const ROW_PX = 22;
const SMALL_ROW_PX = 42;
const END_PX = 6;
/** So near to the beginning, older ones are asked for. */
const OLDER_PX = 500;
const PAGE_ROWS = 20;

/**
 * Entries, the newest at the end. Only those that are seen are drawn. Following, it stays at the end; scrolled up, it stands still whatever comes
 * before or behind. It has the focus itself and moves within by arrows.
 */
export function LogList({
  entries,
  filter,
  isUtc,
  isFollowing,
  onFollow,
  hasOlder,
  onOlder,
  waiting,
}: {
  readonly entries: readonly LogEntry[];
  readonly filter: LogFilter;
  readonly isUtc: boolean;
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
  readonly hasOlder: boolean;
  readonly onOlder: () => void;
  readonly waiting: number;
}): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlyMap<number, number>>(new Map());
  const [at, setAt] = useState<number | undefined>(undefined);
  const isSmall = useIsSmall();
  const places = useMemo(() => new Map(entries.map(({ id }, index) => [id, index])), [entries]);
  const extraPx = useMemo(() => {
    const extra = new Map<number, number>();
    for (const [id, px] of open) {
      const row = places.get(id);
      if (row !== undefined) extra.set(row, px);
    }
    return extra;
  }, [open, places]);
  const heights = { rows: entries.length, rowPx: isSmall ? SMALL_ROW_PX : ROW_PX, extraPx };
  const shown = useRows(frame, heights);
  const { onScroll } = useStandingStill({
    frame,
    entries,
    places,
    heights,
    isFollowing,
    onFollow,
    hasOlder,
    onOlder,
  });
  const cursor = (at === undefined ? undefined : places.get(at)) ?? entries.length - 1;
  const marked = useMemo(() => markedWords(filter.text), [filter.text]);
  const withDay = useMemo(() => areDaysApart(entries), [entries]);

  const toggle = useCallback(
    (id: number, isOpen: boolean) => {
      if (isOpen) onFollow(false);
      setOpen((before) => {
        const next = new Map(before);
        if (isOpen) next.set(id, before.get(id) ?? 0);
        else next.delete(id);
        return next;
      });
    },
    [onFollow],
  );
  const onHeight = useCallback((id: number, px: number) => {
    setOpen((before) => (before.get(id) === px || !before.has(id) ? before : new Map(before).set(id, px)));
  }, []);
  const move = (to: number) => {
    const row = Math.min(entries.length - 1, Math.max(0, to));
    setAt(entries[row]?.id);
    if (row < entries.length - 1) onFollow(false);
    shown.reveal(row);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    const entry = entries[cursor];
    const to = stepOf(event.key, cursor, entries.length);
    if (to !== undefined) move(to);
    else if (!entry) return;
    else if (event.key === "Enter") toggle(entry.id, !open.has(entry.id));
    else if (event.key === "ArrowRight") toggle(entry.id, true);
    else if (event.key === "ArrowLeft") toggle(entry.id, false);
    else return;
    event.preventDefault();
    if (event.key === "End") onFollow(true);
  };
  return (
    <div class="log-frame">
      <div
        ref={frame}
        class="log-list"
        role="treegrid"
        aria-label="Entries, the newest last"
        aria-rowcount={entries.length}
        aria-readonly="true"
        tabIndex={0}
        onScroll={() => {
          shown.onScroll();
          onScroll();
        }}
        onKeyDown={onKeyDown}
        {...(cursor >= shown.from && cursor < shown.to
          ? { "aria-activedescendant": `entry-${entries[cursor]?.id}` }
          : {})}
      >
        <div class="log-inside" role="rowgroup" style={{ height: `${shown.heightPx}px` }}>
          {entries.slice(shown.from, shown.to).map((entry, offset) => (
            <LogRow
              key={entry.id}
              entry={entry}
              row={shown.from + offset}
              topPx={topOf(shown.from + offset, heights)}
              marked={marked}
              search={filter.text}
              isUtc={isUtc}
              withDay={withDay}
              isOpen={open.has(entry.id)}
              isActive={shown.from + offset === cursor && at !== undefined}
              onToggle={toggle}
              onPoint={setAt}
              onHeight={onHeight}
            />
          ))}
        </div>
      </div>
      {!isFollowing && waiting > 0 && (
        <div class="log-waiting">
          <Button look="main" icon="down" onClick={() => onFollow(true)}>
            {waiting.toLocaleString("en")} came meanwhile
          </Button>
        </div>
      )}
    </div>
  );
}

function stepOf(key: string, at: number, rows: number): number | undefined {
  return {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + PAGE_ROWS,
    PageUp: at - PAGE_ROWS,
    Home: 0,
    End: rows - 1,
  }[key];
}

function areDaysApart(entries: readonly LogEntry[]): boolean {
  const [first, last] = [entries[0], entries.at(-1)];
  return (
    first !== undefined &&
    last !== undefined &&
    new Date(first.timeMs).toDateString() !== new Date(last.timeMs).toDateString()
  );
}

/** Keeps the end in sight while the list follows, and else what is read where it is, whatever comes before it or goes. */
function useStandingStill(of: {
  readonly frame: { readonly current: HTMLDivElement | null };
  readonly entries: readonly LogEntry[];
  readonly places: ReadonlyMap<number, number>;
  readonly heights: Parameters<typeof topOf>[1];
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
  readonly hasOlder: boolean;
  readonly onOlder: () => void;
}): { readonly onScroll: () => void } {
  const now = useRef(of);
  now.current = of;
  /** The entry at the upper edge, and how much of it is above. */
  const anchor = useRef<{ id: number; offsetPx: number } | undefined>(undefined);
  const lastTop = useRef(0);
  const isFirst = useRef(true);
  const { frame, entries, isFollowing } = of;
  useLayoutEffect(() => {
    const { current } = frame;
    if (!current) return;
    if (isFollowing || isFirst.current) current.scrollTop = current.scrollHeight;
    else if (anchor.current) {
      const row = now.current.places.get(anchor.current.id);
      if (row !== undefined) current.scrollTop = topOf(row, now.current.heights) + anchor.current.offsetPx;
    }
    isFirst.current = false;
    lastTop.current = current.scrollTop;
  }, [entries, isFollowing, frame]);
  const onScroll = useCallback(() => {
    const { current } = frame;
    if (!current) return;
    const { heights, hasOlder, onOlder, onFollow, isFollowing: follows } = now.current;
    const { scrollTop, scrollHeight, clientHeight } = current;
    const row = rowAt(scrollTop, heights);
    const entry = now.current.entries[row];
    anchor.current = entry && { id: entry.id, offsetPx: scrollTop - topOf(row, heights) };
    const isUp = scrollTop < lastTop.current - 1;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < END_PX;
    lastTop.current = scrollTop;
    if (follows && isUp && !isAtEnd) onFollow(false);
    else if (!follows && !isUp && isAtEnd && scrollHeight > clientHeight) onFollow(true);
    if (hasOlder && scrollTop < OLDER_PX && isUp) onOlder();
  }, [frame]);
  return { onScroll };
}
