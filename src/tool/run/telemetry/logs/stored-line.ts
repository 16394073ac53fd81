import type { LogEntry, LogLine } from "../../../control-api/index.ts";
import { rankOf } from "./levels.ts";
import { type LineReading, readLine } from "./line-reading.ts";
import { readOtlpLine } from "./otlp-line.ts";

const NOT_READ = -1;

/** An entry as it is kept: the line, which is read when someone looks at it. */
export class StoredLine {
  readonly id: number;
  readonly timeMs: number;
  readonly part: string;
  readonly replica: string;
  readonly source: LogLine["stream"];
  readonly text: string;
  #rank = NOT_READ;

  constructor(id: number, line: LogLine & { readonly timeMs: number }) {
    this.id = id;
    this.timeMs = line.timeMs;
    this.part = line.part;
    this.replica = line.replica;
    this.source = line.stream;
    this.text = line.text;
  }

  /** The place of its level, 0 to 5; one that says nothing counts as `info`. Read once. */
  get rank(): number {
    if (this.#rank === NOT_READ) this.#rank = rankOf(this.#reading().level);
    return this.#rank;
  }

  /** What is told of it. */
  entry(): LogEntry {
    const { id, timeMs, part, replica, source } = this;
    return { id, timeMs, part, replica, source, ...this.#reading() };
  }

  #reading(): LineReading {
    return this.source === "otlp" ? readOtlpLine(this.text) : readLine(this.text);
  }
}
