import { usualName } from "./field-names.ts";

/** Characters of a token (RFC 9110, section 5.6.2): methods and field names are made of nothing else. */
const TOKEN = tableOf("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
const DELETE = 0x7f;

/** Whether a character may stand in a token. */
export function isTokenCharacter(code: number): boolean {
  return TOKEN[code] === 1;
}

/** Whether a character may stand in a field's value or a reason phrase: all but control characters, and the tab. */
export function isTextCharacter(code: number): boolean {
  return code >= SPACE ? code !== DELETE : code === TAB;
}

/**
 *     field-line = field-name ":" OWS field-value OWS              (RFC 9112, section 5; RFC 9110, section 5.5)
 *
 * Reads field lines, each with its CRLF, from `at` to the end of `text`, and appends names and values in turn to `fields`.
 * False when they break the grammar, whose exceptions are not made: no space before the colon, no folded line, no bare CR or LF,
 * no control character. Bytes beyond ASCII (`obs-text`) stand for themselves in values, and in names not at all. False too when
 * there are more than `countMax`: one more is in `fields` then. `text` holds one character per byte. Pure.
 */
export function readFieldLines(text: string, at: number, fields: string[], countMax: number): boolean {
  const { length } = text;
  const lengthMax = 2 * countMax;
  let start = at;
  while (start < length) {
    if (fields.length > lengthMax) return false;
    let colon = start;
    while (colon < length && TOKEN[text.charCodeAt(colon)] === 1) colon += 1;
    if (colon === start || text.charCodeAt(colon) !== COLON) return false;
    let from = colon + 1;
    while (isBlank(text.charCodeAt(from))) from += 1;
    let end = from;
    while (end < length && isTextCharacter(text.charCodeAt(end))) end += 1;
    if (text.charCodeAt(end) !== CR || text.charCodeAt(end + 1) !== LF) return false;
    let to = end;
    while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
    fields.push(usualName(text, start, colon) ?? text.slice(start, colon), text.slice(from, to));
    start = end + 2;
  }
  return fields.length <= lengthMax;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
