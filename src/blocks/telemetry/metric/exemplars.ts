import type { Exemplar } from "../otlp/model.ts";
import { FLAG_SAMPLED, type TraceContext } from "../trace/trace-context.ts";

/** Says which span is under way, and when. */
export interface ExemplarSource {
  /** Undefined where none is, or it is not sampled. */
  sampledContext(): TraceContext | undefined;
  nowUs(): number;
}

/** The first value of each bucket, between two collections, that was measured in a sampled span. Pure. */
export class Exemplars {
  readonly #source: ExemplarSource;
  /** Of the bucket at that place; undefined while it has none. */
  readonly #slots: (Exemplar | undefined)[];
  #taken = 0;

  constructor(buckets: number, source: ExemplarSource) {
    this.#source = source;
    this.#slots = new Array<Exemplar | undefined>(buckets).fill(undefined);
  }

  offer(bucket: number, value: number, given: TraceContext | undefined): void {
    if (this.#slots[bucket] !== undefined) return;
    const context = given ?? this.#source.sampledContext();
    if (context === undefined || (context.flags & FLAG_SAMPLED) === 0) return;
    const { traceId, spanId } = context;
    this.#slots[bucket] = { timeUs: this.#source.nowUs(), value, traceId, spanId };
    this.#taken++;
  }

  /** Those since the last time. */
  take(): Exemplar[] {
    if (this.#taken === 0) return [];
    const taken = this.#slots.filter((slot) => slot !== undefined);
    this.#slots.fill(undefined);
    this.#taken = 0;
    return taken;
  }
}
