import type { PlanNode } from "../../control-api/index.ts";

/** A step of a plan, as a line of the drawing. */
export interface PlanLine {
  readonly node: PlanNode;
  readonly depth: number;
  /** Its own share of the whole, 0 to 1: of the time where that was measured, else of the cost. */
  readonly share: number;
  /** How many times more or fewer rows there were than expected: 12 or 1/12. Undefined while it was not measured. */
  readonly off?: number;
}

/** Lays a plan out as lines, the root first, each before those below it. Pure. */
export function planLines(root: PlanNode): PlanLine[] {
  const whole = root.totalMs ?? root.cost;
  const lines: PlanLine[] = [];
  const visit = (node: PlanNode, depth: number): void => {
    const own = root.totalMs === undefined ? ownCost(node) : (node.selfMs ?? 0);
    const off = offBy(node);
    lines.push({
      node,
      depth,
      share: whole > 0 ? Math.min(1, Math.max(0, own / whole)) : 0,
      ...(off === undefined ? {} : { off }),
    });
    for (const child of node.children) visit(child, depth + 1);
  };
  visit(root, 0);
  return lines;
}

/** `12× more`, `40× fewer`; undefined where the estimate was good enough. */
export function offText(off: number | undefined): string | undefined {
  if (off === undefined) return undefined;
  const times = off >= 1 ? off : 1 / off;
  if (times < 2) return undefined;
  return `${times >= 10 ? Math.round(times).toLocaleString("en") : times.toFixed(1)}× ${off >= 1 ? "more" : "fewer"}`;
}

function ownCost({ cost, children }: PlanNode): number {
  return cost - children.reduce((sum, child) => sum + child.cost, 0);
}

function offBy({ rows, rowsEstimated, loops }: PlanNode): number | undefined {
  if (rows === undefined || loops === 0) return undefined;
  // None is not infinitely fewer than one.
  return Math.max(1, rows) / Math.max(1, rowsEstimated);
}
