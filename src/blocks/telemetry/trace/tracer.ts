import type { Clock } from "../../time/clock.ts";
import type { Random } from "../../time/random.ts";
import { Epoch } from "../epoch.ts";
import type { Attributes, SpanData, SpanKind } from "../otlp/model.ts";
import type { ActiveSpan } from "./active-span.ts";
import { QuietSpan, type QuietSpanOwner } from "./quiet-span.ts";
import { alwaysOn, parentBased, type Sampler } from "./sampler.ts";
import { withThreshold } from "./sampling-threshold.ts";
import {
  noSpan,
  RecordedSpan,
  SilentSpan,
  SPAN_KIND,
  type Span,
  type SpanKindName,
  type SpanOwner,
} from "./span.ts";
import { type TailOptions, TailRule } from "./tail-rule.ts";
import { FLAG_RANDOM, FLAG_SAMPLED, isSampledContext, type TraceContext } from "./trace-context.ts";
import { TraceIds } from "./trace-ids.ts";

/** How a span begins. */
export interface SpanOptions {
  /** Which side of a call it is. Default `internal`. */
  readonly kind?: SpanKindName;
  readonly attributes?: Attributes;
  /**
   * What it is a step of: a span, or the context that came with a call; null begins a trace. Default: the active span, else it
   * begins a trace.
   */
  readonly parent?: Span | TraceContext | null | undefined;
  /** Microseconds since the Unix epoch. Default now. */
  readonly startUs?: number;
}

/** Makes the spans of a program. */
export interface Tracer {
  /** False where no span goes anywhere: what only serves to describe one may be left out. */
  readonly isOn: boolean;
  /** The span under way, wherever it was started; undefined outside of any. */
  readonly active: Span | undefined;
  /**
   * Calls `work` within a span, which is the active one for it and all that it starts, and ends with it: once its promise settles,
   * where it returns one. What it throws is recorded and thrown on.
   */
  span<T>(name: string, options: SpanOptions, work: (span: Span) => T): T;
  /** A span that is ended by whoever began it. It is not the active one: see `within`. */
  startSpan(name: string, options?: SpanOptions): Span;
  /** Calls `work` with a span as the active one, and leaves it open. */
  within<T>(span: Span, work: () => T): T;
}

export interface TracerOptions {
  readonly clock: Clock;
  /** Seeds the ids. */
  readonly random: Random;
  /** Told of each span that ended. Must not throw. */
  readonly ended: (span: SpanData) => void;
  /** Default: what the caller decided, and all traces that begin here. */
  readonly sampler?: Sampler;
  /** Which spans are told although their trace is not sampled; of those alone that no other span of this program is around. Default none. */
  readonly tail?: TailOptions;
  /** Follows the span under way. */
  readonly activeSpan: ActiveSpan;
}

/** A tracer whose spans are told as they end. Pure, but for what `activeSpan` does. */
export function createTracer(options: TracerOptions): Tracer {
  return new TellingTracer(options);
}

const NO_OPTIONS: SpanOptions = Object.freeze({});

class TellingTracer implements Tracer, SpanOwner, QuietSpanOwner {
  readonly isOn = true;
  readonly tail: TailRule;
  readonly #hasTail: boolean;
  readonly #epoch: Epoch;
  readonly #ids: TraceIds;
  readonly #sampler: Sampler;
  readonly #activeSpan: ActiveSpan;
  readonly #ended: (span: SpanData) => void;

  constructor({ clock, random, ended, sampler, tail, activeSpan }: TracerOptions) {
    this.tail = new TailRule(clock, tail ?? {});
    this.#hasTail = tail !== undefined;
    this.#epoch = new Epoch(clock);
    this.#ids = new TraceIds(random);
    this.#sampler = sampler ?? parentBased(alwaysOn);
    this.#activeSpan = activeSpan;
    this.#ended = ended;
  }

  get active(): Span | undefined {
    return this.#activeSpan.current();
  }

