import type { LogData } from "../../../../blocks/telemetry/otlp/model.ts";
import { textOf } from "../attribute-text.ts";
import { levelOfSeverity, levelOfWord } from "./levels.ts";
import { fieldsOf, type LineReading } from "./structured-line.ts";

const TEXT_CHARACTERS_MAX = 16 * 1024;
const VALUE_CHARACTERS_MAX = 4_096;
const FIELD_PAIRS_MAX = 128;

/**
 * An entry that came over OTLP as one line of JSON, in which it is kept and written to the record of the run: a line like any other
 * takes little memory, and is read when it is looked at. Bounded.
 */
export function otlpLine(log: LogData): string {
  const level = levelOfSeverity(log.severity) ?? levelOfWord(log.severityText);
  const isMap = typeof log.body === "object" && log.body !== null && !Array.isArray(log.body);
  const body = textOf(log.body, TEXT_CHARACTERS_MAX);
  const pairs: string[] = [];
  let characters = body.length;
  for (const [name, value] of Object.entries(log.attributes)) {
    if (pairs.length >= FIELD_PAIRS_MAX || characters > 2 * TEXT_CHARACTERS_MAX) break;
    const text = textOf(value, VALUE_CHARACTERS_MAX);
    characters += name.length + text.length;
    pairs.push(name.slice(0, 256), text);
  }
  return JSON.stringify({
    level,
    // A body that is a map is told by its fields too.
    body: isMap && !(log.body instanceof Uint8Array) ? { json: body } : body,
    fields: pairs.length > 0 ? pairs : undefined,
    trace: log.traceId,
    span: log.spanId,
  });
}

/** Reads what `otlpLine` wrote; whatever else stands there is text. */
export function readOtlpLine(line: string): LineReading {
  const value = parsed(line);
  if (!value) return { text: line };
  const { text, bodyFields } = bodyOf(value.body);
  const fields = [...bodyFields, ...pairsOf(value.fields)];
  const level = typeof value.level === "string" ? levelOfWord(value.level) : undefined;
  return {
    text,
    ...(level === undefined ? {} : { level }),
    ...(fields.length === 0 ? {} : { fields: Object.fromEntries(fields) }),
    ...(typeof value.trace === "string" ? { traceId: value.trace } : {}),
    ...(typeof value.span === "string" ? { spanId: value.span } : {}),
  };
}

function bodyOf(body: unknown): { text: string; bodyFields: [string, string][] } {
  if (typeof body === "string") return { text: body, bodyFields: [] };
  const json = isObject(body) && typeof body.json === "string" ? body.json : "";
  const map = parsed(json);
  if (!map) return { text: json, bodyFields: [] };
  const message = map.message ?? map.msg;
  return { text: typeof message === "string" ? message : json, bodyFields: fieldsOf(map) };
}

function pairsOf(value: unknown): [string, string][] {
  const pairs: [string, string][] = [];
  if (!Array.isArray(value)) return pairs;
  for (let at = 0; at + 1 < value.length; at += 2) pairs.push([String(value[at]), String(value[at + 1])]);
  return pairs;
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
