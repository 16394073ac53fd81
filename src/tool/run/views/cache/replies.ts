import type { Reply } from "./reply-reader.ts";

/** What an answer holds, as far as it is of that kind: what is not is as good as nothing, since a server may say anything. Pure. */

/** A whole number, also where it came as text; undefined of anything else. */
export function numberOf(reply: Reply | undefined): number | undefined {
  if (reply?.is === "number") return reply.value;
  const text = textOf(reply);
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Text; undefined of anything else. */
export function textOf(reply: Reply | undefined): string | undefined {
  if (reply?.is === "text") return reply.text;
  return reply?.is === "bytes" ? reply.bytes.toString("utf8") : undefined;
}

/** A list's elements; none of anything else. */
export function itemsOf(reply: Reply | undefined): readonly Reply[] {
  return reply?.is === "list" ? reply.items : [];
}

/** The bytes of a string that was kept whole; undefined of anything else. */
export function wholeBytesOf(reply: Reply | undefined): Buffer | undefined {
  return reply?.is === "bytes" && reply.length === reply.bytes.length ? reply.bytes : undefined;
}
