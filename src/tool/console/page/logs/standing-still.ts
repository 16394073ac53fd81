import { useCallback, useLayoutEffect, useRef } from "preact/hooks";
import type { LogEntry } from "../../../control-api/index.ts";
import { type RowHeights, rowAt, topOf } from "../../model/row-window.ts";

const END_PX = 6;
/** So near to the beginning, older ones are asked for. */
const OLDER_PX = 500;

/** Keeps the end in sight while the list follows, and else what is read where it is, whatever comes before it or goes. */
export function useStandingStill(of: {
  readonly frame: { readonly current: HTMLDivElement | null };
  readonly entries: readonly LogEntry[];
  readonly places: ReadonlyMap<number, number>;
  readonly heights: RowHeights;
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
  const lastEntries = useRef<readonly LogEntry[] | undefined>(undefined);
  const { frame, entries, isFollowing } = of;
  useLayoutEffect(() => {
    const { current } = frame;
    if (!current) return;
    const isFirst = lastEntries.current === undefined;
    if (isFollowing || isFirst) current.scrollTop = current.scrollHeight;
    else if (anchor.current && lastEntries.current !== entries) {
      const row = now.current.places.get(anchor.current.id);
      if (row !== undefined) current.scrollTop = topOf(row, now.current.heights) + anchor.current.offsetPx;
    }
    lastEntries.current = entries;
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
    // An entry that is open is being read: then only the button goes on.
    else if (!follows && !isUp && isAtEnd && heights.extraPx.size === 0) onFollow(true);
    if (hasOlder && scrollTop < OLDER_PX && isUp) onOlder();
  }, [frame]);
  return { onScroll };
}
