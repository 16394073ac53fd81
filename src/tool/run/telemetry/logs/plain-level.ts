import type { Level } from "../../../control-api/index.ts";
import { levelOfWord } from "./levels.ts";

/** Behind so many characters no level is looked for: timestamps, thread names and the like come first. */
const FRONT_CHARACTERS = 80;

/**
 * The level that a plain line names near its front. A word counts as one when it is written
 *
 * - in capitals and stands by itself: `2026-01-01 12:00:00 INFO started`, PostgreSQL's `ERROR:  …`;
 * - in brackets, in any case: `[warn] …`, `<error>`;
 * - before a colon, as the line's first word or after a time: `error: …`, `12:00:01 Warning: …`;
 * - after a time, in any case: `2026-01-01T12:00:00Z info …`;
 *
 * and glog's and klog's letter before the date: `E0102 12:00:00`. Pure.
 */
export function levelOfPlain(line: string): Level | undefined {
  if (/^[IWEF]\d{4} /.test(line)) return GLOG[line[0] ?? ""];
  const end = Math.min(line.length, FRONT_CHARACTERS);
  let onlyTimeBefore = true;
  for (let at = 0; at < end; ) {
    if (!isLetter(line.charCodeAt(at))) {
      at++;
      continue;
    }
    let to = at + 1;
    while (to < line.length && isWordCharacter(line.charCodeAt(to))) to++;
    const level = levelOfWord(line.slice(at, to));
    if (level && isNamed(line, at, to, onlyTimeBefore)) return level;
    onlyTimeBefore &&= isOfTime(line, at, to);
    at = to;
  }
  return undefined;
}

const GLOG: Readonly<Record<string, Level>> = { I: "info", W: "warn", E: "error", F: "fatal" };

function isNamed(line: string, from: number, to: number, onlyTimeBefore: boolean): boolean {
  const before = line[from - 1] ?? " ";
  const after = line[to] ?? " ";
  if ("[<(".includes(before) && "]>)".includes(after)) return true;
  if (!" \t|[".includes(before) || !" \t:|],".includes(after)) return false;
  const word = line.slice(from, to);
  // "log" is a word of many sentences; PostgreSQL writes `LOG:`.
  if (word.toLowerCase() === "log") return word === "LOG" && after === ":";
  if (word === word.toUpperCase()) return true;
  return onlyTimeBefore && (after === ":" || from > 0);
}

/** Whether a word may be part of a time: the T and Z of ISO 8601, the names of months, days and zones. */
function isOfTime(line: string, from: number, to: number): boolean {
  const isBesideDigits = isDigit(line.charCodeAt(from - 1)) || isDigit(line.charCodeAt(from - 2));
  return isBesideDigits || (to - from <= 3 && isDigit(line.charCodeAt(to + 1)));
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWordCharacter(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 95;
}
