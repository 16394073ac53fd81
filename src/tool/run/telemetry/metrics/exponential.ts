import type {
  ExponentialBuckets,
  ExponentialHistogramPoint,
} from "../../../../blocks/telemetry/otlp/model.ts";
import { EXPONENTIAL_SCALE, EXPONENTIAL_ZERO_ID, exponentialId } from "./bucket-layout.ts";
import type { Entry } from "./strip.ts";

/** A report's buckets, kept to measure the next one by. */
export interface ExponentialTotal {
  readonly scale: number;
  readonly sum: number;
  readonly zeroCount: number;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
}

/** Scales of the protocol's data model. */
const SCALE_MIN = -10;
const SCALE_MAX = 20;
/** How many buckets one report may have; OpenTelemetry's SDKs make at most 160 on each side. */
const BUCKETS_MAX = 1_024;

/**
 * A report brought to the scale that is kept or a coarser one: two neighbours become one until it is reached, which loses nothing
 * but detail (opentelemetry.io/docs/specs/otel/metrics/data-model, "perfect subsetting"). Undefined when it is malformed.
 */
export function exponentialTotal(point: ExponentialHistogramPoint): ExponentialTotal | undefined {
  const { scale, zeroCount, positive, negative } = point;
  if (!Number.isInteger(scale) || scale < SCALE_MIN || scale > SCALE_MAX) return undefined;
  if (!(zeroCount >= 0) || !isSound(positive) || !isSound(negative)) return undefined;
  const sum = Number.isFinite(point.sum) ? point.sum : 0;
  return rescaled({ scale, sum, zeroCount, positive, negative }, Math.min(scale, EXPONENTIAL_SCALE));
}

/** A copy that may be kept: a total holds the arrays that were reported. */
export function copyExponential(total: ExponentialTotal): ExponentialTotal {
  const { positive, negative } = total;
  return {
    ...total,
    positive: { offset: positive.offset, counts: [...positive.counts] },
    negative: { offset: negative.offset, counts: [...negative.counts] },
  };
}

/** Whether any bucket holds less than it did, both seen at the coarser of their scales. */
export function exponentialFell(before: ExponentialTotal, now: ExponentialTotal): boolean {
  const scale = Math.min(before.scale, now.scale);
  const one = rescaled(before, scale);
  const other = rescaled(now, scale);
  if (other.zeroCount < one.zeroCount) return true;
  return bucketsFell(one.positive, other.positive) || bucketsFell(one.negative, other.negative);
}

/** What came to `now` since `before`, or all of it, in buckets of the layout that is kept. */
export function exponentialRise(
  before: ExponentialTotal | undefined,
  now: ExponentialTotal,
  entry: Entry,
): void {
  const scale = Math.min(before?.scale ?? now.scale, now.scale);
  const other = rescaled(now, scale);
  const one = before && rescaled(before, scale);
  entry.used = 0;
  entry.value = now.sum - (before?.sum ?? 0);
  const negative = other.negative.counts;
  for (let index = negative.length - 1; index >= 0; index--) {
    const place = other.negative.offset + index;
    spread(entry, place, (negative[index] ?? 0) - (one ? countAt(one.negative, place) : 0), scale, true);
  }
  put(entry, EXPONENTIAL_ZERO_ID, other.zeroCount - (one?.zeroCount ?? 0));
  for (let index = 0; index < other.positive.counts.length; index++) {
    const place = other.positive.offset + index;
    const count = (other.positive.counts[index] ?? 0) - (one ? countAt(one.positive, place) : 0);
    spread(entry, place, count, scale, false);
  }
}

/** A bucket of a coarser scale is several of the layout; its count is shared out among them, in whole numbers where it is one. */
function spread(entry: Entry, index: number, count: number, scale: number, isNegative: boolean): void {
  if (count <= 0) return;
  const parts = 2 ** (EXPONENTIAL_SCALE - scale);
  const shares = Math.min(parts, Math.max(1, Math.ceil(count)));
  const isWhole = Number.isInteger(count);
  for (let share = 0; share < shares; share++) {
    const place = Math.floor(((share + 0.5) * parts) / shares);
    const fine = index * parts + (isNegative ? parts - 1 - place : place);
    const upTo = (share + 1) * (count / shares);
    const from = share * (count / shares);
    put(entry, exponentialId(fine, isNegative), isWhole ? Math.round(upTo) - Math.round(from) : upTo - from);
  }
}

function put(entry: Entry, id: number, count: number): void {
  if (count <= 0) return;
  const last = entry.used - 1;
  if (entry.ids[last] === id && last >= 0) {
    entry.counts[last] = (entry.counts[last] ?? 0) + count;
    return;
  }
  entry.ids[entry.used] = id;
  entry.counts[entry.used] = count;
  entry.used++;
}

function rescaled(total: ExponentialTotal, scale: number): ExponentialTotal {
  if (scale === total.scale) return total;
  const shift = total.scale - scale;
  return {
    scale,
    sum: total.sum,
    zeroCount: total.zeroCount,
    positive: coarser(total.positive, shift),
    negative: coarser(total.negative, shift),
  };
}

function coarser(buckets: ExponentialBuckets, shift: number): ExponentialBuckets {
  const factor = 2 ** shift;
  const offset = Math.floor(buckets.offset / factor);
  const counts: number[] = [];
  buckets.counts.forEach((count, index) => {
    const place = Math.floor((buckets.offset + index) / factor) - offset;
    counts[place] = (counts[place] ?? 0) + count;
  });
  return { offset, counts };
}

function countAt(buckets: ExponentialBuckets, index: number): number {
  return buckets.counts[index - buckets.offset] ?? 0;
}

function bucketsFell(before: ExponentialBuckets, now: ExponentialBuckets): boolean {
  return before.counts.some((count, index) => count > countAt(now, before.offset + index));
}

function isSound({ offset, counts }: ExponentialBuckets): boolean {
  if (!Number.isInteger(offset) || Math.abs(offset) > 2 ** 31 || counts.length > BUCKETS_MAX) return false;
  return counts.every((count) => count >= 0 && Number.isFinite(count));
}
