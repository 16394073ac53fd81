import type { AnyValue, Attributes, SpanData, SpanKind } from "../../../../blocks/telemetry/otlp/model.ts";
import { cut, textOf } from "../attribute-text.ts";
import type { Sender } from "../part-directory.ts";

/** Longer values of attributes, and longer messages, are cut to so many characters. */
export const VALUE_CHARACTERS_MAX = 4_096;
/** Names of spans, events and attributes. */
const NAME_CHARACTERS_MAX = 512;
/** OpenTelemetry's own default bounds are 128 each: https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits */
const ATTRIBUTES_MAX = 128;
const EVENTS_MAX = 64;
const LINKS_MAX = 32;
/** Names and values of a span's attributes and events together; what comes after is left out. */
const SPAN_CHARACTERS_MAX = 64 * 1024;

/** What is left of the characters that one span may bring. */
interface Budget {
  characters: number;
}

/** Names and values in turn. An array takes a third of the memory of an object with the same attributes. */
export type FlatAttributes = readonly (string | number | boolean)[];

export interface StoredEvent {
  readonly timeUs: number;
  readonly name: string;
  readonly attributes: FlatAttributes;
}

export interface StoredLink {
  readonly traceId: string;
  readonly spanId: string;
}

/** A span as the store keeps it: bounded, and without what its trace says already. */
export interface StoredSpan {
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly part: string;
  readonly replica: string;
  readonly kind: SpanKind;
  readonly startUs: number;
  /** Never before `startUs`. */
  readonly endUs: number;
  readonly error: boolean;
  readonly statusMessage: string;
  /** The part that it calls, where it is known. */
  readonly peer: string | undefined;
  readonly attributes: FlatAttributes;
  readonly events: readonly StoredEvent[];
  readonly links: readonly StoredLink[];
}

const NONE: readonly never[] = [];

/** What is kept of a span. Nothing in it leads to the message that brought it. */
export function storedSpanOf(span: SpanData, sender: Sender, peer: string | undefined): StoredSpan {
  const budget: Budget = { characters: SPAN_CHARACTERS_MAX };
  return {
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: cut(span.name, NAME_CHARACTERS_MAX),
    part: sender.part,
    replica: sender.replica,
    kind: span.kind,
    startUs: span.startUs,
    endUs: Math.max(span.startUs, span.endUs),
    error: isFailure(span),
    statusMessage: cut(span.statusMessage, VALUE_CHARACTERS_MAX),
    peer,
    attributes: flatAttributes(span.attributes, budget),
    events:
      span.events.length === 0
        ? NONE
        : span.events.slice(0, EVENTS_MAX).map(({ timeUs, name, attributes }) => ({
            timeUs,
            name: cut(name, NAME_CHARACTERS_MAX),
            attributes: flatAttributes(attributes, budget),
          })),
    links:
      span.links.length === 0
        ? NONE
        : span.links.slice(0, LINKS_MAX).map(({ traceId, spanId }) => ({ traceId, spanId })),
  };
}

/** Whether a span says that it failed: by its status, or by an HTTP status of 500 and above. */
export function isFailure(span: SpanData): boolean {
  if (span.status === 2) return true;
  const status = span.attributes["http.response.status_code"] ?? span.attributes["http.status_code"];
  return typeof status === "number" && status >= 500;
}

/** The value of an attribute; undefined when there is none of this name. */
export function attributeOf(attributes: FlatAttributes, name: string): string | number | boolean | undefined {
  for (let at = 0; at < attributes.length; at += 2) if (attributes[at] === name) return attributes[at + 1];
  return undefined;
}

/** Attributes by name, as text. */
export function textAttributes(attributes: FlatAttributes): Record<string, string> {
  const named: [string, string][] = [];
  for (let at = 0; at < attributes.length; at += 2) {
    named.push([String(attributes[at]), String(attributes[at + 1])]);
  }
  // Not by assignment: a name may be `__proto__`.
  return Object.fromEntries(named);
}

/** About how many bytes of the heap a span takes, from how V8 lays objects out on a 64-bit machine. */
export function sizeOfSpan(span: StoredSpan): number {
  let bytes = SPAN_BYTES + textBytes(span.name) + textBytes(span.statusMessage);
  bytes += flatBytes(span.attributes);
  for (const event of span.events) {
    bytes += EVENT_BYTES + textBytes(event.name) + flatBytes(event.attributes);
  }
  return bytes + span.links.length * LINK_BYTES;
}

/** The object, its two times as boxed doubles, two ids, and its place in the trace's list. */
const SPAN_BYTES = 24 + 14 * 8 + 2 * 16 + 2 * 32 + 12;
const EVENT_BYTES = 24 + 3 * 8 + 16 + 8;
const LINK_BYTES = 24 + 2 * 8 + 32 + 48 + 8;

function flatBytes(attributes: FlatAttributes): number {
  if (attributes.length === 0) return 0;
  let bytes = 48 + attributes.length * 8;
  for (let at = 1; at < attributes.length; at += 2) {
    const value = attributes[at];
    if (typeof value === "string") bytes += textBytes(value);
    else if (typeof value === "number") bytes += 16;
  }
  return bytes;
}

/** A string takes a header of 16 bytes, and a byte a character as long as all of them are of Latin-1, else two. */
export function textBytes(text: string): number {
  if (text.length === 0) return 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 255) return 24 + 2 * text.length;
  return 20 + text.length;
}

/** Bounded, and made of texts, numbers and booleans alone: what is nested becomes text. */
function flatAttributes(attributes: Attributes, budget: Budget): FlatAttributes {
  const names = Object.keys(attributes);
  if (names.length === 0) return NONE;
  const flat: (string | number | boolean)[] = [];
  for (const name of names) {
    if (flat.length >= 2 * ATTRIBUTES_MAX || budget.characters <= 0) break;
    const value = plain(attributes[name] ?? null);
    budget.characters -= name.length + (typeof value === "string" ? value.length : 8);
    flat.push(cut(name, NAME_CHARACTERS_MAX), value);
  }
  // A copy has no room to spare: lists grow by half, and these never do again.
  return flat.slice();
}

function plain(value: AnyValue): string | number | boolean {
  if (typeof value === "string") return cut(value, VALUE_CHARACTERS_MAX);
  if (typeof value === "number" || typeof value === "boolean") return value;
  return textOf(value, VALUE_CHARACTERS_MAX);
}
