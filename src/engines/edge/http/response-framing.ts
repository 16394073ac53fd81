/** What a response's fields say of its body and of its connection. */
export interface ResponseFraming {
  /** Bytes of the body; -1 when they are not counted. */
  length: number;
  chunked: boolean;
  /** Whether the connection may serve another request. */
  persistent: boolean;
  /** How long an idle connection is kept (`Keep-Alive: timeout=5`), in seconds; -1 when nothing is said of it. */
  keepAliveSeconds: number;
  /** The value of `Upgrade`. */
  upgrade: string | undefined;
}

/** `fields` is names and values in turn; `minor` the version's second digit. Undefined when they contradict each other. */
export function readResponseFraming(fields: readonly string[], minor: number): ResponseFraming | undefined {
  const framing: ResponseFraming = {
    length: -1,
    chunked: false,
    persistent: minor > 0,
    keepAliveSeconds: -1,
    upgrade: undefined,
  };
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = fields[at] ?? "";
    // Most fields are told apart from these by the length of their names alone.
    const { length } = name;
    if (length !== 7 && length !== 10 && length !== 14 && length !== 17) continue;
    if (!takeField(framing, minor, name.toLowerCase(), fields[at + 1] ?? "")) return undefined;
  }
  return framing.chunked && framing.length >= 0 ? undefined : framing;
}

/** False when the field leaves open where the response ends. */
function takeField(framing: ResponseFraming, minor: number, name: string, value: string): boolean {
  switch (name) {
    case "upgrade":
      framing.upgrade = value;
      return true;
    case "connection":
      if (/(?:^|[\s,])close(?:$|[\s,])/i.test(value)) framing.persistent = false;
      else if (minor === 0 && /(?:^|[\s,])keep-alive(?:$|[\s,])/i.test(value)) framing.persistent = true;
      return true;
    case "keep-alive":
      framing.keepAliveSeconds = Number(/(?:^|[\s,])timeout=(\d{1,9})/i.exec(value)?.[1] ?? -1);
      return true;
    case "content-length":
      if (framing.length >= 0 || !isLength(value)) return false;
      framing.length = Number(value);
      return true;
    case "transfer-encoding":
      // Before HTTP/1.1 there were no codings, and one who names one then is not to be trusted with it (RFC 9112, 6.1).
      if (framing.chunked || minor === 0 || value.toLowerCase() !== "chunked") return false;
      framing.chunked = true;
      return true;
    default:
      return true;
  }
}

/** 1*15DIGIT: more is beyond what a number counts exactly. */
function isLength(value: string): boolean {
  if (value.length === 0 || value.length > 15) return false;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}
