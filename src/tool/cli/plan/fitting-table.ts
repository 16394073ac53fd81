import { type Column, table } from "../table.ts";
import { cut, widthOf } from "../text.ts";

/** A column that may give way where a table is too wide. */
export interface FittingColumn extends Column {
  /** May be cut to so many columns. */
  readonly least?: number;
  /** Is left out where cutting does not suffice: the highest first. Default: never. */
  readonly drop?: number;
}

/** A table that is no wider than `width`: first columns are cut that may be, the widest most, then those are left out that can be. */
export function fittingTable(
  columns: readonly FittingColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const cells = columns.map((_, index) => rows.map((row) => row[index] ?? ""));
  const shown = columns.map((column, index) => ({ column, cells: cells[index] ?? [] }));
  let kept = shown.filter((one) => one.cells.some((cell) => cell !== ""));
  for (;;) {
    const widths = kept.map(({ column, cells }) => Math.max(...[column.title, ...cells].map(widthOf)));
    const over = widths.reduce((sum, one) => sum + one, 2 * (kept.length - 1)) - width;
    const slack = kept.map(({ column }, index) =>
      Math.max(0, (widths[index] ?? 0) - (column.least ?? Number.POSITIVE_INFINITY)),
    );
    const most = slack.reduce((sum, one) => sum + one, 0);
    const last = Math.max(...kept.map(({ column }) => column.drop ?? 0));
    if (over <= 0 || (over > most && last === 0) || kept.length === 1)
      return drawn(kept, widths, slack, over, most);
    // A little is cut; for more, a column gives way.
    if (over <= most && over <= 12) return drawn(kept, widths, slack, over, most);
    if (last === 0) return drawn(kept, widths, slack, over, most);
    kept = kept.filter(({ column }) => column.drop !== last);
  }
}

function drawn(
  kept: readonly { readonly column: FittingColumn; readonly cells: readonly string[] }[],
  widths: readonly number[],
  slack: readonly number[],
  over: number,
  most: number,
): string[] {
  let left = Math.max(0, Math.min(over, most));
  const cutTo = kept.map((_, index) => {
    const share = most > 0 ? Math.ceil(((slack[index] ?? 0) / most) * Math.max(0, over)) : 0;
    const taken = Math.min(left, share, slack[index] ?? 0);
    left -= taken;
    return (widths[index] ?? 0) - taken;
  });
  const count = kept[0]?.cells.length ?? 0;
  return table(
    kept.map(({ column }) => column),
    Array.from({ length: count }, (_, row) =>
      kept.map(({ cells }, index) => cut(cells[row] ?? "", cutTo[index] ?? 0)),
    ),
  );
}
