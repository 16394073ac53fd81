import type { Journal } from "../journal.ts";
import { ClickBuffer } from "./click-buffer.ts";
import type { ClickBatch, Clicks } from "./clicks.ts";

/** How often clicks are taken to the database: a process that is killed loses those of at most 1 s. */
export const FLUSH_INTERVAL_MS = 500;

/**
 * Counts clicks off the redirect's path: `record` only adds up in memory, and `flush` takes what has come together to the
 * database.
 *
 * A batch keeps its id until the database has acknowledged it, so that one whose acknowledgement was lost is not counted
 * twice; while it is being tried, new clicks gather behind it.
 */
export class ClickCounter {
  readonly #clicks: Clicks;
  readonly #buffer: ClickBuffer;
  readonly #journal: Journal;
  readonly #newId: () => string;
  #pending: ClickBatch | undefined;
  #flushing: Promise<boolean> | undefined;

  constructor(options: { clicks: Clicks; journal: Journal; newId: () => string; buffer?: ClickBuffer }) {
    this.#clicks = options.clicks;
    this.#journal = options.journal;
    this.#newId = options.newId;
    this.#buffer = options.buffer ?? new ClickBuffer();
  }

  /** Notes one click. `referer` and `userAgent` are headers as they came. */
  record(linkId: number, atMs: number, referer: string | undefined, userAgent: string | undefined): void {
    this.#buffer.add(linkId, atMs, referer, userAgent);
    if (this.#buffer.isFull && !this.#flushing) void this.flush();
  }

  /** Takes the clicks so far to the database. True when none are left; false when it could not be reached. */
  flush(): Promise<boolean> {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  async #flush(): Promise<boolean> {
    for (;;) {
      this.#pending ??= this.#take();
      if (!this.#pending) return true;
      try {
        await this.#clicks.add(this.#pending);
        this.#pending = undefined;
      } catch (thrown) {
        this.#journal.error("clicks could not be counted yet", { cause: thrown });
        return false;
      }
    }
  }

  #take(): ClickBatch | undefined {
    if (this.#buffer.isEmpty) return undefined;
    const { rows, dropped } = this.#buffer.take();
    if (dropped > 0) this.#journal.error("clicks were dropped: too many different ones to hold", { dropped });
    return { id: this.#newId(), rows };
  }
}
