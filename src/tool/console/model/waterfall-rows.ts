import type { TraceNode, TraceTree } from "./trace-tree.ts";

/** Which spans of a waterfall are shown, and where its keys lead. Pure. */

/** The rows that are shown: what lies below a closed span is not. `closed` holds ids of spans. */
export function shownRows({ nodes }: TraceTree, closed: ReadonlySet<string>): readonly TraceNode[] {
  if (closed.size === 0) return nodes;
  const rows: TraceNode[] = [];
  for (let at = 0; at < nodes.length; ) {
    const node = nodes[at];
    if (!node) break;
    rows.push(node);
    at += closed.has(node.span.spanId) ? node.below + 1 : 1;
  }
  return rows;
}

/** What a key does in a waterfall, as WAI-ARIA has it of a tree of rows (https://www.w3.org/WAI/ARIA/apg/patterns/treegrid/). */
export type RowStep =
  | { readonly to: number }
  | { readonly open: string }
  | { readonly close: string }
  | { readonly choose: string };

/** How many rows `PageUp` and `PageDown` go over. */
const PAGE_ROWS = 15;

/** What a key does at a row; undefined of keys that are left to others. */
export function rowStep(
  key: string,
  rows: readonly TraceNode[],
  at: number,
  closed: ReadonlySet<string>,
): RowStep | undefined {
  const row = rows[at];
  if (!row) return undefined;
  const { spanId } = row.span;
  const isClosed = closed.has(spanId);
  const within = (to: number) => ({ to: Math.min(rows.length - 1, Math.max(0, to)) });
  switch (key) {
    case "ArrowDown":
      return within(at + 1);
    case "ArrowUp":
      return within(at - 1);
    case "PageDown":
      return within(at + PAGE_ROWS);
    case "PageUp":
      return within(at - PAGE_ROWS);
    case "Home":
      return within(0);
    case "End":
      return within(rows.length - 1);
    case "ArrowRight":
      if (row.below === 0) return within(at);
      return isClosed ? { open: spanId } : within(at + 1);
    case "ArrowLeft":
      if (row.below > 0 && !isClosed) return { close: spanId };
      return row.parent ? { to: rows.indexOf(row.parent) } : within(at);
    case "Enter":
      return { choose: spanId };
    default:
      return undefined;
  }
}

/** `closed` without those above a span, so that it is shown. */
export function openedFor(
  spanId: string,
  { nodes }: TraceTree,
  closed: ReadonlySet<string>,
): ReadonlySet<string> {
  const above = new Set<string>();
  let node = nodes.find((one) => one.span.spanId === spanId)?.parent;
  for (; node; node = node.parent) above.add(node.span.spanId);
  return [...closed].some((id) => above.has(id))
    ? new Set([...closed].filter((id) => !above.has(id)))
    : closed;
}