  span<T>(name: string, options: SpanOptions, work: (span: Span) => T): T {
    const span = this.startSpan(name, options);
    return endedWith(span, () => this.#activeSpan.run(span, () => work(span)));
  }

  within<T>(span: Span, work: () => T): T {
    return this.#activeSpan.run(span, work);
  }

  startSpan(name: string, options: SpanOptions = NO_OPTIONS): Span {
    const { parent = this.#activeSpan.current() } = options;
    const kind = SPAN_KIND[options.kind ?? "internal"];
    const span = isSpan(parent)
      ? this.#below(parent, name, kind, options.startUs)
      : this.#atTop(parent ?? undefined, name, kind, options.startUs);
    const { attributes } = options;
    if (attributes !== undefined && !(span instanceof SilentSpan))
      for (const key in attributes) span.set(key, attributes[key] ?? null);
    return span;
  }

  /** A step of a span of this program does as that does. */
  #below(parent: Span, name: string, kind: SpanKind, startUs: number | undefined): Span {
    if (parent instanceof QuietSpan) return parent.within;
    if (!(parent instanceof RecordedSpan)) return parent;
    const { traceId, flags, traceState } = parent.context;
    return this.#recorded(name, kind, traceId, flags, traceState, parent.context.spanId, startUs);
  }

  #atTop(parent: TraceContext | undefined, name: string, kind: SpanKind, startUs: number | undefined): Span {
    const traceId = parent?.traceId ?? this.#ids.traceId();
    const traceState = this.#sampler.sample(traceId, parent);
    if (traceState === undefined) {
      if (this.#hasTail) return new QuietSpan(name, kind, parent, this);
      const isPassedOn = parent !== undefined && !isSampledContext(parent);
      return new SilentSpan({ context: isPassedOn ? parent : this.unsampledContext(parent) });
    }
    const flags = FLAG_SAMPLED | (parent === undefined ? FLAG_RANDOM : parent.flags);
    return this.#recorded(name, kind, traceId, flags, traceState, parent?.spanId, startUs);
  }

  #recorded(
    name: string,
    kind: SpanKind,
    traceId: string,
    flags: number,
    traceState: string,
    parentSpanId: string | undefined,
    startUs = this.#epoch.nowUs(),
  ): Span {
    const context = { traceId, spanId: this.#ids.spanId(), flags, traceState };
    return new RecordedSpan({ name, kind, context, parentSpanId, startUs }, this);
  }

  nowUs(): number {
    return this.#epoch.nowUs();
  }

  usOf(monotonicMs: number): number {
    return this.#epoch.usOf(monotonicMs);
  }

  unsampledContext(parent: TraceContext | undefined): TraceContext {
    const spanId = this.#ids.spanId();
    if (parent === undefined)
      return { traceId: this.#ids.traceId(), spanId, flags: FLAG_RANDOM, traceState: "" };
    const { traceId, flags } = parent;
    // Who does not sample names no threshold: it would say for how many the span stands.
    const traceState = parent.traceState === "" ? "" : withThreshold(parent.traceState, "");
    return { traceId, spanId, flags: flags & ~FLAG_SAMPLED, traceState };
  }

  ended(span: SpanData): void {
    this.#ended(span);
  }
}

function isSpan(of: Span | TraceContext | null | undefined): of is Span {
  return of !== undefined && of !== null && "isRecording" in of;
}

/** Ends a span with the work done in it, and records what that throws. */
export function endedWith<T>(span: Span, work: () => T): T {
  let result: T;
  try {
    result = work();
  } catch (thrown) {
    span.fail(thrown).end();
    throw thrown;
  }
  if (!(result instanceof Promise)) {
    span.end();
    return result;
  }
  // The promise itself is handed on, so that whoever awaits it waits for nothing else.
  result.then(
    () => span.end(),
    (thrown: unknown) => span.fail(thrown).end(),
  );
  return result;
}

/** A tracer of whose spans nobody wants to know. */
export const noTracer: Tracer = Object.freeze({
  isOn: false,
  active: undefined,
  span: <T>(_name: string, _options: SpanOptions, work: (span: Span) => T): T => work(noSpan),
  startSpan: () => noSpan,
  within: <T>(_span: Span, work: () => T): T => work(),
});
