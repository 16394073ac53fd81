import { readContentLength } from "./content-length.ts";
import { lowerOf } from "./field-names.ts";

const C = 0x63;
const K = 0x6b;
const T = 0x74;
const U = 0x75;

/** What a response's fields say of its body and of its connection. */
export interface ResponseFraming {
  /** Bytes of the body; -1 when they are not counted. */
  length: number;
  chunked: boolean;
  /** Whether the connection may serve another request. */
  persistent: boolean;
  /** Whether `Connection` says that it ends. */
  closes: boolean;
  /** How long an idle connection is kept (`Keep-Alive: timeout=5`), in seconds; -1 when nothing is said of it. */
  keepAliveSeconds: number;
  /** The value of `Upgrade`. */
  upgrade: string | undefined;
  /** Whether `Connection` names the upgrade, without which there is none. */
  upgrades: boolean;
}

/**
 * Reads a response's fields for what bounds its body (RFC 9112, section 6.3) and what becomes of its connection (section 9).
 * `fields` is names and values in turn, `minor` the version's second digit. Undefined when they contradict each other, or may be
 * read in two ways. Pure.
 */
export function readResponseFraming(fields: readonly string[], minor: number): ResponseFraming | undefined {
  const framing: ResponseFraming = {
    length: -1,
    chunked: false,
    persistent: minor > 0,
    closes: false,
    keepAliveSeconds: -1,
    upgrade: undefined,
    upgrades: false,
  };
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = fields[at] ?? "";
    // Most fields are told apart from these by the length of their names, and by how they begin.
    switch (name.length) {
      case 7:
      case 10:
      case 14:
      case 17: {
        const first = name.charCodeAt(0) | 0x20;
        if (first !== C && first !== K && first !== T && first !== U) continue;
        if (!takeField(framing, minor, lowerOf(name), fields[at + 1] ?? "")) return undefined;
      }
    }
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
      takeConnection(framing, minor, value.toLowerCase());
      return true;
    case "keep-alive":
      framing.keepAliveSeconds = readTimeout(value);
      return true;
    case "content-length":
      if (framing.length >= 0) return false;
      framing.length = readContentLength(value);
      return framing.length >= 0;
    case "transfer-encoding":
      // Before HTTP/1.1 there were no codings, and one who names one then is not to be trusted with it (RFC 9112, 6.1).
      if (framing.chunked || minor === 0 || value.toLowerCase() !== "chunked") return false;
      framing.chunked = true;
      return true;
    default:
      return true;
  }
}

/** `close` wins over whatever else stands beside it, in this field or in another one. */
function takeConnection(framing: ResponseFraming, minor: number, options: string): void {
  // By far the most frequent values first.
  if (options === "close") framing.closes = true;
  else if (options === "keep-alive") framing.persistent ||= minor === 0;
  else {
    for (const option of options.split(",")) {
      const name = option.trim();
      if (name === "close") framing.closes = true;
      else if (name === "upgrade") framing.upgrades = true;
      else if (name === "keep-alive") framing.persistent ||= minor === 0;
    }
  }
  if (framing.closes) framing.persistent = false;
}

/** The number behind `timeout=`, of at most nine digits; -1 when there is none. */
function readTimeout(value: string): number {
  const isUsual = value.startsWith("timeout=");
  let at = isUsual ? "timeout=".length : value.search(/(?<=[\s,]timeout=|^timeout=)\d/i);
  if (at < 0) return -1;
  const first = at;
  let seconds = 0;
  for (; at < first + 9; at++) {
    const digit = value.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) break;
    seconds = seconds * 10 + digit;
  }
  return at > first ? seconds : -1;
}
