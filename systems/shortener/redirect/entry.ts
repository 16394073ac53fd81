import type { Target } from "../links/link.ts";

/**
 * What the cache says of a code: where it leads; that no link has it; or that it is being changed, so that only the database
 * can tell.
 */
export type Entry = Target | "unknown" | "changing";

/**
 * entry = "-"                                     no link has this code
 *       / "!"                                     being changed
 *       / id SP ("0" / "1") SP expiry SP url      1: permanent; expiry in Unix milliseconds, 0 is never
 */
export function encodeEntry(entry: Entry): string {
  if (entry === "unknown") return "-";
  if (entry === "changing") return "!";
  return `${entry.id} ${entry.permanent ? 1 : 0} ${entry.expiresAtMs} ${entry.url}`;
}

/** Reads what `encodeEntry` wrote; `undefined` for anything else, such as an entry of another release. */
export function decodeEntry(text: string): Entry | undefined {
  if (text === "-") return "unknown";
  if (text === "!") return "changing";
  const afterId = text.indexOf(" ");
  const afterExpiry = text.indexOf(" ", afterId + 3);
  if (afterId <= 0 || afterExpiry < 0 || text.charAt(afterId + 2) !== " ") return undefined;
  const id = Number(text.slice(0, afterId));
  const expiresAtMs = Number(text.slice(afterId + 3, afterExpiry));
  const url = text.slice(afterExpiry + 1);
  if (!Number.isSafeInteger(id) || !Number.isSafeInteger(expiresAtMs) || !url) return undefined;
  return { id, url, permanent: text.charAt(afterId + 1) === "1", expiresAtMs };
}
