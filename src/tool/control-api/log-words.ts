import type { LogEntry } from "./logs.ts";

/** One condition of a search in logs. */
export interface LogWord {
  /** In lower case; a phrase has its spaces. Not empty. */
  readonly text: string;
  /** The field in which it has to occur, in lower case; undefined for the text and all fields. */
  readonly field: string | undefined;
  /** Whether it must not occur. */
  readonly not: boolean;
}

/** What can be named like a field beside an entry's own fields. */
const OWN_FIELDS: Readonly<Record<string, (entry: LogEntry) => string>> = {
  text: (entry) => entry.text,
  level: (entry) => entry.level ?? "",
  part: (entry) => entry.part,
  replica: (entry) => entry.replica,
  source: (entry) => entry.source,
  traceid: (entry) => entry.traceId ?? "",
  spanid: (entry) => entry.spanId ?? "",
};

/**
 * Reads the words of a search:
 *
 *     words = *( word / space )
 *     word  = ["-"] [field ":"] ( text / DQUOTE *any DQUOTE )
 *
 * A field's name begins with a letter, `_` or `@`, and holds letters, digits, `_`, `@`, `.` and `-`; `http://host` names none. A quote that is
 * not closed goes to the end. Words without text are left out. Pure.
 */
export function logWordsOf(query: string): LogWord[] {
  const words: LogWord[] = [];
  for (let at = 0; at < query.length; ) {
    if (isSpace(query, at)) {
      at++;
      continue;
    }
    const not = query[at] === "-" && at + 1 < query.length && !isSpace(query, at + 1);
    if (not) at++;
    const colon = endOfField(query, at);
    const field = colon === undefined ? undefined : query.slice(at, colon).toLowerCase();
    const from = colon === undefined ? at : colon + 1;
    const isQuoted = query[from] === '"';
    const end = isQuoted ? endOfQuote(query, from + 1) : endOfWord(query, from);
    const text = query.slice(isQuoted ? from + 1 : from, end).toLowerCase();
    if (text !== "") words.push({ text, field, not });
    at = isQuoted ? end + 1 : end;
  }
  return words;
}

/** Whether all conditions hold of an entry. Case does not matter. */
export function hasWords(entry: LogEntry, words: readonly LogWord[]): boolean {
  return words.every((word) => occurs(entry, word) !== word.not);
}

/** Whether a word's field is one that every entry has, rather than one of its line. */
export function isOwnField(field: string): boolean {
  return Object.hasOwn(OWN_FIELDS, field);
}

function occurs(entry: LogEntry, { text, field }: LogWord): boolean {
  if (field === undefined) {
    if (has(entry.text, text)) return true;
    return entry.fields !== undefined && Object.values(entry.fields).some((value) => has(value, text));
  }
  if (isOwnField(field) && has(OWN_FIELDS[field]?.(entry) ?? "", text)) return true;
  if (!entry.fields) return false;
  return Object.entries(entry.fields).some(
    ([name, value]) => name.length === field.length && name.toLowerCase() === field && has(value, text),
  );
}

function has(value: string, text: string): boolean {
  return value.length >= text.length && value.toLowerCase().includes(text);
}

/** Where the colon behind a field's name stands; undefined when there is none. */
function endOfField(query: string, from: number): number | undefined {
  if (!/[a-z_@]/i.test(query[from] ?? "")) return undefined;
  let at = from + 1;
  while (at < query.length && /[\w@.-]/.test(query[at] ?? "")) at++;
  const isField = query[at] === ":" && at + 1 < query.length && !isSpace(query, at + 1);
  return isField && !query.startsWith("//", at + 1) ? at : undefined;
}

function endOfWord(query: string, from: number): number {
  let end = from;
  while (end < query.length && !isSpace(query, end)) end++;
  return end;
}

function endOfQuote(query: string, from: number): number {
  const end = query.indexOf('"', from);
  return end < 0 ? query.length : end;
}

function isSpace(text: string, at: number): boolean {
  return /\s/.test(text[at] ?? "");
}
