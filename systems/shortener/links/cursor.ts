import type { Place } from "./links.ts";

/** A place in the listing as an opaque text: nothing that callers should look into, or could break something with. */
export function encodeCursor(place: Place): string {
  return Buffer.from(`1.${place.createdAtMs}.${place.id}`).toString("base64url");
}

/** Reads what `encodeCursor` wrote; `undefined` for anything else. */
export function decodeCursor(text: string): Place | undefined {
  const match = /^1\.(\d{1,14})\.(\d{1,16})$/.exec(Buffer.from(text, "base64url").toString("latin1"));
  if (!match) return undefined;
  const place = { createdAtMs: Number(match[1]), id: Number(match[2]) };
  return Number.isSafeInteger(place.id) ? place : undefined;
}
