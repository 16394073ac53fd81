import type { LogTarget } from "../log-target.ts";

/** A target in memory, which takes what it is given at once, or when it is told to, or not at all. */
export class MemoryTarget implements LogTarget {
  readonly pieceBytes: number;
  /** How much each write was of. */
  readonly writes: number[] = [];
  /** While set, writes wait for `release`. */
  isHeld = false;
  /** While set, writes fail after so many bytes of them. */
  failsAfterBytes: number | undefined;
  reopened = 0;
  closed = 0;
  #text = "";
  #held: (() => void) | undefined;

  constructor(pieceBytes = 1_024) {
    this.pieceBytes = pieceBytes;
  }

  get text(): string {
    return this.#text;
  }

  get lines(): readonly string[] {
    return this.#text.split("\n").slice(0, -1);
  }

  write(bytes: Buffer, done: (error: Error | undefined, writtenBytes: number) => void): void {
    if (this.#held) throw new Error("written to before the last write was done");
    this.#held = () => {
      this.#held = undefined;
      const writtenBytes = Math.min(bytes.length, this.failsAfterBytes ?? bytes.length);
      this.#text += bytes.toString("utf8", 0, writtenBytes);
      this.writes.push(writtenBytes);
      done(this.failsAfterBytes === undefined ? undefined : new Error("no space"), writtenBytes);
    };
    if (!this.isHeld) this.#held();
  }

  /** Lets everything through that waits. */
  release(): void {
    this.isHeld = false;
    this.#held?.();
  }

  async reopen(): Promise<void> {
    this.reopened += 1;
  }

  close(): void {
    this.closed += 1;
  }
}
