import type { Level } from "../../../control-api/index.ts";
import { levelOfNumber, levelOfWord } from "./levels.ts";

/** What a line says of itself. */
export interface LineReading {
  readonly level?: Level;
  /** The message of a structured line, else the line; without the terminal's colours. */
  readonly text: string;
  /** The other fields of a structured line: at most 64, values as text of at most 4,096 characters. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly traceId?: string;
  readonly spanId?: string;
}

const FIELDS_MAX = 64;
const DEPTH_MAX = 6;
const NAME_CHARACTERS_MAX = 256;
const VALUE_CHARACTERS_MAX = 4_096;

/** Names of the level, of the message and of the time, the first that is there counts; in lower case. */
const LEVEL_NAMES = ["level", "severity", "lvl", "levelname", "log.level", "loglevel", "severity_text"];
const MESSAGE_NAMES = ["msg", "message", "event"];
const TIME_NAMES = new Set(["time", "timestamp", "ts", "@timestamp", "datetime", "asctime"]);

/** What a structured line says, by its fields in the order in which they stand; nested ones have dotted names. Pure. */
export function readFields(fields: readonly (readonly [string, string])[], line: string): LineReading {
  const byName = new Map<string, string>();
  for (const [name, value] of fields) if (!byName.has(name)) byName.set(name, value);
  const level = takeLevel(byName);
  const message = take(byName, MESSAGE_NAMES, () => true);
  const traceId = takeId(byName, "trace", /^(?!0{32})[0-9a-f]{32}$/i);
  const spanId = takeId(byName, "span", /^(?!0{16})[0-9a-f]{16}$/i);
  for (const name of [...byName.keys()]) {
    const isFlags = traceId !== undefined && /^(otel)?trace_?(flags|sampled)$/i.test(name);
    if (TIME_NAMES.has(name.toLowerCase()) || isFlags) byName.delete(name);
  }
  return {
    text: message ?? line,
    ...(level === undefined ? {} : { level }),
    // By entries, not by assignment: a name may be `__proto__`.
    ...(byName.size === 0 ? {} : { fields: Object.fromEntries(byName) }),
    ...(traceId === undefined ? {} : { traceId: traceId.toLowerCase() }),
    ...(spanId === undefined ? {} : { spanId: spanId.toLowerCase() }),
  };
}

/** The leaves of a JSON object as fields, nested ones by dotted path; lists and what lies too deep as JSON. Bounded. */
export function fieldsOf(value: object): [string, string][] {
  const fields: [string, string][] = [];
  collect(value, "", 0, fields);
  return fields;
}

function collect(value: object, path: string, depth: number, fields: [string, string][]): void {
  for (const [name, inner] of Object.entries(value)) {
    if (fields.length >= FIELDS_MAX) return;
    const own = (path === "" ? name : `${path}.${name}`).slice(0, NAME_CHARACTERS_MAX);
    const isNested = typeof inner === "object" && inner !== null && !Array.isArray(inner);
    if (isNested && depth < DEPTH_MAX) collect(inner, own, depth + 1, fields);
    else fields.push([own, textOf(inner)]);
  }
}

function textOf(value: unknown): string {
  const text = typeof value === "object" ? shallowJson(value) : String(value);
  return text.length > VALUE_CHARACTERS_MAX ? text.slice(0, VALUE_CHARACTERS_MAX) : text;
}

/** A value that was nested deep enough to exhaust the stack of whoever reads it does so here, and is said to be deep. */
function shallowJson(value: unknown): string {
  try {
    return value === null ? "" : JSON.stringify(value);
  } catch {
    return "…";
  }
}

function takeLevel(byName: Map<string, string>): Level | undefined {
  const text = take(byName, LEVEL_NAMES, (value) => levelOf(value) !== undefined);
  return text === undefined ? undefined : levelOf(text);
}

function levelOf(text: string): Level | undefined {
  return /^\d{1,3}$/.test(text) ? levelOfNumber(Number(text)) : levelOfWord(text);
}

/** Takes the field out whose name, in any case, stands first in the list. */
function take(
  byName: Map<string, string>,
  names: readonly string[],
  isMeant: (value: string) => boolean,
): string | undefined {
  for (const wanted of names) {
    for (const [name, value] of byName) {
      if (name.length !== wanted.length || name.toLowerCase() !== wanted || !isMeant(value)) continue;
      byName.delete(name);
      return value;
    }
  }
  return undefined;
}

/**
 * Takes the id of a trace or a span out: `trace_id`, `traceId`, ECS's `trace.id`, the `otelTraceID` of OpenTelemetry's Python loggers, also
 * within a map of context (`mdc.trace_id`). Datadog's ids (`dd.trace_id`) belong to another tracer.
 */
function takeId(byName: Map<string, string>, of: "trace" | "span", form: RegExp): string | undefined {
  for (const [name, value] of byName) {
    if (!form.test(value) || /^dd[._]/i.test(name)) continue;
    const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "");
    if (!plain.endsWith(`${of}id`)) continue;
    byName.delete(name);
    return value;
  }
  return undefined;
}
