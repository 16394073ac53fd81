import type { AnyValue } from "../../../blocks/telemetry/otlp/model.ts";

const NESTING_MAX = 6;
const NAME_CHARACTERS_MAX = 512;

/** Any value as text of bounded length: lists and maps as JSON, bytes in Base64. */
export function textOf(value: AnyValue, charactersMax: number): string {
  if (typeof value === "string") return cut(value, charactersMax);
  if (value === null) return "";
  if (value instanceof Uint8Array) return base64(value, charactersMax);
  if (typeof value !== "object") return String(value);
  const budget = { characters: charactersMax };
  return cut(JSON.stringify(trimmed(value, budget, 0)) ?? "", charactersMax);
}

/** As much of a nested value as makes a text of the bounded length, and no deeper than is read. */
function trimmed(value: AnyValue, budget: { characters: number }, depth: number): unknown {
  budget.characters -= 2;
  if (budget.characters <= 0) return null;
  if (typeof value === "string") {
    const kept = value.slice(0, budget.characters);
    budget.characters -= kept.length;
    return kept;
  }
  if (value instanceof Uint8Array) return trimmed(base64(value, budget.characters), budget, depth);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= NESTING_MAX) return "…";
  if (isList(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      if (budget.characters <= 0) break;
      items.push(trimmed(item, budget, depth + 1));
    }
    return items;
  }
  const entries: [string, unknown][] = [];
  for (const name of Object.keys(value)) {
    if (budget.characters <= 0) break;
    budget.characters -= name.length;
    entries.push([name.slice(0, NAME_CHARACTERS_MAX), trimmed(value[name] ?? null, budget, depth + 1)]);
  }
  return Object.fromEntries(entries);
}

function isList(value: object): value is readonly AnyValue[] {
  return Array.isArray(value);
}

function base64(bytes: Uint8Array, charactersMax: number): string {
  const most = Math.floor((charactersMax / 4) * 3);
  return Buffer.from(bytes.subarray(0, most)).toString("base64");
}

/** Cut to a length. What is cut is copied: a slice would keep the whole text in memory. */
export function cut(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  return Buffer.from(text.slice(0, charactersMax), "utf8").toString("utf8");
}
