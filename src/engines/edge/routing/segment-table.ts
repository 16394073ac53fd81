/**
 * Finds what belongs to a segment of a path without cutting the segment out: a hash table whose keys are compared where they
 * stand. A `Map` would need a string for each look-up. Pure, and plain data.
 */
export interface SegmentTable<Value> {
  /** As many as a power of two, at least twice as many as there are entries. */
  readonly buckets: readonly (SegmentEntry<Value> | undefined)[];
}

interface SegmentEntry<Value> {
  readonly hash: number;
  readonly text: string;
  readonly value: Value;
  /** The next entry of the same bucket. */
  readonly next: SegmentEntry<Value> | undefined;
}

const SLASH = 0x2f;
/** FNV-1a, 32 bits. */
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** The table of some segments, each of which is there once. */
export function segmentTable<Value>(entries: ReadonlyMap<string, Value>): SegmentTable<Value> {
  let size = 2;
  while (size < entries.size * 2) size *= 2;
  const buckets: (SegmentEntry<Value> | undefined)[] = new Array(size).fill(undefined);
  for (const [text, value] of entries) {
    const hash = segmentHash(text, 0, text.length);
    const bucket = bucketOf(hash, size);
    buckets[bucket] = { hash, text, value, next: buckets[bucket] };
  }
  return { buckets };
}

/** The value of the segment from `start` to before `stop`. */
export function segmentValue<Value>(
  table: SegmentTable<Value>,
  path: string,
  start: number,
  stop: number,
): Value | undefined {
  const { buckets } = table;
  const hash = segmentHash(path, start, stop);
  let entry = buckets[bucketOf(hash, buckets.length)];
  while (entry !== undefined) {
    if (entry.hash === hash && entry.text.length === stop - start && path.startsWith(entry.text, start))
      return entry.value;
    entry = entry.next;
  }
  return undefined;
}

/** Where the segment that begins at `start` stops, in a path that ends before `end`. */
export function segmentStop(path: string, start: number, end: number): number {
  let at = start;
  while (at < end && path.charCodeAt(at) !== SLASH) at++;
  return at;
}

/** The low bits of FNV-1a are its weakest. */
function bucketOf(hash: number, size: number): number {
  return (hash ^ (hash >>> 15)) & (size - 1);
}

function segmentHash(path: string, start: number, stop: number): number {
  let hash = OFFSET_BASIS;
  for (let at = start; at < stop; at++) hash = Math.imul(hash ^ path.charCodeAt(at), PRIME);
  return hash;
}
