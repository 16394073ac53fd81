import type { StoredLine } from "./stored-line.ts";

/** The object with its boxed numbers, its place in the queue with the room that this has to grow, and the header of its text. */
const LINE_BYTES = 24 + 7 * 8 + 2 * 16 + 12 + 20;
/** A queue is moved up when so many places at its front are empty, and these are the greater part. */
const EMPTY_PLACES_MAX = 512;

/** The lines of one part, oldest first. Pure. */
export class LineQueue {
  /** About how much of the heap they take. */
  bytes = 0;
  /** Whether lines had to go: then older ones stand on disk alone. */
  hasLost = false;
  #lines: StoredLine[] = [];
  #first = 0;

  get length(): number {
    return this.#lines.length - this.#first;
  }

  get oldest(): StoredLine | undefined {
    return this.#lines[this.#first];
  }

  add(line: StoredLine): void {
    this.#lines.push(line);
    this.bytes += sizeOf(line);
  }

  /** Lets the oldest go. */
  drop(): void {
    const line = this.#lines[this.#first];
    if (!line) return;
    this.bytes -= sizeOf(line);
    this.hasLost = true;
    this.#first++;
    if (this.#first > EMPTY_PLACES_MAX && 2 * this.#first > this.#lines.length) {
      // A new list: whoever walks through the old one goes on in that.
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The lines as they are now. What comes and goes later does not change it. */
  snapshot(): Stretch {
    return { lines: this.#lines, from: this.#first, to: this.#lines.length };
  }
}

/** Lines of a list, oldest first: those from `from` to before `to`. */
export interface Stretch {
  readonly lines: readonly StoredLine[];
  readonly from: number;
  readonly to: number;
}

/** Two bytes a character unless it is of Latin-1: told by the first few hundred, which is where texts differ. */
function sizeOf({ text }: StoredLine): number {
  const looked = Math.min(text.length, 256);
  for (let at = 0; at < looked; at++) if (text.charCodeAt(at) > 255) return LINE_BYTES + 2 * text.length;
  return LINE_BYTES + text.length;
}
