import type { Terminal } from "../terminal.ts";

/** Work that is over sooner says nothing. */
const QUIET_MS = 1_000;
/** A line that changes more often is not read. */
const PAUSE_MS = 100;

/** Says on the terminal how far something is that takes more than a second, in a line that is gone afterwards. */
export class Progress {
  readonly #terminal: Pick<Terminal, "err" | "clock">;
  readonly #startedMs: number;
  #saidMs = Number.NEGATIVE_INFINITY;

  constructor(terminal: Pick<Terminal, "err" | "clock">) {
    this.#terminal = terminal;
    this.#startedMs = terminal.clock.monotonicMs();
  }

  /** `share` is 0 to 1. */
  say(what: string, share: number): void {
    const { err, clock } = this.#terminal;
    if (!err.isTerminal) return;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#startedMs < QUIET_MS || nowMs - this.#saidMs < PAUSE_MS) return;
    this.#saidMs = nowMs;
    err.write(`\r\x1b[K${what.slice(0, Math.max(10, err.columns - 8))}: ${Math.floor(share * 100)}%`);
  }

  /** Takes the line away. */
  done(): void {
    if (Number.isFinite(this.#saidMs)) this.#terminal.err.write("\r\x1b[K");
    this.#saidMs = Number.NEGATIVE_INFINITY;
  }
}
