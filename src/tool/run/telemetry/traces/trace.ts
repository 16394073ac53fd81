import { type StoredSpan, sizeOfSpan } from "./stored-span.ts";

/** The object, its id, its place in the table, and a list of spans, which has room for 17 from the first on. */
const TRACE_BYTES = 600;
/** So many parts are told apart within a trace when one looks for a part. */
const PARTS_MAX = 64;

/** All that has come of one trace, and what a search asks of it, kept up to date as spans come. */
export class Trace {
  readonly id: string;
  readonly spans: StoredSpan[] = [];
  /** Names of the parts that take part. */
  readonly parts: string[] = [];
  /** About how much of the heap it takes. */
  bytes = TRACE_BYTES;
  errors = 0;
  /** Spans that were not kept. */
  dropped = 0;
  /** The earliest without a parent; where there is none, the earliest at all. */
  top: StoredSpan | undefined;
  /** When its first span began and its last one ended. */
  startUs = Number.POSITIVE_INFINITY;
  endUs = Number.NEGATIVE_INFINITY;
  /** When the last span came, by the monotonic clock. */
  touchedMs = 0;
  /** Whether spans came since it was last settled. */
  isFresh = false;
  /** How many of its spans the record on disk has. */
  recordedSpans = 0;
  /** The name under which it is one of the slowest. */
  slowAs: string | undefined;
  /** Where it waits for its end. */
  line: TraceLine | undefined;
  previous: Trace | undefined;
  next: Trace | undefined;

  constructor(id: string) {
    this.id = id;
  }

  add(span: StoredSpan): void {
    this.spans.push(span);
    const bytes = sizeOfSpan(span);
    this.bytes += bytes;
    if (this.line) this.line.bytes += bytes;
    if (span.error) this.errors++;
    if (span.startUs < this.startUs) this.startUs = span.startUs;
    if (span.endUs > this.endUs) this.endUs = span.endUs;
    if (isAbove(span, this.top)) this.top = span;
    if (this.parts.length < PARTS_MAX && !this.parts.includes(span.part)) this.parts.push(span.part);
  }

  /** When the top span began. */
  get beganUs(): number {
    return this.top?.startUs ?? 0;
  }

  /** How long its root took; while that is missing, from its first start to its last end. */
  get durationUs(): number {
    const { top } = this;
    if (!top) return 0;
    return top.parentSpanId === undefined ? top.endUs - top.startUs : this.endUs - this.startUs;
  }
}

function isAbove(span: StoredSpan, top: StoredSpan | undefined): boolean {
  if (!top) return true;
  const isRoot = span.parentSpanId === undefined;
  const topIsRoot = top.parentSpanId === undefined;
  return isRoot === topIsRoot ? span.startUs < top.startUs : isRoot;
}

/** Traces in the order in which they came. Any of them leaves in constant time, which no built-in collection does at its front. */
export class TraceLine {
  first: Trace | undefined;
  bytes = 0;
  #last: Trace | undefined;

  /** Puts one that stands nowhere at the end. */
  push(trace: Trace): void {
    trace.line = this;
    trace.previous = this.#last;
    if (this.#last) this.#last.next = trace;
    else this.first = trace;
    this.#last = trace;
    this.bytes += trace.bytes;
  }

  /** Puts one that stands nowhere at the front. */
  pushFirst(trace: Trace): void {
    trace.line = this;
    trace.next = this.first;
    if (this.first) this.first.previous = trace;
    else this.#last = trace;
    this.first = trace;
    this.bytes += trace.bytes;
  }

  remove(trace: Trace): void {
    const { previous, next } = trace;
    if (previous) previous.next = next;
    else this.first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    trace.previous = undefined;
    trace.next = undefined;
    trace.line = undefined;
    this.bytes -= trace.bytes;
  }
}
