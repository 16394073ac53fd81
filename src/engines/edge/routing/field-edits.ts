import { type FieldKind, kindOf } from "../exchange/fields.ts";
import { type Malformed, malformed } from "./path-pattern.ts";

/** Fields that a route sets or takes away, in a request or an answer. */
export interface FieldEdits {
  /** In lower case: fields of these names are taken away first. */
  readonly names: ReadonlySet<string>;
  /** Names and values in turn, added then. */
  readonly added: readonly string[];
}

const TOKEN = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/;
/** No space at either end, since it would not arrive (RFC 9110, section 5.5). */
const VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?$/;

/** These frame a message, belong to one hop, or say who the client is and what the request is called. */
const OWN = new Set<string>([
  "hop",
  "connection",
  "client-cert",
  "content-length",
  "expect",
  "request-id",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
] satisfies FieldKind[]);

/** Reads a route's fields; undefined when there are none. An empty value takes a field away. */
export function fieldEdits(fields: Readonly<Record<string, string>> | undefined): FieldEdits | undefined {
  const entries = Object.entries(fields ?? {});
  if (entries.length === 0) return undefined;
  return {
    names: new Set(entries.map(([name]) => name.toLowerCase())),
    added: entries.filter(([, value]) => value !== "").flat(),
  };
}

/** Makes the edits in a list of names and values in turn. */
export function editFields(edits: FieldEdits, fields: string[]): void {
  let kept = 0;
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = fields[at] ?? "";
    if (edits.names.has(name.toLowerCase())) continue;
    fields[kept] = name;
    fields[kept + 1] = fields[at + 1] ?? "";
    kept += 2;
  }
  fields.length = kept;
  for (const one of edits.added) fields.push(one);
}

/** What is wrong with a field that a route wants to set. */
export function problemOfField(name: string, value: unknown): Malformed | undefined {
  if (!TOKEN.test(name)) return malformed("is no name of a field", "use letters, digits and hyphens");
  const kind = kindOf(name);
  if (kind === "host") return malformed("cannot be set as a field", "set rewrite.host");
  if (OWN.has(kind)) return malformed("is the edge's own to set", "leave it out");
  if (typeof value !== "string" || !VALUE.test(value)) {
    return malformed(
      "has a value that no field can have",
      "write a line of ASCII without spaces at its ends; an empty one takes the field away",
    );
  }
  return undefined;
}
