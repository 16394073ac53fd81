import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { LogLine } from "../../../control-api/index.ts";
import type { Stretch } from "./line-queue.ts";
import type { LogFilter } from "./log-filter.ts";
import type { LineSource } from "./log-search.ts";
import { StoredLine } from "./stored-line.ts";

const BLOCK_BYTES = 64 * 1024;
/** A line that is longer was not written by a run. */
const LINE_BYTES_MAX = 1024 * 1024;

/**
 * The log of a part in the record of a run, newest first: `logs/<part>.jsonl`, then what was set aside before it. Holds one block of
 * 64 KiB at a time. Files may be added to and set aside meanwhile.
 */
export class RecordedLines implements LineSource {
  readonly #paths: string[];
  readonly #below: number;
  /** The id that was given last: those before are smaller. */
  #last = Number.POSITIVE_INFINITY;
  #file: FileHandle | undefined;
  #position = 0;
  #rest: Buffer = Buffer.alloc(0);

  /** `folder` is the run's; only lines before the id `below` are given. */
  constructor(folder: string, part: string, below = Number.POSITIVE_INFINITY) {
    const path = join(folder, "logs", `${part}.jsonl`);
    this.#paths = [path, `${path}.1`];
    this.#below = below;
  }

  async older(filter: LogFilter): Promise<Stretch | undefined> {
    for (;;) {
      const texts = await this.#block();
      if (!texts) return undefined;
      const lines = this.#linesOf(texts, filter);
      if (lines.length > 0) return { lines, from: 0, to: lines.length };
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#paths.length = 0;
    await file?.close().catch(() => {});
  }

  /**
   * Reads those that may fit and, so that a search knows how far it has come, the oldest of each block. Only lines older than all
   * before: a file that is set aside meanwhile comes twice.
   */
  #linesOf(texts: readonly string[], filter: LogFilter): StoredLine[] {
    const oldest = parsedLine(texts[0] ?? "");
    // What came later than what is looked for is passed over quickly.
    if (oldest && (oldest.id ?? Math.floor(oldest.timeMs * 1_000)) >= this.#below) return [];
    const lines: StoredLine[] = [];
    for (let at = texts.length - 1; at >= 0; at--) {
      const text = texts[at] ?? "";
      if (text === "" || (at > 0 && !filter.mayFit(text))) continue;
      const line = at === 0 ? oldest : parsedLine(text);
      if (!line) continue;
      // Lines of older versions have no ids: they get them by their times, below those of the lines after them.
      const id = line.id ?? Math.min(Math.floor(line.timeMs * 1_000) + 999, this.#last - 1);
      if (id >= this.#last) continue;
      this.#last = id;
      if (id < this.#below) lines.push(new StoredLine(id, line));
    }
    return lines.reverse();
  }

  /** The lines of the next older block, oldest first. */
  async #block(): Promise<string[] | undefined> {
    try {
      if (!this.#file && !(await this.#openNext())) return undefined;
      const file = this.#file;
      if (!file) return undefined;
      const size = Math.min(BLOCK_BYTES, this.#position);
      const block = Buffer.allocUnsafe(size);
      this.#position -= size;
      const { bytesRead } = await file.read(block, 0, size, this.#position);
      let bytes = Buffer.concat([block.subarray(0, bytesRead), this.#rest]);
      this.#rest = Buffer.alloc(0);
      if (this.#position > 0) {
        // The first line of a block began in the one before it.
        const end = bytes.indexOf(10);
        if (end < 0) {
          this.#rest = bytes.length > LINE_BYTES_MAX ? Buffer.alloc(0) : bytes;
          return [];
        }
        this.#rest = Buffer.from(bytes.subarray(0, end));
        bytes = bytes.subarray(end + 1);
      } else {
        this.#file = undefined;
        await file.close();
      }
      return bytes.toString("utf8").split("\n");
    } catch {
      await this.close();
      return undefined;
    }
  }

  async #openNext(): Promise<boolean> {
    for (let path = this.#paths.shift(); path !== undefined; path = this.#paths.shift()) {
      try {
        this.#file = await open(path, "r");
        this.#position = (await this.#file.stat()).size;
        return true;
      } catch {
        // A part that has written little has one file, or none.
      }
    }
    return false;
  }
}

/** A line of the record; undefined for what is none, as where a killed process left half of one. */
function parsedLine(text: string): (LogLine & { readonly timeMs: number }) | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isLine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isLine(value: unknown): value is LogLine & { readonly timeMs: number } {
  if (typeof value !== "object" || value === null) return false;
  const { timeMs, part, replica, stream, text, id } = value as Readonly<Record<string, unknown>>;
  return (
    typeof timeMs === "number" &&
    typeof part === "string" &&
    typeof replica === "string" &&
    typeof text === "string" &&
    (stream === "stdout" || stream === "stderr" || stream === "trestle" || stream === "otlp") &&
    (id === undefined || Number.isSafeInteger(id))
  );
}
