/** The grammar of HTTP/2's fields (RFC 9113, section 8.2), and those that it has no use for. Pure. */

import { isTextCharacter, isTokenCharacter } from "../http/field-lines.ts";

const SPACE = 0x20;
const TAB = 0x09;
const DELETE = 0x7f;
const COLON = 0x3a;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const BYTE_MAX = 0xff;

/** Whether this is the name of a pseudo-field, by its first character. */
export function isPseudoField(name: string): boolean {
  return name.charCodeAt(0) === COLON;
}

/** Whether this is a field's name: a token without capital letters. */
export function isLowerToken(name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (!isTokenCharacter(code) || (code >= UPPER_A && code <= UPPER_Z)) return false;
  }
  return name.length > 0;
}

/** Whether this is a token, as methods are. */
export function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (!isTokenCharacter(text.charCodeAt(at))) return false;
  return text.length > 0;
}

/**
 * Whether this is a field's value: one character per byte, no control character but the tab, no blank at either end. What HTTP/2
 * could carry and HTTP/1.1 could not, line ends above all, ends here.
 */
export function isFieldValue(value: string): boolean {
  const { length } = value;
  if (length === 0) return true;
  if (isBlank(value.charCodeAt(0)) || isBlank(value.charCodeAt(length - 1))) return false;
  for (let at = 0; at < length; at++) {
    const code = value.charCodeAt(at);
    if (!isTextCharacter(code) || code > BYTE_MAX) return false;
  }
  return true;
}

/** Whether a target may stand in a request line: no blank, no control character, one character per byte. */
export function isVisible(target: string): boolean {
  for (let at = 0; at < target.length; at++) {
    const code = target.charCodeAt(at);
    if (code <= SPACE || code === DELETE || code > BYTE_MAX) return false;
  }
  return target.length > 0;
}

/** Whether a field, whose name is in lower case, speaks of a connection of HTTP/1.1: HTTP/2 must not carry it (section 8.2.2). */
export function isConnectionField(name: string): boolean {
  switch (name) {
    case "connection":
    case "keep-alive":
    case "proxy-connection":
    case "transfer-encoding":
    case "upgrade":
      return true;
    default:
      return false;
  }
}

/** Whether all names and values of a message's fields or trailers, in turn, are what they should be. Pseudo-fields are not. */
export function areRegularFields(fields: readonly string[]): boolean {
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = fields[at] ?? "";
    if (!isLowerToken(name) || isConnectionField(name) || !isFieldValue(fields[at + 1] ?? "")) return false;
  }
  return true;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
