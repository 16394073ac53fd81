import type { RefObject } from "preact";
import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type RowHeights, rowWindow, scrollFor, wholeHeight } from "../../model/row-window.ts";

/** The rows of a long list that are to be drawn. */
export interface ShownRows {
  readonly from: number;
  readonly to: number;
  /** Of all rows together. */
  readonly heightPx: number;
  /** To be called when the list was scrolled. */
  readonly onScroll: () => void;
  /** Scrolls so far that a row is wholly seen. */
  readonly reveal: (row: number) => void;
}

/** Follows how a list is scrolled, and says which of its rows are on the screen: only those are drawn. */
export function useRows(frame: RefObject<HTMLElement | null>, heights: RowHeights): ShownRows {
  const [view, setView] = useState({ topPx: 0, heightPx: 600 });
  const now = useRef(heights);
  now.current = heights;
  const onScroll = useCallback(() => {
    const { current } = frame;
    if (!current) return;
    const next = { topPx: current.scrollTop, heightPx: current.clientHeight };
    setView((before) => {
      const [one, other] = [rowWindow(before, now.current), rowWindow(next, now.current)];
      return one.from === other.from && one.to === other.to && before.heightPx === next.heightPx
        ? before
        : next;
    });
  }, [frame]);
  useLayoutEffect(() => {
    const { current } = frame;
    if (!current) return;
    onScroll();
    const observer = new ResizeObserver(onScroll);
    observer.observe(current);
    return () => observer.disconnect();
  }, [frame, onScroll]);
  const reveal = useCallback(
    (row: number) => {
      const { current } = frame;
      if (!current) return;
      const seen = { topPx: current.scrollTop, heightPx: current.clientHeight };
      current.scrollTop = scrollFor(row, seen, now.current);
    },
    [frame],
  );
  // A list that has become shorter is looked at where it ends.
  const topPx = Math.min(view.topPx, Math.max(0, wholeHeight(heights) - view.heightPx));
  return { ...rowWindow({ ...view, topPx }, heights), heightPx: wholeHeight(heights), onScroll, reveal };
}
