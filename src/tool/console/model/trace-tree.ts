import type { SpanView } from "../../control-api/index.ts";

/**
 * A trace's spans as a tree, each placed in time so that no effect comes before its cause. Pure. In any order, with parents missing or in a
 * circle; each span stands once.
 */
export interface TraceNode {
  readonly span: SpanView;
  /** Of the row in `nodes`. */
  readonly index: number;
  /** 0 at the top. */
  readonly depth: number;
  /** Where it is drawn, in Unix milliseconds: as it was measured, or moved by `shiftMs`. */
  readonly startMs: number;
  readonly endMs: number;
  /** How far it was moved: the clock of its process goes differently from the one of its parent's. */
  readonly shiftMs: number;
  /** By start. */
  readonly children: readonly TraceNode[];
  /** How many spans lie below it, at any depth. */
  readonly below: number;
  /** How many of those failed. */
  readonly errorsBelow: number;
  /** It names a parent that is not there, or that leads back to it. */
  readonly isOrphan: boolean;
  readonly parent: TraceNode | undefined;
}

export interface TraceTree {
  /** A parent before its children: the rows of a waterfall. */
  readonly nodes: readonly TraceNode[];
  readonly roots: readonly TraceNode[];
  readonly fromMs: number;
  /** Never before `fromMs`. */
  readonly toMs: number;
}

/** What microseconds lose on their way through a number of milliseconds since 1970. */
export const ROUNDING_MS = 0.002;

/** A node while it is being made. */
type Draft = { -readonly [Name in keyof Omit<TraceNode, "children" | "parent">]: TraceNode[Name] } & {
  children: Draft[];
  parent: Draft | undefined;
};

/** Makes the tree. A span whose id has come before is left out. */
export function traceTree(spans: readonly SpanView[]): TraceTree {
  const drafts = new Map<string, Draft>();
  for (const span of [...spans].sort((one, other) => one.startMs - other.startMs)) {
    if (!drafts.has(span.spanId)) drafts.set(span.spanId, draftOf(span));
  }
  const roots: Draft[] = [];
  for (const draft of drafts.values()) {
    const parent = parentOf(draft, drafts);
    if (parent) {
      draft.parent = parent;
      parent.children.push(draft);
    } else {
      draft.isOrphan = draft.span.parentSpanId !== undefined;
      roots.push(draft);
    }
  }
  cutCircles(drafts, roots);
  roots.sort((one, other) => one.startMs - other.startMs);
  const nodes = inOrder(roots);
  countBelow(nodes);
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const { startMs, endMs } of nodes) {
    fromMs = Math.min(fromMs, startMs);
    toMs = Math.max(toMs, endMs);
  }
  return nodes.length === 0 ? { nodes, roots, fromMs: 0, toMs: 0 } : { nodes, roots, fromMs, toMs };
}

/** Whether a span is the other end of its parent: what a server did of what a client waited for. */
export function isAnswerOf(child: SpanView, parent: SpanView): boolean {
  return child.kind === "server" && parent.kind === "client";
}

function draftOf(span: SpanView): Draft {
  const durationMs = Number.isFinite(span.durationMs) ? Math.max(0, span.durationMs) : 0;
  return {
    span,
    index: 0,
    depth: 0,
    startMs: span.startMs,
    endMs: span.startMs + durationMs,
    shiftMs: 0,
    children: [],
    below: 0,
    errorsBelow: 0,
    isOrphan: false,
    parent: undefined,
  };
}

function parentOf(draft: Draft, drafts: ReadonlyMap<string, Draft>): Draft | undefined {
  const { parentSpanId } = draft.span;
  const parent = parentSpanId === undefined ? undefined : drafts.get(parentSpanId);
  return parent === draft ? undefined : parent;
}

/** What no root leads to goes round in a circle: it is cut before the span that began first. */
function cutCircles(drafts: ReadonlyMap<string, Draft>, roots: Draft[]): void {
  const reached = new Set<Draft>();
  for (const root of roots) reach(root, reached);
  for (const draft of drafts.values()) {
    if (reached.has(draft)) continue;
    const first = firstOfCircle(draft);
    if (first.parent) first.parent.children = first.parent.children.filter((child) => child !== first);
    first.parent = undefined;
    first.isOrphan = true;
    roots.push(first);
    reach(first, reached);
  }
}

function firstOfCircle(from: Draft): Draft {
  const passed = new Set<Draft>();
  let at = from;
  while (at.parent && !passed.has(at)) {
    passed.add(at);
    at = at.parent;
  }
  let first = at;
  for (let next = at.parent; next && next !== at; next = next.parent) {
    if (next.startMs < first.startMs) first = next;
  }
  return first;
}

function reach(root: Draft, reached: Set<Draft>): void {
  const waiting = [root];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    waiting.push(...next.children);
  }
}

/** Depth first without recursion: a trace may be as deep as it has spans. Places each span on the way, a parent before its children. */
function inOrder(roots: readonly Draft[]): Draft[] {
  const ordered: Draft[] = [];
  const waiting = [...roots].reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    next.index = ordered.length;
    ordered.push(next);
    for (const child of next.children) {
      child.depth = next.depth + 1;
      place(child, next);
    }
    next.children.sort((one, other) => one.startMs - other.startMs);
    for (let at = next.children.length - 1; at >= 0; at--) {
      const child = next.children[at];
      if (child) waiting.push(child);
    }
  }
  return ordered;
}

/**
 * A child of the same process goes with its parent's clock. One of another is believed where it could be so; where it begins before its
 * parent, or an answer ends after what waited for it, it is moved: to the middle where it fits, for the way there takes about as long as the
 * way back (as NTP assumes: RFC 5905, section 8), else to its parent's beginning.
 */
function place(child: Draft, parent: Draft): void {
  const lengthMs = child.endMs - child.startMs;
  const shiftMs = isSameProcess(child.span, parent.span) ? parent.shiftMs : neededShift(child, parent);
  child.shiftMs = shiftMs;
  child.startMs = child.span.startMs + shiftMs;
  child.endMs = child.startMs + lengthMs;
}

function neededShift(child: Draft, parent: Draft): number {
  const lengthMs = child.endMs - child.startMs;
  const roomMs = parent.endMs - parent.startMs - lengthMs;
  const startsEarly = child.startMs < parent.startMs - ROUNDING_MS;
  const endsLate =
    isAnswerOf(child.span, parent.span) && roomMs >= 0 && child.endMs > parent.endMs + ROUNDING_MS;
  if (!startsEarly && !endsLate) return 0;
  return parent.startMs + Math.max(0, roomMs) / 2 - child.span.startMs;
}

function isSameProcess(one: SpanView, other: SpanView): boolean {
  return one.part === other.part && one.replica === other.replica;
}

function countBelow(nodes: readonly Draft[]): void {
  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at];
    if (!node?.parent) continue;
    node.parent.below += node.below + 1;
    node.parent.errorsBelow += node.errorsBelow + (node.span.error ? 1 : 0);
  }
}
