import type { AnyValue, SpanData, SpanKind } from "../otlp/model.ts";
import { exceptionOf, SilentSpan, type Span } from "./span.ts";
import type { TailRule } from "./tail-rule.ts";
import type { TraceContext } from "./trace-context.ts";

/** Attributes that a quiet span remembers, at most: most are thrown away. */
const ATTRIBUTES_MAX = 32;

/** Whose spans they are. */
export interface QuietSpanOwner {
  readonly tail: TailRule;
  usOf(monotonicMs: number): number;
  /** A context for a span that is not sampled, under its parent or in a trace of its own. */
  unsampledContext(parent: TraceContext | undefined): TraceContext;
  ended(span: SpanData): void;
}

/**
 * A span of a trace that is not sampled, and is told all the same when it fails or is slow. Until then it costs an object and two
 * readings of the clock: its ids are drawn when somebody asks for them. Pure.
 */
export class QuietSpan implements Span {
  readonly #owner: QuietSpanOwner;
  readonly #kind: SpanKind;
  readonly #parent: TraceContext | undefined;
  readonly #startMs: number;
  #name: string;
  #context: TraceContext | undefined;
  #attributes: Record<string, AnyValue> | undefined;
  #attributeCount = 0;
  #failed = false;
  #message = "";
  #isOver = false;
  #within: Span | undefined;

  constructor(name: string, kind: SpanKind, parent: TraceContext | undefined, owner: QuietSpanOwner) {
    this.#name = name;
    this.#kind = kind;
    this.#parent = parent;
    this.#owner = owner;
    this.#startMs = owner.tail.nowMs();
  }

  /** False: what takes pains to make should not be made for it. */
  get isRecording(): boolean {
    return false;
  }

  get context(): TraceContext {
    this.#context ??= this.#owner.unsampledContext(this.#parent);
    return this.#context;
  }

  /** What its own steps are: nothing but a way to its context. */
  get within(): Span {
    this.#within ??= new SilentSpan(this);
    return this.#within;
  }

  set(name: string, value: AnyValue): Span {
    if (this.#attributeCount === ATTRIBUTES_MAX) return this;
    this.#attributeCount++;
    this.#attributes ??= {};
    this.#attributes[name] = value;
    return this;
  }

  rename(name: string): Span {
    this.#name = name;
    return this;
  }

  addEvent(): Span {
    return this;
  }

  addLink(): Span {
    return this;
  }

  status(status: "ok" | "error", message = ""): Span {
    this.#failed = status === "error";
    this.#message = message;
    return this;
  }

  fail(thrown: unknown): Span {
    const { type, message } = exceptionOf(thrown);
    return this.set("error.type", type).status("error", message);
  }

  end(endUs?: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { tail } = this.#owner;
    const nowMs = tail.nowMs();
    if (!tail.isWorthTelling(this.#startMs, nowMs, this.#failed)) return;
    const { traceId, spanId, traceState } = this.context;
    const startUs = this.#owner.usOf(this.#startMs);
    this.#owner.ended({
      traceId,
      spanId,
      parentSpanId: this.#parent?.spanId,
      traceState,
      name: this.#name,
      kind: this.#kind,
      startUs,
      endUs: Math.max(startUs, endUs ?? this.#owner.usOf(nowMs)),
      attributes: this.#attributes ?? {},
      events: [],
      links: [],
      status: this.#failed ? 2 : 0,
      statusMessage: this.#message,
    });
  }
}
