import { checkedTraceState } from "./trace-state.ts";

/*
 * W3C Trace Context, level 2 (https://www.w3.org/TR/trace-context-2/), section 3.2:
 *
 *   traceparent = version "-" version-format
 *   version     = 2HEXDIGLC                          ff is never valid
 *   format 00   = trace-id "-" parent-id "-" trace-flags
 *   trace-id    = 32HEXDIGLC                         not all 0
 *   parent-id   = 16HEXDIGLC                         not all 0
 *   trace-flags = 2HEXDIGLC                          bit 0: sampled, bit 1: the trace-id is random
 *
 * Of a version to come, the fields that this one knows are read, and what follows them after a "-" is left alone.
 */

/** Where in which trace something happens: what goes along with a call from process to process. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all 0. */
  readonly traceId: string;
  /** Of the span that calls: 16 lower-case hexadecimal digits, not all 0. */
  readonly spanId: string;
  /** `FLAG_SAMPLED` and `FLAG_RANDOM`; others are never set. */
  readonly flags: number;
  /** What the systems on the way had to say, valid as `tracestate`; empty when nothing. */
  readonly traceState: string;
}

/** The trace is recorded by whoever called. */
export const FLAG_SAMPLED = 1;
/** At least the last 56 bits of the trace's id were drawn at random, so that whoever samples may use them as lots. */
export const FLAG_RANDOM = 2;

const KNOWN_FLAGS = FLAG_SAMPLED | FLAG_RANDOM;
/** The end of a `traceparent` with each of them: it is written for each request. */
const FLAGS = ["-00", "-01", "-02", "-03"] as const;
/** Of version 00: exactly so long. */
const LENGTH = 55;
const DASH = 45;

/**
 * The context that a request's fields carry; undefined when there is no `traceparent` or one that is not valid, and then
 * `tracestate` says nothing either. A `tracestate` that is not valid is left out. Pure, and made to be called for each request.
 *
 * @param traceParent the field's value, without white space around it
 * @param traceState that of all `tracestate` fields, joined by commas
 */
export function readTraceContext(
  traceParent: string | undefined,
  traceState?: string,
): TraceContext | undefined {
  if (traceParent === undefined || !isTraceParent(traceParent)) return undefined;
  return {
    traceId: traceParent.slice(3, 35),
    spanId: traceParent.slice(36, 52),
    flags: ((digitAt(traceParent, 53) << 4) | digitAt(traceParent, 54)) & KNOWN_FLAGS,
    traceState: traceState === undefined || traceState === "" ? "" : checkedTraceState(traceState),
  };
}

/** Whether a text is a `traceparent` that has to be followed. */
export function isTraceParent(text: string): boolean {
  const { length } = text;
  if (length < LENGTH) return false;
  const high = digitAt(text, 0);
  const low = digitAt(text, 1);
  if (high < 0 || low < 0) return false;
  const version = (high << 4) | low;
  if (version === 255) return false;
  if (length > LENGTH && (version === 0 || text.charCodeAt(LENGTH) !== DASH)) return false;
  return (
    text.charCodeAt(2) === DASH &&
    text.charCodeAt(35) === DASH &&
    text.charCodeAt(52) === DASH &&
    isId(text, 3, 35) &&
    isId(text, 36, 52) &&
    digitAt(text, 53) >= 0 &&
    digitAt(text, 54) >= 0
  );
}

/** The `traceparent` of a context, in version 00. */
export function traceParentOf(context: TraceContext): string {
  return traceParent(context.traceId, context.spanId, context.flags);
}

/** A `traceparent` of its parts; `flags` as in `TraceContext`. */
export function traceParent(traceId: string, spanId: string, flags: number): string {
  return `00-${traceId}-${spanId}${FLAGS[flags & KNOWN_FLAGS]}`;
}

/** Whether whoever called records its trace. */
export function isSampledContext(context: TraceContext): boolean {
  return (context.flags & FLAG_SAMPLED) !== 0;
}

/** Digits alone, and one that is not 0. */
function isId(text: string, from: number, to: number): boolean {
  let any = 0;
  for (let at = from; at < to; at++) {
    const digit = digitAt(text, at);
    if (digit < 0) return false;
    any |= digit;
  }
  return any !== 0;
}

/** The value of a lower-case hexadecimal digit; -1 for any other character. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}
