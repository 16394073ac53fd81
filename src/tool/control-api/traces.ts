/** Asks for traces, newest first. All conditions have to hold. In the URL under these names. */
export interface TraceQuery {
  /** A part that takes part in it: that tells spans of it, or is called in it. */
  readonly part?: string;
  /** A part that is called in it; with `part`, by that one. */
  readonly peer?: string;
  readonly status?: "error" | "ok";
  readonly minMs?: number;
  readonly maxMs?: number;
  /** In the name, route, target or an attribute's value of any of its spans; case does not matter. */
  readonly text?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** 1 to 500. Default 100. */
  readonly limit?: number;
  /** `duration` is longest first. Default `time`. */
  readonly sort?: "time" | "duration";
}

export interface TraceSummary {
  readonly traceId: string;
  /** Of its root, or of its first span while the root is missing. */
  readonly name: string;
  readonly part: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly spans: number;
  readonly errors: number;
  /** The parts that take part, in order of appearance, and the time that each had spans of its own (not of those below). */
  readonly parts: readonly { readonly part: string; readonly ms: number }[];
  /** The HTTP status of the root, where it has one. */
  readonly httpStatus?: number;
  /** Parents of some spans have not come. */
  readonly incomplete: boolean;
}

export interface SpanView {
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly part: string;
  readonly replica?: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  readonly startMs: number;
  readonly durationMs: number;
  readonly error: boolean;
  readonly statusMessage?: string;
  /** The part that a client span calls, where it is known. */
  readonly peer?: string;
  /** As text; long values are cut at 4 KiB. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly events: readonly {
    readonly timeMs: number;
    readonly name: string;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** A whole trace, spans by start. */
export interface TraceView {
  readonly summary: TraceSummary;
  readonly spans: readonly SpanView[];
  /** Spans beyond the bound of a trace that were not kept. */
  readonly dropped: number;
}
