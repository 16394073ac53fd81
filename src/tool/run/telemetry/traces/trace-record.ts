import { appendFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../../blocks/time/index.ts";
import type { Trace } from "./trace.ts";
import { traceLine } from "./trace-line-format.ts";
import type { TraceWorth } from "./trace-store.ts";

/** The traces of a run, in its folder. */
export const TRACES_FILE = "traces.jsonl";
const BYTES_MAX = 16 * 1024 * 1024;
/** What waits to be written; a trace that comes while there is more is left out. */
const PENDING_CHARACTERS_MAX = 4 * 1024 * 1024;

/** How many traces are written down: so many at once, and so many per minute in the long run. */
interface Allowance {
  readonly burst: number;
  readonly perMinute: number;
}

const WORTH_KEEPING: Allowance = { burst: 500, perMinute: 60 };
const ORDINARY: Allowance = { burst: 20, perMinute: 6 };

export interface TraceRecordOptions {
  readonly clock: Clock;
  /** How much of the disk it takes at most, about. Default 16 MiB. */
  readonly bytesMax?: number;
}

/**
 * Writes traces of a run to `traces.jsonl`: those that failed or were slow, up to 60 a minute after a first 500, and of the ordinary ones a
 * sample, 6 a minute after a first 20. A file that has grown to half the bound is set aside as `traces.jsonl.1`, and the one that was set
 * aside before is dropped, so that a long run keeps its end.
 */
export class TraceRecord {
  readonly #path: string;
  readonly #halfBytes: number;
  readonly #worthKeeping: Bucket;
  readonly #ordinary: Bucket;
  #pending: string[] = [];
  #pendingCharacters = 0;
  #bytes = 0;
  #writing: Promise<void> | undefined;

  /** `folder` is that of the run. */
  constructor(folder: string, options: TraceRecordOptions) {
    this.#path = join(folder, TRACES_FILE);
    this.#halfBytes = (options.bytesMax ?? BYTES_MAX) / 2;
    this.#worthKeeping = new Bucket(options.clock, WORTH_KEEPING);
    this.#ordinary = new Bucket(options.clock, ORDINARY);
  }

  /** Takes a settled trace, for `TraceStoreOptions.onSettled`. Of one that it has, it writes what is new. */
  readonly add = (trace: Trace, worth: TraceWorth): void => {
    const from = trace.recordedSpans;
    if (from >= trace.spans.length || this.#pendingCharacters > PENDING_CHARACTERS_MAX) return;
    const bucket = worth === "ordinary" ? this.#ordinary : this.#worthKeeping;
    // The rest of a trace whose beginning was written is always worth writing.
    if (from === 0 && !bucket.take()) return;
    trace.recordedSpans = trace.spans.length;
    const line = `${traceLine(trace, from)}\n`;
    this.#pending.push(line);
    this.#pendingCharacters += line.length;
    this.#writing ??= this.#write();
  };

  /** Resolves when all that was taken is on disk, or could not be written. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #write(): Promise<void> {
    // After this turn, so that traces that settle together are written together.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const text = this.#pending.join("");
      this.#pending = [];
      this.#pendingCharacters = 0;
      try {
        const bytes = Buffer.byteLength(text);
        if (this.#bytes > 0 && this.#bytes + bytes > this.#halfBytes) {
          await rename(this.#path, `${this.#path}.1`);
          this.#bytes = 0;
        }
        await appendFile(this.#path, text, { mode: 0o600 });
        this.#bytes += bytes;
      } catch {
        // A full disk must not end the system: its record has a gap, and the traces in memory stay.
      }
    }
    this.#writing = undefined;
  }
}

/** A token bucket. */
class Bucket {
  readonly #clock: Clock;
  readonly #allowance: Allowance;
  #tokens: number;
  #lastMs: number;

  constructor(clock: Clock, allowance: Allowance) {
    this.#clock = clock;
    this.#allowance = allowance;
    this.#tokens = allowance.burst;
    this.#lastMs = clock.monotonicMs();
  }

  take(): boolean {
    const nowMs = this.#clock.monotonicMs();
    const { burst, perMinute } = this.#allowance;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#lastMs) / 60_000) * perMinute);
    this.#lastMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
