// biome-ignore-all lint/a11y/useSemanticElements: a table cannot be drawn row by row; the whole has the focus, and names its row by aria-activedescendant.

import type { JSX, RefObject } from "preact";
import { useCallback, useMemo, useRef, useState } from "preact/hooks";
import type { LogEntry } from "../../../control-api/index.ts";
import { type LogFilter, markedWords } from "../../model/log-filter.ts";
import { topOf } from "../../model/row-window.ts";
import { Button } from "../ui/button.tsx";
import { useRows } from "../ui/rows.ts";
import { LogRow } from "./log-row.tsx";
import { useIsSmall } from "./small.ts";
import { useStandingStill } from "./standing-still.ts";

/** As the style sheet has them. */
const ROW_PX = 22;
const SMALL_ROW_PX = 42;
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
  const [at, setAt] = useState<number | undefined>(undefined);
  const isSmall = useIsSmall();
  const places = useMemo(() => new Map(entries.map(({ id }, index) => [id, index])), [entries]);
  const { open, extraPx, toggle, onHeight } = useOpened(frame, places, onFollow);
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

  const move = (to: number) => {
    const row = Math.min(entries.length - 1, Math.max(0, to));
    setAt(entries[row]?.id);
    if (row < entries.length - 1) onFollow(false);
    shown.reveal(row);
    onScroll();
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

/** Which entries are open, and how high each is; opening one ends following. */
function useOpened(
  frame: RefObject<HTMLElement | null>,
  places: ReadonlyMap<number, number>,
  onFollow: (isFollowing: boolean) => void,
) {
  const [open, setOpen] = useState<ReadonlyMap<number, number>>(new Map());
  const extraPx = useMemo(() => {
    const extra = new Map<number, number>();
    for (const [id, px] of open) {
      const row = places.get(id);
      if (row !== undefined) extra.set(row, px);
    }
    return extra;
  }, [open, places]);
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
  const onHeight = useCallback(
    (id: number, px: number) => {
      const list = frame.current;
      const opened = list?.querySelector(`#entry-${id} + .log-opened`);
      if (list && opened) {
        // What was opened at the lower edge comes into sight, as far as its line stays there.
        const hiddenPx = opened.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
        if (hiddenPx > 0) {
          requestAnimationFrame(() => list.scrollBy(0, Math.min(hiddenPx, list.clientHeight - px)));
        }
      }
      setOpen((before) => (before.get(id) === px || !before.has(id) ? before : new Map(before).set(id, px)));
    },
    [frame],
  );
  return { open, extraPx, toggle, onHeight };
}
