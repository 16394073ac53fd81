export type Level = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** One log entry, whether it was a line of a process or came over OTLP. */
export interface LogEntry {
  /** Rises with the order of arrival; unique in a run. */
  readonly id: number;
  readonly timeMs: number;
  readonly part: string;
  readonly replica: string;
  readonly source: "stdout" | "stderr" | "trestle" | "otlp";
  /** What the line says of itself; `error` of stderr is not assumed. Undefined when it says nothing. */
  readonly level?: Level;
  /** The message; of a JSON line its `msg` or `message`, else the line as it is. */
  readonly text: string;
  /** Other fields of a structured entry, nested ones by dotted path; values as text. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly traceId?: string;
  readonly spanId?: string;
}

/** Asks for entries. In the URL under these names; `part` may stand more than once. */
export interface LogQuery {
  readonly parts?: readonly string[];
  readonly replica?: string;
  /** This level and those above it; entries without a level count as `info`. */
  readonly level?: Level;
  /**
   * Words that all have to occur, in the text or a field's value; case does not matter. `"two words"` is a phrase, `-word` must not
   * occur, `field:value` (or `field:"two words"`) is looked for in that field.
   */
  readonly text?: string;
  readonly traceId?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only entries before this one, by id: the next page. */
  readonly before?: number;
  /** 1 to 1,000. Default 200. */
  readonly limit?: number;
}

export interface LogAnswer {
  /** Oldest first; the newest that fit the query. */
  readonly entries: readonly LogEntry[];
  /** Whether there may be older ones: there are, or the search's time was up. */
  readonly more: boolean;
  /** `before` of the query that goes on from here; present when there is more, also when nothing was found in time. */
  readonly next?: number;
}
