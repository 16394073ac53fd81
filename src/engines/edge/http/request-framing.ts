import { readContentLength } from "./content-length.ts";
import { lowerOf } from "./field-names.ts";

const C = 0x63;
const T = 0x74;
const U = 0x75;

/** What a request's fields say of its body and of its connection. */
export interface RequestFraming {
  /** Of the body; -1 when nothing is declared. */
  length: number;
  coding: "none" | "chunked" | "other";
  /** What `Connection` asks for. */
  closes: boolean;
  keepAlive: boolean;
  upgrade: string | undefined;
  asksUpgrade: boolean;
}

/**
 * Reads a request's fields for what bounds its body (RFC 9112, section 6.3) and what becomes of its connection (section 9);
 * undefined when they contradict each other, or may be read in two ways. `fields` is names and values in turn, `minor` the
 * version's second digit. Pure.
 */
export function readRequestFraming(fields: readonly string[], minor: number): RequestFraming | undefined {
  const framing: RequestFraming = {
    length: -1,
    coding: "none",
    closes: false,
    keepAlive: false,
    upgrade: undefined,
    asksUpgrade: false,
  };
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = fields[at] ?? "";
    const value = fields[at + 1] ?? "";
    // Only few fields have names this long, or begin like that: the others are not looked at.
    switch (name.length) {
      case 7:
        if (startsWith(name, U) && lowerOf(name) === "upgrade") framing.upgrade = value;
        break;
      case 10:
        if (startsWith(name, C) && lowerOf(name) === "connection") readConnection(framing, value);
        break;
      case 14:
        if (!startsWith(name, C) || lowerOf(name) !== "content-length") break;
        if (framing.length >= 0) return undefined;
        framing.length = readContentLength(value);
        if (framing.length < 0) return undefined;
        break;
      case 17:
        if (!startsWith(name, T) || lowerOf(name) !== "transfer-encoding") break;
        // Before HTTP/1.1 there were no codings, and one who names one then is not to be trusted with it (RFC 9112, 6.1).
        if (framing.coding !== "none" || minor === 0) return undefined;
        framing.coding = value.toLowerCase() === "chunked" ? "chunked" : "other";
        // Chunks that another coding is laid over cannot be told apart by anybody.
        if (framing.coding === "other" && hasChunkedBelow(value)) return undefined;
        break;
    }
  }
  return framing.coding !== "none" && framing.length >= 0 ? undefined : framing;
}

/** Whether `chunked` stands before the last coding of a list. */
function hasChunkedBelow(codings: string): boolean {
  const last = codings.lastIndexOf(",");
  return last >= 0 && codings.slice(0, last).toLowerCase().includes("chunked");
}

/** Whatever the case of its first letter. */
function startsWith(name: string, letter: number): boolean {
  return (name.charCodeAt(0) | 0x20) === letter;
}

function readConnection(framing: RequestFraming, value: string): void {
  const options = value.toLowerCase();
  // By far the most frequent values first.
  if (options === "keep-alive") framing.keepAlive = true;
  else if (options === "close") framing.closes = true;
  else {
    for (const option of options.split(",")) {
      const name = option.trim();
      if (name === "upgrade") framing.asksUpgrade = true;
      else if (name === "close") framing.closes = true;
      else if (name === "keep-alive") framing.keepAlive = true;
    }
  }
}
