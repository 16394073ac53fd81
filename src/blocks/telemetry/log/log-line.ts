import type { AnyValue } from "../otlp/model.ts";
import type { TraceContext } from "../trace/trace-context.ts";

/** Longer lines are cut by those who read them. */
const LINE_CHARACTERS_MAX = 16 * 1024;
/** What a field's text keeps in a line that would be longer. */
const TEXT_CHARACTERS_WHEN_LONG = 1_024;
const FIELDS_MAX = 64;
const DEPTH_MAX = 5;
const ELEMENTS_MAX = 100;
/** Those of the line itself: a field of that name would be taken for it. */
const OWN_NAMES: ReadonlySet<string> = new Set(["level", "time", "msg", "trace_id", "span_id"]);

/** A message on its way to a line. */
export interface LogMessage {
  readonly level: string;
  /** Unix milliseconds. */
  readonly timeMs: number;
  readonly message: string;
  readonly context: TraceContext | undefined;
  readonly fields: Readonly<Record<string, AnyValue>>;
}

/** A message as one line of JSON with its newline. Pure. */
export function lineOf({ level, timeMs, message, context, fields }: LogMessage): string {
  const time = new Date(timeMs).toISOString();
  const within = context && { trace_id: context.traceId, span_id: context.spanId };
  const line = JSON.stringify({ level, time, msg: message, ...within, ...fields });
  if (line.length < LINE_CHARACTERS_MAX) return `${line}\n`;
  const short = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, shortened(value)]));
  const cut = shortened(message);
  const shorter = JSON.stringify({ level, time, msg: cut, ...within, ...short, cut: true });
  if (shorter.length < LINE_CHARACTERS_MAX) return `${shorter}\n`;
  return `${JSON.stringify({ level, time, msg: cut, ...within, cut: true })}\n`;
}

/** Fields as telemetry holds values: plain, of bounded depth and number, errors as what they say. Pure. */
export function fieldsOf(given: Readonly<Record<string, unknown>>): Record<string, AnyValue> {
  const fields: Record<string, AnyValue> = {};
  let count = 0;
  for (const name of Object.keys(given)) {
    if (count++ === FIELDS_MAX) break;
    const value = given[name];
    if (value !== undefined) fields[OWN_NAMES.has(name) ? `${name}_` : name] = plain(value, 0);
  }
  return fields;
}

function plain(value: unknown, depth: number): AnyValue {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "object":
      return value === null ? null : plainObject(value, depth);
    default:
      return String(value);
  }
}

function plainObject(value: object, depth: number): AnyValue {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
  if (value instanceof Error) return value.stack ?? value.message;
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  if (depth === DEPTH_MAX) return "…";
  if (Array.isArray(value)) return value.slice(0, ELEMENTS_MAX).map((one) => plain(one, depth + 1));
  const parts: Record<string, AnyValue> = {};
  for (const [name, part] of Object.entries(value).slice(0, ELEMENTS_MAX))
    if (part !== undefined) parts[name] = plain(part, depth + 1);
  return parts;
}

function shortened(value: AnyValue): AnyValue {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= TEXT_CHARACTERS_WHEN_LONG ? value : `${text.slice(0, TEXT_CHARACTERS_WHEN_LONG)}…`;
}
