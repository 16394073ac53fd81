import type { Clock } from "../../time/clock.ts";
import type { BoundHistogram, Histogram } from "../metric/instrument.ts";
import type { Attributes } from "../otlp/model.ts";
import type { Telemetry } from "../telemetry.ts";
import { exceptionOf, NO_CONTEXT, type Span } from "../trace/span.ts";
import type { TraceContext } from "../trace/trace-context.ts";
import type { Tracer } from "../trace/tracer.ts";

/** One call to another process. Has to be ended, once. */
export interface ClientCall {
  /** What the callee is to be told, see `traceHeaders`; undefined outside of any trace. */
  readonly context: TraceContext | undefined;
  /** It was answered. */
  end(): void;
  /** It failed: `error.type` is the error's `code`, or else its name. */
  fail(thrown: unknown): void;
}

/** A kind of call, known before any is made: which histogram counts it, under which attributes, and what its spans say. */
export interface ClientOperation {
  /** Of the span: `GET`, `SELECT links`. */
  readonly name: string;
  /** Of the metric and of spans. Few and fixed. */
  readonly attributes: Attributes;
  /** Of spans alone: the text of a statement. */
  readonly spanAttributes?: Attributes;
}

/** Measures calls of one kind. */
export interface MeasuredOperation {
  /** A call begins. Its span is a step of the active one, where that is recorded; it costs two readings of the clock where not. */
  begin(): ClientCall;
}

const NOT_MEASURED: ClientCall = Object.freeze({ context: undefined, end() {}, fail() {} });
const NOTHING: MeasuredOperation = Object.freeze({ begin: () => NOT_MEASURED });

/** Measures calls into a histogram of durations in seconds, and follows them by spans of kind client. */
export function measuredOperation(
  { isOn, tracer }: Telemetry,
  clock: Clock,
  durations: Histogram,
  operation: ClientOperation,
): MeasuredOperation {
  if (!isOn) return NOTHING;
  const measure: Measure = {
    tracer,
    clock,
    durations,
    operation,
    good: durations.with(operation.attributes),
  };
  return { begin: () => new MeasuredCall(measure) };
}

/** What calls of one kind share. */
interface Measure {
  readonly tracer: Tracer;
  readonly clock: Clock;
  readonly durations: Histogram;
  readonly operation: ClientOperation;
  /** Of those that do not fail. */
  readonly good: BoundHistogram;
}

class MeasuredCall implements ClientCall {
  readonly #measure: Measure;
  readonly #startMs: number;
  readonly #span: Span | undefined;

  constructor(measure: Measure) {
    this.#measure = measure;
    this.#startMs = measure.clock.monotonicMs();
    const { tracer, operation } = measure;
    const active = tracer.active;
    // Calls outside of any request are of no trace: what runs at intervals would fill the store with itself.
    if (active === undefined) return;
    if (!active.isRecording) this.#span = active;
    else {
      const { name, attributes, spanAttributes } = operation;
      this.#span = tracer.startSpan(name, { kind: "client", attributes, parent: active });
      for (const key in spanAttributes) this.#span.set(key, spanAttributes[key] ?? null);
    }
  }

  get context(): TraceContext | undefined {
    return this.#span?.context;
  }

  end(): void {
    this.#measure.good.record(this.#seconds(), this.#example());
    if (this.#span?.isRecording) this.#span.end();
  }

  fail(thrown: unknown): void {
    const { durations, operation } = this.#measure;
    const attributes = { ...operation.attributes, "error.type": exceptionOf(thrown).type };
    durations.record(this.#seconds(), attributes, this.#example());
    if (this.#span?.isRecording) this.#span.fail(thrown).end();
  }

  /** Of a span that is not recorded the context is not asked for: it may have to be drawn. */
  #example(): TraceContext {
    return this.#span?.isRecording ? this.#span.context : NO_CONTEXT;
  }

  #seconds(): number {
    return (this.#measure.clock.monotonicMs() - this.#startMs) / 1_000;
  }
}
