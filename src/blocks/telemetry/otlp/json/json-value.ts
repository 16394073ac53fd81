/** How OTLP/JSON writes values (https://protobuf.dev/programming-guides/json/, with OTLP's own rules for ids and enums). Pure. */

import { AttributeBag } from "../attribute-bag.ts";
import type { DecodeBounds } from "../bounds.ts";
import type { AnyValue } from "../model.ts";

/** An object of JSON, whose members may be anything. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value when it is an object, and else one without members. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : NO_MEMBERS;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const NO_MEMBERS: JsonObject = Object.freeze({});

/** The value when it is a list, and else an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A number, or one as text (64-bit numbers, `"NaN"`, `"Infinity"`); undefined of anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value === "") return undefined;
  const number = Number(value);
  return Number.isNaN(number) && value !== "NaN" ? undefined : number;
}

/** The same, for a field whose default is 0. */
export function numberOr0(value: unknown): number {
  return numberOf(value) ?? 0;
}

/** A whole number of at least 0, and 0 for all else. */
export function countOf(value: unknown): number {
  const number = numberOf(value) ?? 0;
  return number >= 0 && Number.isFinite(number) ? Math.floor(number) : 0;
}

/** Nanoseconds since the Unix epoch, as whole microseconds: from text exactly, by leaving out its last three digits. */
export function timeUsOf(value: unknown): number {
  if (typeof value === "string" && value.length > 3 && value.length <= 20) {
    const us = Number(value.slice(0, -3));
    return Number.isInteger(us) && us >= 0 && numberOf(value.slice(-3)) !== undefined ? us : 0;
  }
  return Math.floor(countOf(value) / 1_000);
}

/** An enum's number, be it said as that or by its name, with or without `prefix`; 0 when it is neither. */
export function enumOf(value: unknown, prefix: string, names: readonly string[]): number {
  if (typeof value === "number") return Number.isInteger(value) ? value : 0;
  if (typeof value !== "string") return 0;
  const number = names.indexOf(value.startsWith(prefix) ? value.slice(prefix.length) : value);
  return number >= 0 ? number : countOf(value);
}

/** A list of `KeyValue`s. */
export function attributesOf(value: unknown, bounds: DecodeBounds, depth = 0): AttributeBag {
  const bag = new AttributeBag();
  let held = 0;
  for (const entry of listOf(value)) {
    if (held >= bounds.attributesMax) break;
    if (!isObject(entry)) continue;
    const key = textOf(entry.key);
    if (bag[key] !== undefined) continue;
    bag[key] = anyValueOf(entry.value, bounds, depth);
    held++;
  }
  return bag;
}

/** An `AnyValue`; `null` when it holds nothing, or lies too deep. */
export function anyValueOf(value: unknown, bounds: DecodeBounds, depth = 0): AnyValue {
  if (!isObject(value)) return null;
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value;
  if (typeof stringValue === "string") return stringValue;
  if (typeof boolValue === "boolean") return boolValue;
  if (intValue !== undefined) return numberOf(intValue) ?? null;
  if (doubleValue !== undefined) return numberOf(doubleValue) ?? null;
  if (typeof bytesValue === "string") return bytesOfBase64(bytesValue);
  if (depth >= bounds.depthMax) return null;
  if (isObject(arrayValue)) {
    const values = listOf(arrayValue.values).slice(0, bounds.attributesMax);
    return values.map((element) => anyValueOf(element, bounds, depth + 1));
  }
  if (isObject(kvlistValue)) return attributesOf(kvlistValue.values, bounds, depth + 1);
  return null;
}

/** Of either alphabet, with padding or without. */
function bytesOfBase64(text: string): AnyValue {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) =>
      char.charCodeAt(0),
    );
  } catch {
    return null;
  }
}
