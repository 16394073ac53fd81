import { AttributeBag } from "../attribute-bag.ts";
import type { DecodeBounds } from "../bounds.ts";
import { IdReader } from "../ids.ts";
import type { AnyValue, LogData } from "../model.ts";
import { readAnyValue, readAttribute, writeAnyValue, writeAttributes } from "./attributes.ts";
import type { ProtobufReader } from "./protobuf-reader.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";

/*
 * opentelemetry/proto/logs/v1/logs.proto:
 *
 *     LogRecord { fixed64 time_unix_nano = 1; SeverityNumber severity_number = 2; string severity_text = 3; AnyValue body = 5;
 *                 repeated KeyValue attributes = 6; bytes trace_id = 9; bytes span_id = 10; fixed64 observed_time_unix_nano = 11;
 *                 string event_name = 12 (uint32 dropped_attributes_count = 7; fixed32 flags = 8) }
 */

/** The attribute under which a record's `event_name` is kept: its name from before it was a field. */
export const EVENT_NAME = "event.name";

/** Reads log records of one request. */
export class LogReader {
  readonly #ids = new IdReader();
  readonly #bounds: DecodeBounds;

  constructor(bounds: DecodeBounds) {
    this.#bounds = bounds;
  }

  /** Reads the record that ends at `reader.end`. The time when it was seen stands in for one that is not known. */
  read(reader: ProtobufReader): LogData {
    let timeUs = 0;
    let observedUs = 0;
    let severity = 0;
    let severityText = "";
    let body: AnyValue = null;
    let traceId = "";
    let spanId = "";
    const attributes = new AttributeBag();
    let held = 0;
    while (reader.at < reader.end) {
      const tag = reader.tag();
      switch (tag) {
        case 9:
          timeUs = reader.timeUs();
          break;
        case 16:
          severity = reader.varint();
          break;
        case 26:
          severityText = reader.string();
          break;
        case 42:
          body = readAnyValue(reader, this.#bounds);
          break;
        case 50:
          held = readAttribute(reader, attributes, held, this.#bounds);
          break;
        case 74: {
          const outer = reader.enter();
          traceId = this.#ids.traceId(reader.bytes, reader.at, reader.end);
          reader.leave(outer);
          break;
        }
        case 82: {
          const outer = reader.enter();
          spanId = this.#ids.spanId(reader.bytes, reader.at, reader.end);
          reader.leave(outer);
          break;
        }
        case 89:
          observedUs = reader.timeUs();
          break;
        case 98: {
          const name = reader.string();
          if (name !== "") attributes[EVENT_NAME] ??= name;
          break;
        }
        default:
          reader.skip(tag);
      }
    }
    return {
      timeUs: timeUs === 0 ? observedUs : timeUs,
      severity: severityOf(severity),
      severityText,
      body,
      attributes,
      traceId: traceId === "" ? undefined : traceId,
      spanId: spanId === "" ? undefined : spanId,
    };
  }
}

/** A number that the protocol does not have is 0. */
export function severityOf(severity: number): number {
  return severity >= 1 && severity <= 24 ? severity : 0;
}

/** Writes a record's fields, from the last to the first. */
export function writeLog(writer: ProtobufWriter, log: LogData): void {
  if (log.spanId !== undefined) writer.hex(10, log.spanId);
  if (log.traceId !== undefined) writer.hex(9, log.traceId);
  writeAttributes(writer, 6, log.attributes);
  writeAnyValue(writer, 5, log.body);
  if (log.severityText !== "") writer.string(3, log.severityText);
  if (log.severity !== 0) writer.unsigned(2, log.severity);
  writer.timeUs(1, log.timeUs);
}
