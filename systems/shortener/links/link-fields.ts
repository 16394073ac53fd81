import { CODE_PATTERN, isReserved } from "../codes/reserved-codes.ts";
import type { Reading } from "./fields.ts";

export const URL_LENGTH_MAX = 2_048;
export const TITLE_LENGTH_MAX = 200;

/** What may stand in a `Location` header as it is; everything else is sent through the URL parser, which encodes it. */
const PLAIN_URL = /^https?:\/\/[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;

/** A URL of the web, ready for a `Location` header; none of this service's own links (`origin`), and none with a password. */
export function readUrl(value: unknown, origin: string): Reading<string> {
  if (typeof value !== "string") return { wrong: "Must be a URL, as a string" };
  if (value.length > URL_LENGTH_MAX) return { wrong: `Must be at most ${URL_LENGTH_MAX} characters long` };
  if (!URL.canParse(value)) return { wrong: "Must be a whole URL, such as https://example.com/page" };
  const parsed = new URL(value);
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") {
    return { wrong: "Must begin with http:// or https://" };
  }
  if (parsed.username || parsed.password) return { wrong: "Must not contain a user name or password" };
  // A link to a link could lead in a circle.
  const path = parsed.pathname.slice(1);
  if (parsed.origin === origin && CODE_PATTERN.test(path) && !isReserved(path)) {
    return { wrong: "Is a short link already" };
  }
  const url = PLAIN_URL.test(value) ? value : parsed.href;
  if (url.length > URL_LENGTH_MAX) return { wrong: `Must be at most ${URL_LENGTH_MAX} characters, encoded` };
  return { value: url };
}

/** A code that somebody chose. */
export function readCode(value: unknown): Reading<string> {
  if (typeof value !== "string" || !CODE_PATTERN.test(value)) {
    return { wrong: "Must be 3 to 32 letters, digits, hyphens or underscores" };
  }
  return isReserved(value) ? { wrong: "Is reserved; choose another" } : { value };
}

/** One line of text, without the space around it. */
export function readTitle(value: unknown): Reading<string> {
  if (typeof value !== "string") return { wrong: "Must be a string" };
  const title = value.trim();
  if (title.length > TITLE_LENGTH_MAX)
    return { wrong: `Must be at most ${TITLE_LENGTH_MAX} characters long` };
  // Control characters have no place in one line of text, and lone surrogates none in UTF-8.
  if (/\p{Cc}/u.test(title) || !title.isWellFormed()) return { wrong: "Must be one line of text" };
  return { value: title };
}

/** Whether to redirect by 301. */
export function readPermanent(value: unknown): Reading<boolean> {
  return typeof value === "boolean" ? { value } : { wrong: "Must be true or false" };
}

/** RFC 3339, section 5.6: a date, a time and an offset. */
const TIME = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i;

/** A moment, to the millisecond. */
export function readTime(value: unknown): Reading<Date> {
  const wrong = "Must be a time with its offset, such as 2030-01-31T12:00:00Z";
  const match = typeof value === "string" ? TIME.exec(value) : null;
  if (!match || typeof value !== "string") return { wrong };
  const time = new Date(value.toUpperCase());
  // The 30th of February would be read as the 1st or 2nd of March.
  const daysInMonth = new Date(Date.UTC(Number(match[1]), Number(match[2]), 0)).getUTCDate();
  if (Number.isNaN(time.getTime()) || Number(match[3]) > daysInMonth) return { wrong };
  return { value: time };
}
