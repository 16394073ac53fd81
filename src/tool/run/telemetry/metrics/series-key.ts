import type { AnyValue, Attributes } from "../../../../blocks/telemetry/otlp/model.ts";

/** Longer names and values are cut, and more attributes than this are left out: they would be labels that nobody can read. */
const VALUE_LENGTH_MAX = 256;
const NAME_LENGTH_MAX = 128;
const ATTRIBUTES_MAX = 32;

/** Separates what a key is made of; a control character that names do not have. */
export const KEY_SEPARATOR = "\u0000";

/** Attributes as text: name, value, name, value, by name. Equal sets make equal lists, whatever the order in which they came. */
export function attributeList(attributes: Attributes): string[] {
  const names = Object.keys(attributes);
  if (names.length > 1) names.sort();
  if (names.length > ATTRIBUTES_MAX) names.length = ATTRIBUTES_MAX;
  const list: string[] = [];
  for (const name of names) list.push(cut(name, NAME_LENGTH_MAX), attributeText(attributes[name]));
  return list;
}

/** An attribute's value as text; what is no plain value is written as JSON, and cut at 256 characters. */
export function attributeText(value: AnyValue | undefined): string {
  if (typeof value === "string") return cut(value, VALUE_LENGTH_MAX);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === null || value === undefined) return "";
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  try {
    return cut(JSON.stringify(value), VALUE_LENGTH_MAX);
  } catch {
    return "";
  }
}

function cut(text: string, lengthMax: number): string {
  return text.length > lengthMax ? text.slice(0, lengthMax) : text;
}
