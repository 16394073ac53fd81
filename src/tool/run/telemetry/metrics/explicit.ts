import type { HistogramPoint } from "../../../../blocks/telemetry/otlp/model.ts";
import type { Entry } from "./strip.ts";

/** A report's counts, kept to measure the next one by. */
export interface ExplicitTotal {
  sum: number;
  readonly counts: ArrayLike<number>;
}

/** A copy that may be kept, written over the one that it follows. */
export function copyExplicit(total: ExplicitTotal, over: ExplicitTotal | undefined): ExplicitTotal {
  const counts = over?.counts;
  if (!over || !(counts instanceof Float64Array) || counts.length !== total.counts.length) {
    return { sum: total.sum, counts: Float64Array.from(total.counts) };
  }
  over.sum = total.sum;
  counts.set(total.counts);
  return over;
}

/** Undefined when the report is malformed: counts that are none, or not one more than there are bounds. */
export function explicitTotal(point: HistogramPoint): ExplicitTotal | undefined {
  const { bounds, counts, count } = point;
  const sum = Number.isFinite(point.sum) ? point.sum : 0;
  // Only count and sum: the protocol allows it.
  if (counts.length === 0 && bounds.length === 0) {
    return count >= 0 && Number.isFinite(count) ? { sum, counts: [count] } : undefined;
  }
  if (counts.length !== bounds.length + 1) return undefined;
  for (const each of counts) if (!(each >= 0 && Number.isFinite(each))) return undefined;
  return { sum, counts };
}

/** Whether any bucket holds less than it did. */
export function explicitFell(before: ExplicitTotal, now: ExplicitTotal): boolean {
  for (let index = 0; index < now.counts.length; index++) {
    if ((now.counts[index] ?? 0) < (before.counts[index] ?? 0)) return true;
  }
  return false;
}

/** What came to `now` since `before`, or all of it. */
export function explicitRise(before: ExplicitTotal | undefined, now: ExplicitTotal, entry: Entry): void {
  entry.used = 0;
  for (let index = 0; index < now.counts.length; index++) {
    const rise = (now.counts[index] ?? 0) - (before?.counts[index] ?? 0);
    if (rise === 0) continue;
    entry.ids[entry.used] = index;
    entry.counts[entry.used] = rise;
    entry.used++;
  }
  // Without a new value a sum does not rise; a difference then is but the rounding of whoever added it up.
  entry.value = entry.used === 0 ? 0 : now.sum - (before?.sum ?? 0);
}
