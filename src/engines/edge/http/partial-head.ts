import { isTextCharacter, isTokenCharacter } from "./field-lines.ts";

const CR = 0x0d;
const LF = 0x0a;
const NOTHING: Buffer = Buffer.alloc(0);
/** Room for a head that came in pieces; doubled as it grows. */
const FIRST_BYTES = 1_024;

/**
 * The beginning of a head whose end has not come. Each byte is copied and looked at once, or a few times while the memory
 * grows, so that a head that is dribbled byte by byte costs no more than in proportion to its size.
 */
export class PartialHead {
  /** How many bytes are held. */
  length = 0;
  #memory: Buffer = NOTHING;
  /** So many bytes from the beginning have been found good. */
  #looked = 0;

  /** From where the head's end has to be searched. Three bytes of it may be here already. */
  get searchFrom(): number {
    return Math.max(0, this.#looked - 3);
  }

  /** What is held. */
  get held(): Buffer {
    return this.#memory.subarray(0, this.length);
  }

  /** What is held, and behind it what has come now. The memory is the head's own. */
  join(bytes: Buffer): Buffer {
    if (this.length === 0) return bytes;
    const total = this.length + bytes.length;
    if (total > this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, 2 * total));
      this.#memory.copy(larger, 0, 0, this.length);
      this.#memory = larger;
    }
    bytes.copy(this.#memory, this.length);
    return this.#memory.subarray(0, total);
  }

  /** Holds `bytes` from `at` on, which may be what `join` gave. False when they cannot be the beginning of a head. */
  hold(bytes: Buffer, at: number): boolean {
    const length = bytes.length - at;
    if (at > 0) this.#looked = Math.max(0, this.#looked - at);
    if (!mayBecomeHead(bytes, at, this.#looked)) return false;
    const isOwn = bytes.buffer === this.#memory.buffer;
    if (isOwn) this.#memory.copyWithin(0, at, bytes.length);
    else if (length > 0) {
      // What was fed will be written over.
      this.#memory = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, length));
      bytes.copy(this.#memory, 0, at);
    }
    this.length = length;
    this.#looked = length;
    return true;
  }

  /** Lets go of it. What `join` gave stays as it is. */
  drop(): void {
    if (this.length === 0) return;
    this.#memory = NOTHING;
    this.length = 0;
    this.#looked = 0;
  }
}

/** Where the empty line begins that ends a head, at its `\r\n\r\n`; -1 when it is not here. */
export function headEnd(bytes: Buffer, from: number): number {
  const { length } = bytes;
  // Looks at every fourth byte: none of the four can be missed.
  let at = from + 3;
  while (at < length) {
    const byte = bytes[at];
    if (byte === LF) {
      if (bytes[at - 1] === CR && bytes[at - 2] === LF && bytes[at - 3] === CR) return at - 3;
      at += 2;
    } else at += byte === CR ? 1 : 4;
  }
  return -1;
}

/**
 * Whether the bytes from `at` on can be the beginning of a head: who sends anything else would otherwise wait for its answer until
 * the head is overdue. The first `looked` of them have been found good before.
 */
function mayBecomeHead(bytes: Buffer, at: number, looked: number): boolean {
  if (looked === 0 && bytes.length > at) {
    const first = bytes[at] ?? 0;
    if (first !== CR && !isTokenCharacter(first)) return false;
  }
  let before = looked > 0 ? (bytes[at + looked - 1] ?? 0) : 0;
  for (let next = at + looked; next < bytes.length; next++) {
    const byte = bytes[next] ?? 0;
    if (byte === LF) {
      if (before !== CR) return false;
    } else if (before === CR) return false;
    else if (byte !== CR && !isTextCharacter(byte)) return false;
    before = byte;
  }
  return true;
}
