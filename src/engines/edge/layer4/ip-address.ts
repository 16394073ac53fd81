const DOT = 0x2e;
const COLON = 0x3a;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LONGEST = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".length;

/**
 * The bytes of an address, in network order: 4 of IPv4 (`192.0.2.1`), 16 of IPv6 (RFC 4291, section 2.2, in all its spellings).
 * Undefined when it is neither, such as with zeros in front, which some read as octal, or with a zone (`%eth0`). Pure.
 */
export function addressBytes(text: string): Uint8Array | undefined {
  if (text.length > LONGEST) return undefined;
  return text.includes(":") ? ipv6Bytes(text) : ipv4Bytes(text, 0);
}

/** The canonical spelling of 4 or 16 bytes: for IPv6 that of RFC 5952, with the last 32 bits of a mapped address in dots. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (isMapped(bytes)) return `::ffff:${bytes.subarray(12).join(".")}`;
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0));
  const [start, length] = longestZeros(groups);
  const hex = (some: number[]) => some.map((group) => group.toString(16)).join(":");
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** Whether the 16 bytes are an IPv4 address as a socket of both families shows it (RFC 4291, section 2.5.5.2). */
export function isMapped(bytes: Uint8Array): boolean {
  if (bytes.length !== 16 || bytes[10] !== 0xff || bytes[11] !== 0xff) return false;
  for (let at = 0; at < 10; at++) if (bytes[at] !== 0) return false;
  return true;
}

/** The 16 bytes that stand for an IPv4 address among those of IPv6; an address of 16 bytes is its own. */
export function mapped(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 16) return bytes;
  const whole = new Uint8Array(16);
  whole.fill(0xff, 10, 12);
  whole.set(bytes, 12);
  return whole;
}

function ipv4Bytes(text: string, from: number): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let part = 0;
  let value = -1;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (value < 0 || part === 3) return undefined;
      bytes[part++] = value;
      value = -1;
    } else if (code >= DIGIT_0 && code <= DIGIT_9) {
      if (value === 0) return undefined;
      value = Math.max(value, 0) * 10 + code - DIGIT_0;
      if (value > 255) return undefined;
    } else return undefined;
  }
  if (value < 0 || part !== 3) return undefined;
  bytes[3] = value;
  return bytes;
}

/** Two colons stand for as many groups of zeros as are missing, and at least for one. */
function ipv6Bytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16);
  let filled = 0;
  /** Where the missing zeros belong; -1 while none are known to be missing. */
  let gap = -1;
  let at = 0;
  if (text.startsWith("::")) {
    gap = 0;
    at = 2;
  }
  while (at < text.length) {
    const end = groupEnd(text, at);
    if (text.charCodeAt(end) === DOT) {
      const last = ipv4Bytes(text, at);
      if (!last || filled > 12) return undefined;
      bytes.set(last, filled);
      filled += 4;
      break;
    }
    if (end === at || end - at > 4 || filled > 14) return undefined;
    const value = Number.parseInt(text.slice(at, end), 16);
    bytes[filled] = value >> 8;
    bytes[filled + 1] = value & 0xff;
    filled += 2;
    if (end === text.length) break;
    if (text.charCodeAt(end) !== COLON) return undefined;
    at = end + 1;
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) return undefined;
      gap = filled;
      at += 1;
    } else if (at === text.length) return undefined;
  }
  if (gap < 0) return filled === 16 ? bytes : undefined;
  if (filled > 14) return undefined;
  bytes.copyWithin(16 - (filled - gap), gap, filled);
  return bytes.fill(0, gap, 16 - (filled - gap));
}

function groupEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isHexDigit(text.charCodeAt(at))) at += 1;
  return at;
}

function isHexDigit(code: number): boolean {
  const lower = code | 0x20;
  return (code >= DIGIT_0 && code <= DIGIT_9) || (lower >= 0x61 && lower <= 0x66);
}

/** Where the longest run of zeros begins, the first of several, and how long it is. */
function longestZeros(groups: readonly number[]): readonly [start: number, length: number] {
  let best = 0;
  let longest = 0;
  let length = 0;
  for (const [at, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > longest) {
      longest = length;
      best = at - length + 1;
    }
  }
  return [best, longest];
}
