import { isTokenCharacter } from "./field-lines.ts";

/** What is wrong with a request's line, and with a request. */
export type RequestLineProblem =
  /** It breaks the grammar, or could be read in two ways. */
  | "malformed"
  /** Its method is longer than any that there is. */
  | "method-too-long"
  /** It is one of another version than HTTP/1.0 and HTTP/1.1. */
  | "other-version";

const SPACE = 0x20;
const DELETE = 0x7f;
const DIGIT_0 = 0x30;
/** The longest method that is registered (RFC 3253 and its like) has 17 characters. */
const METHOD_CHARACTERS_MAX = 32;

/**
 *     request-line = method SP request-target SP HTTP-version CRLF        (RFC 9112, section 3)
 *     HTTP-version = "HTTP/" DIGIT "." DIGIT
 *
 * Reads request lines, one after the other. The blanks that a server may tolerate beside the single spaces are not: where the target
 * ends would else be a matter of opinion. A target may hold anything visible here; `readTarget` knows its grammar. Pure.
 */
export class RequestLine {
  method = "";
  target = "";
  /** The version's second digit. */
  minor = 0;
  /** Where the field lines begin. */
  end = 0;

  /** Takes the line that `text` begins with, one character per byte. Says what is wrong with it, if anything is. */
  read(text: string): RequestLineProblem | undefined {
    this.end = 0;
    const methodEnd = tokenEnd(text);
    const targetEnd = visibleEnd(text, methodEnd + 1);
    if (methodEnd === 0 || text.charCodeAt(methodEnd) !== SPACE) return "malformed";
    if (targetEnd === methodEnd + 1 || !text.startsWith(" HTTP/", targetEnd)) return "malformed";
    const major = digit(text, targetEnd + 6);
    const minor = digit(text, targetEnd + 8);
    if (major < 0 || minor < 0 || text.charCodeAt(targetEnd + 7) !== 0x2e) return "malformed";
    if (!text.startsWith("\r\n", targetEnd + 9)) return "malformed";
    this.end = targetEnd + 11;
    if (major !== 1 || minor > 1) return "other-version";
    if (methodEnd > METHOD_CHARACTERS_MAX) return "method-too-long";
    this.method = text.slice(0, methodEnd);
    this.target = text.slice(methodEnd + 1, targetEnd);
    this.minor = minor;
    return undefined;
  }
}

/** Where the token ends that the text begins with. */
function tokenEnd(text: string): number {
  let at = 0;
  while (isTokenCharacter(text.charCodeAt(at))) at += 1;
  return at;
}

/** Where the first blank or control character stands. */
function visibleEnd(text: string, at: number): number {
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || code === DELETE) break;
  }
  return at;
}

/** -1 when there is none. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - DIGIT_0;
  return value >= 0 && value <= 9 ? value : -1;
}
