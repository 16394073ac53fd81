import type { Batch, SpanData } from "../../../../blocks/telemetry/otlp/model.ts";
import type { Clock, Timer } from "../../../../blocks/time/index.ts";
import type { TraceQuery, TraceSummary, TraceView } from "../../../control-api/index.ts";
import type { MetricWriter } from "../metric-reader.ts";
import type { PartDirectory } from "../part-directory.ts";
import { SharedNames } from "../shared-names.ts";
import { observeLink } from "./link-sample.ts";
import { SlowestTraces } from "./slowest-traces.ts";
import { storedSpanOf } from "./stored-span.ts";
import { Trace, TraceLine } from "./trace.ts";
import { searchTraces } from "./trace-search.ts";
import { viewOf } from "./trace-view.ts";

const CLIENT = 3;
const PRODUCER = 4;
const BYTES_MAX = 32 * 1024 * 1024;
const SPANS_PER_TRACE_MAX = 2_000;
/** No trace takes more than this share of the memory. */
const TRACE_SHARE_MAX = 1 / 8;
/** Traces worth keeping take no more than this share; the rest is for what comes in. */
const KEPT_SHARE_MAX = 3 / 4;
/** A trace to which nothing was added for so long is settled: it is judged, and may be written down. */
const QUIET_MS = 10_000;
const LOOK_EVERY_MS = 5_000;

export interface TraceStoreOptions {
  readonly directory: PartDirectory;
  readonly clock: Clock;
  /** Told of every call of another part. */
  readonly metrics?: MetricWriter;
  /** Told each trace once it is settled, and again when more of it has come and settled. Must not throw, nor keep it. */
  readonly onSettled?: (trace: Trace, worth: TraceWorth) => void;
  /** How much of the heap the traces take at most, about. Default 32 MiB. */
  readonly bytesMax?: number;
  /** Spans beyond so many of one trace are counted and not kept. Default 2,000. */
  readonly spansPerTraceMax?: number;
}

/** `failed`: one of its spans did. `slow`: one of the ten slowest of its root's name. Both are kept longer than `ordinary` ones. */
export type TraceWorth = "failed" | "slow" | "ordinary";

/** What the store holds, and what it did not keep, since it was opened. */
export interface TraceStoreStatus {
  readonly traces: number;
  readonly spans: number;
  readonly bytes: number;
  readonly bytesMax: number;
  readonly received: number;
  /** Spans that were too many, or too large, for one trace. */
  readonly droppedSpans: number;
  /** Whole traces that made room for newer ones, and how many spans they had. */
  readonly evictedTraces: number;
  readonly evictedSpans: number;
}

/**
 * The traces of late, in bounded memory. Spans come in any order, minutes apart, from several processes; a trace is whatever of it
 * has come.
 *
 * When memory is full, whole traces make room: ordinary ones first, the oldest before the others. Those with a failed span and
 * the ten slowest of each root's name are kept longer, up to three quarters of the memory; beyond that the oldest of them goes. A
 * trace can be judged slow only when it is complete, so it counts as ordinary until nothing has come for 10 s or memory needs its
 * place. A span that comes after its trace had to go begins it anew, with its parents missing.
 */
export class TraceStore {
  readonly #options: TraceStoreOptions;
  readonly #bytesMax: number;
  readonly #spansPerTraceMax: number;
  readonly #traces = new Map<string, Trace>();
  readonly #ordinary = new TraceLine();
  readonly #kept = new TraceLine();
  readonly #slowest = new SlowestTraces();
  readonly #names = new SharedNames();
  readonly #fresh = new Set<Trace>();
  #timer: Timer | undefined;
  #spans = 0;
  #received = 0;
  #droppedSpans = 0;
  #evictedTraces = 0;
  #evictedSpans = 0;

  constructor(options: TraceStoreOptions) {
    this.#options = options;
    this.#bytesMax = options.bytesMax ?? BYTES_MAX;
    this.#spansPerTraceMax = options.spansPerTraceMax ?? SPANS_PER_TRACE_MAX;
  }

