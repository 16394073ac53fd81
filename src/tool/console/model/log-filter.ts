import { hasWords, type Level, type LogEntry, logWordsOf } from "../../control-api/index.ts";

/** What of the logs is looked at, as the address has it: the part of a `LogQuery` that entries are matched by as they come. Pure. */
export interface LogFilter {
  readonly parts: readonly string[];
  readonly replica: string | undefined;
  readonly level: Level | undefined;
  readonly text: string;
  /** In lower case. */
  readonly traceId: string | undefined;
}

/** From the least to the most severe. */
export const LEVELS = [
  "trace",
  "debug",
  "info",
  "warn",
  "error",
  "fatal",
] as const satisfies readonly Level[];

/** Fewer than the API accepts in one search (32), so that a term more still fits. */
export const WORDS_MAX = 31;

/** Matches entries by the rules by which the supervisor searches: see `LogQuery`. */
export function entryMatcher({
  parts,
  replica,
  level,
  text,
  traceId,
}: LogFilter): (entry: LogEntry) => boolean {
  const words = logWordsOf(text);
  const rank = level === undefined ? 0 : LEVELS.indexOf(level);
  return (entry) =>
    (parts.length === 0 || parts.includes(entry.part)) &&
    (replica === undefined || entry.replica === replica) &&
    (traceId === undefined || entry.traceId === traceId) &&
    LEVELS.indexOf(entry.level ?? "info") >= rank &&
    hasWords(entry, words);
}

/** What of an entry's text is to be marked: the words that have to occur in it. */
export function markedWords(text: string): string[] {
  return logWordsOf(text)
    .filter(({ not, field }) => !not && (field === undefined || field === "text"))
    .map((word) => word.text);
}

/** What is to be marked in a field's value. */
export function markedInField(text: string, field: string): string[] {
  const name = field.toLowerCase();
  return logWordsOf(text)
    .filter((word) => !word.not && (word.field === undefined || word.field === name))
    .map((word) => word.text);
}

/** A term need not hold all of a long value to find it. */
const TERM_LENGTH_MAX = 120;

/**
 * The term that asks for a field's value, or (`not`) for entries without it. A quote cannot stand in a term: of a value that has some, the
 * longest piece between them does. Undefined where nothing is left. A field whose name no term can hold is looked for in all fields.
 */
export function fieldTerm(field: string, value: string, not = false): string | undefined {
  const piece = value
    .split('"')
    .reduce((longest, one) => (one.length > longest.length ? one : longest), "")
    .slice(0, TERM_LENGTH_MAX);
  if (piece === "") return undefined;
  const name = /^[a-z_@][\w@.-]*$/i.test(field) ? `${field}:` : "";
  const isBare = /^[\w@.][\w@./+=-]*$/.test(piece) && name !== "";
  return `${not ? "-" : ""}${name}${isBare ? piece : `"${piece}"`}`;
}

/** A search with a term more. The opposite of it goes, and the same is not said twice. */
export function withTerm(text: string, term: string): string {
  const opposite = term.startsWith("-") ? term.slice(1) : `-${term}`;
  const terms = termsOf(text).filter((one) => one !== opposite && one !== term);
  return [...terms, term].join(" ");
}

/** A search cut where its terms end, each as it was written. A quote that is not closed is closed. */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  let term = "";
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') {
      // A quote within a word is a character like any other: it opens a phrase at a term's beginning or behind its field alone.
      if (isQuoted || /^-?([a-z_@][\w@.-]*:)?$/i.test(term)) {
        term += character;
        if (isQuoted) {
          terms.push(term);
          term = "";
        }
        isQuoted = !isQuoted;
        continue;
      }
    }
    if (!isQuoted && /\s/.test(character)) {
      if (term !== "") terms.push(term);
      term = "";
    } else term += character;
  }
  if (term !== "") terms.push(isQuoted ? `${term}"` : term);
  return terms;
}
