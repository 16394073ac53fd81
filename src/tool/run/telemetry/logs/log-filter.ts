import {
  hasWords,
  isOwnField,
  type LogEntry,
  type LogQuery,
  type LogWord,
  logWordsOf,
} from "../../../control-api/index.ts";
import { rankOf } from "./levels.ts";
import type { StoredLine } from "./stored-line.ts";

/** A text that stands in a line as it is, however the line is written: no writer of JSON escapes any of these characters. */
const UNESCAPED = /^[\w .:@-]+$/;

/** Tells which lines fit a query, from the cheapest question to the dearest: most lines are never read as what they are. Pure. */
export class LogFilter {
  readonly #query: LogQuery;
  readonly #rank: number;
  readonly #words: readonly LogWord[];
  /** Texts, in lower case, without which a line cannot fit. */
  readonly #needed: readonly string[];

  constructor(query: LogQuery) {
    this.#query = query;
    this.#rank = query.level === undefined ? 0 : rankOf(query.level);
    this.#words = logWordsOf(query.text ?? "");
    const needed = this.#words
      .filter(({ text, not, field }) => !not && UNESCAPED.test(text) && !(field && isOwnField(field)))
      .map(({ text }) => text);
    if (query.traceId !== undefined) needed.push(query.traceId.toLowerCase());
    this.#needed = needed;
  }

  /** Whether a line may fit, by its bytes alone: also of one that is written as JSON within JSON. */
  mayFit(line: string): boolean {
    if (this.#needed.length === 0) return true;
    // Colours may stand within a word.
    if (line.includes("\u001b") || line.includes("\\u001b")) return true;
    const lower = line.toLowerCase();
    return this.#needed.every((text) => lower.includes(text));
  }

  /** The entry, when it fits. */
  entryOf(line: StoredLine): LogEntry | undefined {
    const { parts, replica, fromMs, toMs, before, level, traceId } = this.#query;
    if (before !== undefined && line.id >= before) return undefined;
    if (fromMs !== undefined && line.timeMs < fromMs) return undefined;
    if (toMs !== undefined && line.timeMs > toMs) return undefined;
    if (replica !== undefined && line.replica !== replica) return undefined;
    if (parts && parts.length > 0 && !parts.includes(line.part)) return undefined;
    if (!this.mayFit(line.text)) return undefined;
    if (level !== undefined && line.rank < this.#rank) return undefined;
    const entry = line.entry();
    if (traceId !== undefined && entry.traceId !== traceId.toLowerCase()) return undefined;
    return hasWords(entry, this.#words) ? entry : undefined;
  }
}