  /** Takes spans as they were decoded. */
  add({ resource, items }: Batch<SpanData>): void {
    const { directory, clock, metrics } = this.#options;
    const { part, replica } = directory.senderOf(resource.attributes);
    const sender = { part: this.#names.of(part), replica: this.#names.of(replica) };
    const nowMs = clock.monotonicMs();
    for (const span of items) {
      this.#received++;
      const calls = span.kind === CLIENT || span.kind === PRODUCER;
      const peer = calls ? directory.peerOf(span.attributes) : undefined;
      const stored = storedSpanOf(span, sender, peer);
      if (metrics && peer !== undefined) observeLink(metrics, span, stored, peer);
      const trace = this.#traces.get(span.traceId) ?? this.#begin(span.traceId);
      if (this.#isFull(trace)) {
        trace.dropped++;
        this.#droppedSpans++;
        continue;
      }
      trace.add(stored);
      this.#spans++;
      trace.touchedMs = nowMs;
      if (stored.error && trace.line === this.#ordinary) this.#move(trace, this.#kept);
      this.#refresh(trace);
      this.#makeRoom();
    }
  }

  /** The traces that fit, in the order that the query asks for. One that looks for text takes at most about 250 ms. */
  search(query: TraceQuery): TraceSummary[] {
    return searchTraces(this.#traces.values(), query, this.#options.clock);
  }

  /** All that is known of a trace; undefined when it is not (any more) here. */
  view(traceId: string): TraceView | undefined {
    const trace = this.#traces.get(traceId);
    return trace && viewOf(trace);
  }

  status(): TraceStoreStatus {
    return {
      traces: this.#traces.size,
      spans: this.#spans,
      bytes: this.#bytes,
      bytesMax: this.#bytesMax,
      received: this.#received,
      droppedSpans: this.#droppedSpans,
      evictedTraces: this.#evictedTraces,
      evictedSpans: this.#evictedSpans,
    };
  }

  /** Settles what is not settled yet, so that it can be written down, and stops looking. What is here stays readable. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const trace of [...this.#fresh]) this.#settle(trace);
  }

  get #bytes(): number {
    return this.#ordinary.bytes + this.#kept.bytes;
  }

  #isFull(trace: Trace): boolean {
    return trace.spans.length >= this.#spansPerTraceMax || trace.bytes > this.#bytesMax * TRACE_SHARE_MAX;
  }

  #begin(traceId: string): Trace {
    const trace = new Trace(traceId);
    this.#traces.set(traceId, trace);
    this.#ordinary.push(trace);
    return trace;
  }

  #move(trace: Trace, line: TraceLine): void {
    trace.line?.remove(trace);
    line.push(trace);
  }

  #refresh(trace: Trace): void {
    if (!trace.isFresh) {
      trace.isFresh = true;
      this.#fresh.add(trace);
    }
    if (this.#timer) return;
    this.#timer = this.#options.clock.setTimer(LOOK_EVERY_MS, () => this.#look());
    this.#timer.unref();
  }

  /** Settles what has become quiet. */
  #look(): void {
    this.#timer = undefined;
    const quietSinceMs = this.#options.clock.monotonicMs() - QUIET_MS;
    for (const trace of this.#fresh) if (trace.touchedMs <= quietSinceMs) this.#settle(trace);
    if (this.#fresh.size === 0) return;
    this.#timer = this.#options.clock.setTimer(LOOK_EVERY_MS, () => this.#look());
    this.#timer.unref();
  }

  /** Judges a trace as it is now, and offers it for the record. */
  #settle(trace: Trace): void {
    this.#fresh.delete(trace);
    trace.isFresh = false;
    const isSlow = this.#slowest.offer(trace, (other) => {
      if (other.errors > 0 || other.line !== this.#kept) return;
      // It was kept for as long as it deserved: it is the next to go.
      this.#kept.remove(other);
      this.#ordinary.pushFirst(other);
    });
    if (isSlow && trace.line === this.#ordinary) this.#move(trace, this.#kept);
    this.#options.onSettled?.(trace, trace.errors > 0 ? "failed" : isSlow ? "slow" : "ordinary");
  }

  #makeRoom(): void {
    while (this.#bytes > this.#bytesMax) {
      const keptIsLarge = this.#kept.bytes > this.#bytesMax * KEPT_SHARE_MAX;
      const oldest = keptIsLarge ? this.#kept.first : (this.#ordinary.first ?? this.#kept.first);
      if (!oldest) return;
      if (oldest.isFresh) {
        this.#settle(oldest);
        // It turned out to be worth keeping: another one goes.
        if (!keptIsLarge && oldest.line === this.#kept) continue;
      }
      this.#evict(oldest);
    }
  }

  #evict(trace: Trace): void {
    trace.line?.remove(trace);
    this.#slowest.remove(trace);
    this.#traces.delete(trace.id);
    this.#spans -= trace.spans.length;
    this.#evictedTraces++;
    this.#evictedSpans += trace.spans.length;
  }
}
