const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
/** Digits of a `Content-Length`: as many as a number holds exactly. */
const LENGTH_DIGITS = 15;

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
 * undefined when they contradict each other, or may be read in two ways. `fields` is names and values in turn.
 */
export function readRequestFraming(fields: readonly string[]): RequestFraming | undefined {
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
    // Only few fields have names this long: the others are passed over by their length alone.
    switch (name.length) {
      case 7:
        if (name.toLowerCase() === "upgrade") framing.upgrade = value;
        break;
      case 10:
        if (name.toLowerCase() === "connection") readConnection(framing, value);
        break;
      case 14:
        if (name.toLowerCase() !== "content-length") break;
        if (framing.length >= 0 || !isLength(value)) return undefined;
        framing.length = Number(value);
        break;
      case 17:
        if (name.toLowerCase() !== "transfer-encoding") break;
        if (framing.coding !== "none") return undefined;
        framing.coding = codingOf(value);
        // Chunks that another coding is laid over cannot be told apart by anybody.
        if (framing.coding === "other" && /chunked[^,]*,/i.test(value)) return undefined;
        break;
    }
  }
  return framing.coding !== "none" && framing.length >= 0 ? undefined : framing;
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

function codingOf(value: string): "chunked" | "other" {
  return value.toLowerCase() === "chunked" ? "chunked" : "other";
}

function isLength(value: string): boolean {
  if (value.length === 0 || value.length > LENGTH_DIGITS) return false;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code < DIGIT_0 || code > DIGIT_9) return false;
  }
  return true;
}
