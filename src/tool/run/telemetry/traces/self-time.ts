/**
 * The time that each part of a trace had to itself: while one of its spans ran of which no child did. Pure.
 */

/** What self-times are made of. */
export interface TimedSpan {
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly part: string;
  readonly startUs: number;
  readonly endUs: number;
}

/** A stretch of time, in microseconds since the epoch. */
interface Stretch {
  readonly fromUs: number;
  readonly toUs: number;
}

/**
 * Microseconds per part, parts in the order in which their first spans began. What two spans of a part do at the same time counts
 * once, so that no part has more than the whole trace took. A child counts as far as it lies within its parent: clocks of two
 * processes never agree entirely, and work may go on after its parent's end. In any order, with parents missing or in a circle.
 */
export function selfTimes(spans: readonly TimedSpan[]): Map<string, number> {
  const ordered = [...spans].sort((one, other) => one.startUs - other.startUs);
  const children = new Map<string, TimedSpan[]>();
  for (const span of ordered) {
    if (span.parentSpanId === undefined) continue;
    const siblings = children.get(span.parentSpanId);
    if (siblings) siblings.push(span);
    else children.set(span.parentSpanId, [span]);
  }
  const byPart = new Map<string, Stretch[]>();
  for (const span of ordered) {
    let own = byPart.get(span.part);
    if (!own) {
      own = [];
      byPart.set(span.part, own);
    }
    addUncovered(own, span, children.get(span.spanId) ?? []);
  }
  const times = new Map<string, number>();
  for (const [part, stretches] of byPart) times.set(part, lengthOf(stretches));
  return times;
}

/** The stretches of a span during which none of its children ran; those are in order of their starts. */
function addUncovered(own: Stretch[], span: TimedSpan, children: readonly TimedSpan[]): void {
  let fromUs = span.startUs;
  for (const child of children) {
    if (child.startUs >= span.endUs) break;
    if (child.startUs > fromUs) own.push({ fromUs, toUs: child.startUs });
    fromUs = Math.max(fromUs, child.endUs);
    if (fromUs >= span.endUs) return;
  }
  if (fromUs < span.endUs) own.push({ fromUs, toUs: span.endUs });
}

/** How long they are together; what lies in several of them counts once. */
function lengthOf(stretches: Stretch[]): number {
  stretches.sort((one, other) => one.fromUs - other.fromUs);
  let total = 0;
  let doneUs = Number.NEGATIVE_INFINITY;
  for (const { fromUs, toUs } of stretches) {
    if (toUs <= doneUs) continue;
    total += toUs - Math.max(fromUs, doneUs);
    doneUs = toUs;
  }
  return total;
}
