/*
 * W3C Trace Context, level 2 (https://www.w3.org/TR/trace-context-2/), section 3.3:
 *
 *   tracestate  = list-member 0*31( OWS "," OWS list-member )
 *   list-member = key "=" value / OWS
 *   key         = ( lcalpha / DIGIT ) 0*255( lcalpha / DIGIT / "_" / "-" / "*" / "/" / "@" )
 *   value       = 0*255chr nblk-chr
 *   nblk-chr    = %x21-2B / %x2D-3C / %x3E-7E          printable, without "," and "="
 *   chr         = %x20 / nblk-chr
 */

/** Members of one `tracestate`, at most; empty ones count for nothing. */
export const TRACE_STATE_MEMBERS_MAX = 32;
/** Of the whole. The recommendation asks for 512 to be passed on; a longer one is not. */
export const TRACE_STATE_CHARACTERS_MAX = 512;

const KEY_CHARACTERS_MAX = 256;
const VALUE_CHARACTERS_MAX = 256;
const TAB = 9;
const SPACE = 32;
const COMMA = 44;
const EQUALS = 61;

/**
 * A `tracestate` as it is to be passed on: as it came, or empty when it is not valid or beyond the limits, since nobody can tell
 * which part of it to trust. A key that comes twice is let through, as the recommendation's own tests do. Pure.
 */
export function checkedTraceState(text: string): string {
  const { length } = text;
  if (length > TRACE_STATE_CHARACTERS_MAX) return "";
  let members = 0;
  for (let from = 0; from < length; ) {
    let end = text.indexOf(",", from);
    if (end < 0) end = length;
    const start = afterSpace(text, from, end);
    const stop = beforeSpace(text, start, end);
    if (start < stop) {
      if (++members > TRACE_STATE_MEMBERS_MAX || !isMember(text, start, stop)) return "";
    }
    from = end + 1;
  }
  return members === 0 ? "" : text;
}

/** The value of a member; undefined when there is none of that key. */
export function traceStateValue(traceState: string, key: string): string | undefined {
  for (const member of membersOf(traceState)) {
    if (member.startsWith(key) && member.charCodeAt(key.length) === EQUALS)
      return member.slice(key.length + 1);
  }
  return undefined;
}

/**
 * A `tracestate` with a member set, which moves to the front as that of whoever wrote last; the last members are left out
 * where the whole would go beyond the limits. A key or value that is not valid leaves it as it is.
 */
export function withTraceStateValue(traceState: string, key: string, value: string): string {
  const first = `${key}=${value}`;
  if (!isMember(first, 0, first.length) || value.endsWith(" ")) return traceState;
  let text = first;
  let members = 1;
  for (const member of membersOf(traceState)) {
    if (member.startsWith(key) && member.charCodeAt(key.length) === EQUALS) continue;
    if (members === TRACE_STATE_MEMBERS_MAX) break;
    if (text.length + 1 + member.length > TRACE_STATE_CHARACTERS_MAX) break;
    text += `,${member}`;
    members++;
  }
  return text;
}

function membersOf(traceState: string): string[] {
  if (traceState === "") return [];
  return traceState
    .split(",")
    .map((member) =>
      member.slice(afterSpace(member, 0, member.length), beforeSpace(member, 0, member.length)),
    )
    .filter((member) => member !== "");
}

function isMember(text: string, start: number, stop: number): boolean {
  const equals = text.indexOf("=", start);
  if (equals <= start || equals >= stop - 1) return false;
  if (equals - start > KEY_CHARACTERS_MAX || stop - equals - 1 > VALUE_CHARACTERS_MAX) return false;
  if (!isLetterOrDigit(text.charCodeAt(start))) return false;
  for (let at = start + 1; at < equals; at++) if (!isOfKey(text.charCodeAt(at))) return false;
  for (let at = equals + 1; at < stop; at++) if (!isOfValue(text.charCodeAt(at))) return false;
  return true;
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
}

/** A letter, a digit, or one of `* - / @ _`. */
function isOfKey(code: number): boolean {
  return isLetterOrDigit(code) || code === 42 || code === 45 || code === 47 || code === 64 || code === 95;
}

function isOfValue(code: number): boolean {
  return code >= SPACE && code <= 126 && code !== COMMA && code !== EQUALS;
}

function afterSpace(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  return at;
}

function beforeSpace(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}
