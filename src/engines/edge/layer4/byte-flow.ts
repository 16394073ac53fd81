import type { Duplex } from "node:stream";

/** One direction of a tunnel: passes bytes on as they are, and stops reading while the other side has not taken the last ones. */
export class ByteFlow {
  /** How many have been passed on. */
  bytes = 0;
  readonly #from: Duplex;
  readonly #to: Duplex;
  #isHeld = false;

  constructor(from: Duplex, to: Duplex) {
    this.#from = from;
    this.#to = to;
  }

  /** Whether it waits for the other side. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** True when the memory may be written over at once; else not before `from` is read again. */
  write(bytes: Buffer): boolean {
    const to = this.#to;
    if (!to.writable) return true;
    this.bytes += bytes.length;
    to.write(bytes, this.#onWritten);
    // What the kernel has taken at once is no longer counted here.
    if (to.writableLength === 0) return true;
    if (!this.#isHeld) {
      this.#isHeld = true;
      this.#from.pause();
    }
    return false;
  }

  readonly #onWritten = (): void => {
    if (!this.#isHeld || this.#to.writableLength > 0) return;
    this.#isHeld = false;
    this.#from.resume();
  };
}
