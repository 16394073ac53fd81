import type { AnyValue, Attributes, LogData, SpanData } from "../otlp/model.ts";

/** What an item takes beside its texts: ids, times, keys of the protocol. */
const ITEM_BYTES = 120;
const ATTRIBUTE_BYTES = 12;

/** About what a span takes on the wire and in memory: for bounds, not for books. Pure. */
export function spanSizeBytes(span: SpanData): number {
  let size = ITEM_BYTES + span.name.length + span.traceState.length + span.statusMessage.length;
  size += attributesSizeBytes(span.attributes);
  for (const { name, attributes } of span.events)
    size += ATTRIBUTE_BYTES + name.length + attributesSizeBytes(attributes);
  for (const { attributes } of span.links) size += ITEM_BYTES + attributesSizeBytes(attributes);
  return size;
}

/** About what a log takes. Pure. */
export function logSizeBytes(record: LogData): number {
  return ITEM_BYTES + valueSizeBytes(record.body, 0) + attributesSizeBytes(record.attributes);
}

function attributesSizeBytes(attributes: Attributes): number {
  let size = 0;
  for (const name in attributes)
    size += ATTRIBUTE_BYTES + name.length + valueSizeBytes(attributes[name] ?? null, 0);
  return size;
}

const DEPTH_MAX = 8;

function valueSizeBytes(value: AnyValue, depth: number): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || depth === DEPTH_MAX) return 8;
  if (value instanceof Uint8Array) return value.length;
  let size = 8;
  for (const [name, part] of Object.entries(value))
    size += ATTRIBUTE_BYTES + name.length + valueSizeBytes(part, depth + 1);
  return size;
}
