/**
 * Which rows of a long list are on the screen. Pure. All rows are equally high but those that are open, which may be higher by any amount: there are
 * few of them.
 */
export interface RowHeights {
  readonly rows: number;
  readonly rowPx: number;
  /** By index: how much higher than `rowPx` a row is. */
  readonly extraPx: ReadonlyMap<number, number>;
}

/** How high all rows are together. */
export function wholeHeight({ rows, rowPx, extraPx }: RowHeights): number {
  let sumPx = rows * rowPx;
  for (const [row, px] of extraPx) if (row < rows) sumPx += px;
  return sumPx;
}

/** Where a row begins. */
export function topOf(row: number, { rowPx, extraPx }: RowHeights): number {
  let topPx = row * rowPx;
  for (const [other, px] of extraPx) if (other < row) topPx += px;
  return topPx;
}

/** The row at a height, within the list; -1 of an empty one. */
export function rowAt(px: number, heights: RowHeights): number {
  let low = 0;
  let high = heights.rows - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (topOf(middle, heights) <= px) low = middle;
    else high = middle - 1;
  }
  return high < 0 ? -1 : low;
}

/** The first row to draw and the one after the last, with `spare` rows on either side, so that a quick scroll finds them there. */
export function rowWindow(
  view: { readonly topPx: number; readonly heightPx: number },
  heights: RowHeights,
  spare = 8,
): { readonly from: number; readonly to: number } {
  if (heights.rows === 0) return { from: 0, to: 0 };
  const from = rowAt(view.topPx, heights);
  const to = rowAt(view.topPx + view.heightPx, heights);
  return { from: Math.max(0, from - spare), to: Math.min(heights.rows, to + 1 + spare) };
}

/** Where to scroll to so that a row is wholly seen: not at all where it is. */
export function scrollFor(
  row: number,
  view: { readonly topPx: number; readonly heightPx: number },
  heights: RowHeights,
): number {
  const top = topOf(row, heights);
  const bottom = top + heights.rowPx;
  if (top < view.topPx) return top;
  return bottom > view.topPx + view.heightPx ? bottom - view.heightPx : view.topPx;
}
