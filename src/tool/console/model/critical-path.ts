import { isAnswerOf, ROUNDING_MS, type TraceNode, type TraceTree } from "./trace-tree.ts";

/**
 * The critical path of a trace: at each moment the one span that its end was waiting for. What is shortened on it shortens the whole; what lies
 * beside it does not. Pure.
 *
 * It is found backwards from the end of the root (as in CRISP, https://www.usenix.org/conference/atc22/presentation/zhang-zhizhou): the child that
 * ended last is what a span was waiting for until then; before that child began, the one that ended last before its beginning, and so on. What
 * of a span no such child covers was its own work. Of children that ran beside each other only the one that ended last counts, and none
 * that its parent did not wait for: it was handed on to a consumer, or ended after its parent. An answer that outlives the call is cut at
 * the call's end: there the caller gave up waiting.
 */
export interface PathStretch {
  readonly node: TraceNode;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The path from the beginning of the longest root to its end, without a gap and in the order of time; empty of an empty tree. */
export function criticalPath(tree: TraceTree): readonly PathStretch[] {
  const root = mainRoot(tree);
  if (!root) return [];
  const stretches: PathStretch[] = [];
  // What is left to explain, the latest on top: a span's own time is told as soon as what follows it is.
  const waiting: Unexplained[] = [{ node: root, fromMs: root.startMs, toMs: root.endMs, isEnd: true }];
  const children = new Map<TraceNode, TraceNode[]>();
  for (let next = waiting.pop(); next; next = waiting.pop())
    explain(next, lastWaitedFor(next, children), waiting, stretches);
  return stretches.reverse();
}

/** The root that the path is of: the one that took longest. The others are what came without its parent. */
export function mainRoot({ roots }: TraceTree): TraceNode | undefined {
  let longest: TraceNode | undefined;
  for (const root of roots) {
    if (!longest || root.endMs - root.startMs > longest.endMs - longest.startMs) longest = root;
  }
  return longest;
}

interface Unexplained extends PathStretch {
  /** It reaches to the end of its span, or to where it was cut: what ran then was what it did. Else something of it began then. */
  readonly isEnd: boolean;
}

/** Tells the latest own time of a stretch, and leaves the child before it and what comes before that child to be explained. */
function explain(
  { node, fromMs, toMs }: Unexplained,
  child: TraceNode | undefined,
  waiting: Unexplained[],
  told: PathStretch[],
): void {
  const ownFromMs = child ? Math.min(child.endMs, toMs) : fromMs;
  if (toMs > ownFromMs) told.push({ node, fromMs: ownFromMs, toMs });
  if (!child) return;
  const childFromMs = Math.max(child.startMs, fromMs);
  if (childFromMs > fromMs) waiting.push({ node, fromMs, toMs: childFromMs, isEnd: false });
  waiting.push({ node: child, fromMs: childFromMs, toMs: ownFromMs, isEnd: true });
}

/**
 * The child that a span was waiting for last in this stretch. `left` holds, of each span that was asked about, the children that still may be
 * one, the last to end at the end: stretches of a span are asked about backwards, so what was passed over once is never looked at again.
 */
function lastWaitedFor(
  { node, fromMs, toMs, isEnd }: Unexplained,
  left: Map<TraceNode, TraceNode[]>,
): TraceNode | undefined {
  let children = left.get(node);
  if (!children) {
    children = node.children
      .filter((child) => isWaitedFor(child, node))
      .sort((one, other) => one.endMs - other.endMs);
    left.set(node, children);
  }
  for (let child = children.pop(); child; child = children.pop()) {
    if (child.endMs <= fromMs) return undefined;
    // One that was not over yet ran beside what began then.
    if (child.startMs < toMs && (isEnd || child.endMs <= toMs + ROUNDING_MS)) return child;
  }
  return undefined;
}

function isWaitedFor(child: TraceNode, parent: TraceNode): boolean {
  if (child.span.kind === "consumer" || child.endMs <= child.startMs) return false;
  return child.endMs <= parent.endMs + ROUNDING_MS || isAnswerOf(child.span, parent.span);
}

/** What a kind of span has of the critical path. */
export interface PathShare {
  readonly part: string;
  readonly name: string;
  readonly ms: number;
  /** Of the whole path, 0 to 1. */
  readonly share: number;
  /** The spans of that name on the path, the one with the most of it first. */
  readonly nodes: readonly TraceNode[];
}

/** What to make faster: the path by part and name of its spans, the largest share first. A loop of a hundred queries is one line. */
export function pathShares(path: readonly PathStretch[]): PathShare[] {
  const byName = new Map<string, { part: string; name: string; ms: number; nodes: Map<TraceNode, number> }>();
  let wholeMs = 0;
  for (const { node, fromMs, toMs } of path) {
    const { part, name } = node.span;
    const key = `${part}\n${name}`;
    const share = byName.get(key) ?? { part, name, ms: 0, nodes: new Map() };
    byName.set(key, share);
    share.ms += toMs - fromMs;
    share.nodes.set(node, (share.nodes.get(node) ?? 0) + toMs - fromMs);
    wholeMs += toMs - fromMs;
  }
  return [...byName.values()]
    .sort((one, other) => other.ms - one.ms)
    .map(({ nodes, ...share }) => ({
      ...share,
      share: share.ms / wholeMs,
      nodes: [...nodes].sort(([, one], [, other]) => other - one).map(([node]) => node),
    }));
}
