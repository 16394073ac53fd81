import type {
  AnyValue,
  Attributes,
  SpanData,
  SpanEvent,
  SpanKind,
  SpanLink,
  SpanStatus,
} from "../otlp/model.ts";
import type { TraceContext } from "./trace-context.ts";

/**
 * One step of a trace, under way. Whether anybody listens or not, its verbs may be called; where nobody does they do nothing, and
 * `isRecording` spares the making of what they would be told. After `end` they do nothing either.
 */
export interface Span {
  /** Whether what it is told goes anywhere. */
  readonly isRecording: boolean;
  /** Where this span is, for calls that it makes and logs that it writes. */
  readonly context: TraceContext;
  /** Sets an attribute, by OpenTelemetry's semantic conventions: `http.route`. The last value counts. */
  set(name: string, value: AnyValue): Span;
  /** Gives it another name, such as one that is known only once a route was found. */
  rename(name: string): Span;
  addEvent(name: string, attributes?: Attributes): Span;
  addLink(to: TraceContext, attributes?: Attributes): Span;
  /** Says how it went. `message` only of an error, and only for what a type does not say. */
  status(status: "ok" | "error", message?: string): Span;
  /** An error that ended it: the status, `error.type`, and an event `exception` with type, message and stack. */
  fail(thrown: unknown): Span;
  /** Ends it; once. `endUs`: microseconds since the Unix epoch, default now. */
  end(endUs?: number): void;
}

/** `SpanKind` by name: which side of a call it is. */
export const SPAN_KIND = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
} as const satisfies Record<string, SpanKind>;

export type SpanKindName = keyof typeof SPAN_KIND;

/** Attributes, events and links of one span, at most; those beyond are left out. Those of OpenTelemetry's SDKs. */
export const SPAN_LIMITS = { attributes: 128, events: 128, links: 128, attributeCharacters: 8_192 } as const;

/** What a span is made of, and to whom it is told. */
export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: TraceContext;
  readonly parentSpanId: string | undefined;
  readonly startUs: number;
}

/** Takes spans that ended, and tells the time. */
export interface SpanOwner {
  nowUs(): number;
  ended(span: SpanData): void;
}

const NO_EVENTS: readonly SpanEvent[] = Object.freeze([]);
const NO_LINKS: readonly SpanLink[] = Object.freeze([]);

/** A span that is told once it ends. Bounded by `SPAN_LIMITS`. Pure. */
export class RecordedSpan implements Span {
  readonly context: TraceContext;
  readonly #owner: SpanOwner;
  readonly #kind: SpanKind;
  readonly #parentSpanId: string | undefined;
  readonly #startUs: number;
  readonly #attributes: Record<string, AnyValue> = {};
  #attributeCount = 0;
  #name: string;
  #events: SpanEvent[] | undefined;
  #links: SpanLink[] | undefined;
  #status: SpanStatus = 0;
  #statusMessage = "";
  #isOver = false;

  constructor(start: SpanStart, owner: SpanOwner) {
    this.context = start.context;
    this.#owner = owner;
    this.#name = start.name;
    this.#kind = start.kind;
    this.#parentSpanId = start.parentSpanId;
    this.#startUs = start.startUs;
  }

  get isRecording(): boolean {
    return !this.#isOver;
  }

  set(name: string, value: AnyValue): Span {
    if (this.#isOver) return this;
    if (this.#attributeCount >= SPAN_LIMITS.attributes && !Object.hasOwn(this.#attributes, name)) return this;
    // Counted without looking whether it is new: a name that is set over and over uses up the room, and harms itself alone.
    this.#attributeCount++;
    this.#attributes[name] = typeof value === "string" ? shortened(value) : value;
    return this;
  }

  rename(name: string): Span {
    if (!this.#isOver) this.#name = name;
    return this;
  }

  addEvent(name: string, attributes: Attributes = {}): Span {
    if (this.#isOver) return this;
    this.#events ??= [];
    if (this.#events.length < SPAN_LIMITS.events)
      this.#events.push({ timeUs: this.#owner.nowUs(), name, attributes });
    return this;
  }

  addLink({ traceId, spanId }: TraceContext, attributes: Attributes = {}): Span {
    if (this.#isOver) return this;
    this.#links ??= [];
    if (this.#links.length < SPAN_LIMITS.links) this.#links.push({ traceId, spanId, attributes });
    return this;
  }

  status(status: "ok" | "error", message = ""): Span {
    if (this.#isOver) return this;
    this.#status = status === "ok" ? 1 : 2;
    this.#statusMessage = status === "ok" ? "" : shortened(message);
    return this;
  }

  fail(thrown: unknown): Span {
    if (this.#isOver) return this;
    const { type, message, stack } = exceptionOf(thrown);
    this.set("error.type", type);
    const attributes: Record<string, AnyValue> = {
      "exception.type": type,
      "exception.message": shortened(message),
    };
    if (stack !== undefined) attributes["exception.stacktrace"] = shortened(stack);
    this.addEvent("exception", attributes);
    return this.status("error", message);
  }

  end(endUs?: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const startUs = this.#startUs;
    this.#owner.ended({
      traceId: this.context.traceId,
      spanId: this.context.spanId,
      parentSpanId: this.#parentSpanId,
      traceState: this.context.traceState,
      name: this.#name,
      kind: this.#kind,
      startUs,
      // The wall clock may have been set in between.
      endUs: Math.max(startUs, endUs ?? this.#owner.nowUs()),
      attributes: this.#attributes,
      events: this.#events ?? NO_EVENTS,
      links: this.#links ?? NO_LINKS,
      status: this.#status,
      statusMessage: this.#statusMessage,
    });
  }
}

/** Context of a span that is in no trace: all zeros, which nobody passes on. */
export const NO_CONTEXT: TraceContext = Object.freeze({
  traceId: "0".repeat(32),
  spanId: "0".repeat(16),
  flags: 0,
  traceState: "",
});

/** A span that does nothing: of a trace that is not sampled, whose context it passes on, or of none. Pure. */
export class SilentSpan implements Span {
  readonly #of: { readonly context: TraceContext };
  /** `of`: whose context it has; asked for it when somebody asks the span. */
  constructor(of: { readonly context: TraceContext }) {
    this.#of = of;
  }
  get context(): TraceContext {
    return this.#of.context;
  }
  get isRecording(): boolean {
    return false;
  }
  set(): Span {
    return this;
  }
  rename(): Span {
    return this;
  }
  addEvent(): Span {
    return this;
  }
  addLink(): Span {
    return this;
  }
  status(): Span {
    return this;
  }
  fail(): Span {
    return this;
  }
  end(): void {}
}

/** The one span of programs whose traces nobody wants. */
export const noSpan: Span = Object.freeze(new SilentSpan({ context: NO_CONTEXT }));

/** The context of a span that is recorded; undefined otherwise. Of others it is not even asked for: it may have to be drawn. */
export function sampledContextOf(span: Span | undefined): TraceContext | undefined {
  return span instanceof RecordedSpan ? span.context : undefined;
}

/** What is told of a thrown value. */
export interface Exception {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** A thrown value as OpenTelemetry's conventions describe it; a `code` is the type where there is one, as it is what is matched by. */
export function exceptionOf(thrown: unknown): Exception {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: String(thrown), stack: undefined };
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
  return { type: code ?? thrown.name, message: thrown.message, stack: thrown.stack };
}

function shortened(text: string): string {
  const { attributeCharacters } = SPAN_LIMITS;
  return text.length <= attributeCharacters ? text : text.slice(0, attributeCharacters);
}
