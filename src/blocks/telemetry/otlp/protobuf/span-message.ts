import { AttributeBag } from "../attribute-bag.ts";
import type { DecodeBounds } from "../bounds.ts";
import { IdReader } from "../ids.ts";
import type { SpanData, SpanEvent, SpanKind, SpanLink, SpanStatus } from "../model.ts";
import { readAttribute, writeAttributes } from "./attributes.ts";
import type { ProtobufReader } from "./protobuf-reader.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";

/*
 * opentelemetry/proto/trace/v1/trace.proto:
 *
 *     Span   { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
 *              SpanKind kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
 *              repeated KeyValue attributes = 9; repeated Event events = 11; repeated Link links = 13; Status status = 15;
 *              (counts of what was dropped: 10, 12, 14; fixed32 flags = 16) }
 *     Event  { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3 }
 *     Link   { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4 }
 *     Status { string message = 2; StatusCode code = 3 }
 */

const NO_EVENTS: readonly SpanEvent[] = Object.freeze([]);
const NO_LINKS: readonly SpanLink[] = Object.freeze([]);

/** Reads spans of one request. */
export class SpanReader {
  readonly #ids = new IdReader();
  readonly #bounds: DecodeBounds;
  #status: SpanStatus = 0;
  #statusMessage = "";

  constructor(bounds: DecodeBounds) {
    this.#bounds = bounds;
  }

  /** Reads the span that ends at `reader.end`; what is wrong with it, in words, when it cannot be taken. */
  read(reader: ProtobufReader): SpanData | string {
    let traceId = "";
    let spanId = "";
    let parentSpanId: string | undefined;
    let traceState = "";
    let name = "";
    let kind = 0;
    let startUs = 0;
    let endUs = 0;
    let events: SpanEvent[] | undefined;
    let links: SpanLink[] | undefined;
    const attributes = new AttributeBag();
    let held = 0;
    this.#status = 0;
    this.#statusMessage = "";
    while (reader.at < reader.end) {
      const tag = reader.tag();
      switch (tag) {
        case 10:
          traceId = this.#traceId(reader);
          break;
        case 18:
          spanId = this.#spanId(reader);
          break;
        case 26:
          traceState = reader.string();
          break;
        case 34:
          parentSpanId = this.#spanId(reader);
          break;
        case 42:
          name = reader.string();
          break;
        case 48:
          kind = reader.varint();
          break;
        case 57:
          startUs = reader.timeUs();
          break;
        case 65:
          endUs = reader.timeUs();
          break;
        case 74:
          held = readAttribute(reader, attributes, held, this.#bounds);
          break;
        case 90:
          events ??= [];
          if (events.length < this.#bounds.eventsMax) events.push(this.#event(reader));
          else reader.skip(tag);
          break;
        case 106:
          links ??= [];
          if (links.length < this.#bounds.eventsMax) this.#link(reader, links);
          else reader.skip(tag);
          break;
        case 122:
          this.#readStatus(reader);
          break;
        default:
          reader.skip(tag);
      }
    }
    if (traceId === "") return "a span's trace id is not 16 bytes, or all 0";
    if (spanId === "") return "a span's id is not 8 bytes, or all 0";
    return {
      traceId,
      spanId,
      parentSpanId: parentSpanId === "" ? undefined : parentSpanId,
      traceState,
      name,
      kind: kindOf(kind),
      startUs,
      endUs,
      attributes,
      events: events ?? NO_EVENTS,
      links: links ?? NO_LINKS,
      status: this.#status,
      statusMessage: this.#statusMessage,
    };
  }

  #traceId(reader: ProtobufReader): string {
    const outer = reader.enter();
    const id = this.#ids.traceId(reader.bytes, reader.at, reader.end);
    reader.leave(outer);
    return id;
  }

  #spanId(reader: ProtobufReader): string {
    const outer = reader.enter();
    const id = this.#ids.spanId(reader.bytes, reader.at, reader.end);
    reader.leave(outer);
    return id;
  }

  #event(reader: ProtobufReader): SpanEvent {
    const outer = reader.enter();
    let timeUs = 0;
    let name = "";
    const attributes = new AttributeBag();
    let held = 0;
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === 9) timeUs = reader.timeUs();
      else if (tag === 18) name = reader.string();
      else if (tag === 26) held = readAttribute(reader, attributes, held, this.#bounds);
      else reader.skip(tag);
    }
    reader.leave(outer);
    return { timeUs, name, attributes };
  }

  /** A link to nowhere is left out, and its span is taken. */
  #link(reader: ProtobufReader, links: SpanLink[]): void {
    const outer = reader.enter();
    let traceId = "";
    let spanId = "";
    const attributes = new AttributeBag();
    let held = 0;
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === 10) traceId = this.#traceId(reader);
      else if (tag === 18) spanId = this.#spanId(reader);
      else if (tag === 34) held = readAttribute(reader, attributes, held, this.#bounds);
      else reader.skip(tag);
    }
    reader.leave(outer);
    if (traceId !== "" && spanId !== "") links.push({ traceId, spanId, attributes });
  }

  #readStatus(reader: ProtobufReader): void {
    const outer = reader.enter();
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === 18) this.#statusMessage = reader.string();
      else if (tag === 24) this.#status = statusOf(reader.varint());
      else reader.skip(tag);
    }
    reader.leave(outer);
  }
}

/** A number that the protocol does not have is 0, as in what a newer version sends. */
export function kindOf(kind: number): SpanKind {
  return kind === 1 || kind === 2 || kind === 3 || kind === 4 || kind === 5 ? kind : 0;
}

export function statusOf(status: number): SpanStatus {
  return status === 1 || status === 2 ? status : 0;
}

/** Writes a span's fields, from the last to the first. */
export function writeSpan(writer: ProtobufWriter, span: SpanData): void {
  if (span.status !== 0 || span.statusMessage !== "") {
    const mark = writer.mark();
    if (span.status !== 0) writer.unsigned(3, span.status);
    if (span.statusMessage !== "") writer.string(2, span.statusMessage);
    writer.message(15, mark);
  }
  for (let index = span.links.length - 1; index >= 0; index--) {
    const link = span.links[index] as SpanLink;
    const mark = writer.mark();
    writeAttributes(writer, 4, link.attributes);
    writer.hex(2, link.spanId);
    writer.hex(1, link.traceId);
    writer.message(13, mark);
  }
  for (let index = span.events.length - 1; index >= 0; index--) {
    const event = span.events[index] as SpanEvent;
    const mark = writer.mark();
    writeAttributes(writer, 3, event.attributes);
    if (event.name !== "") writer.string(2, event.name);
    writer.timeUs(1, event.timeUs);
    writer.message(11, mark);
  }
  writeAttributes(writer, 9, span.attributes);
  writer.timeUs(8, span.endUs);
  writer.timeUs(7, span.startUs);
  if (span.kind !== 0) writer.unsigned(6, span.kind);
  if (span.name !== "") writer.string(5, span.name);
  if (span.parentSpanId !== undefined) writer.hex(4, span.parentSpanId);
  if (span.traceState !== "") writer.string(3, span.traceState);
  writer.hex(2, span.spanId);
  writer.hex(1, span.traceId);
}
