/** "expand 32-byte k", the constant that opens every state (RFC 8439, section 2.3). */
const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;

/**
 * The ChaCha20 block function (RFC 8439, section 2.3) on 32-bit words: key and input decide 512 bits that nobody can tell
 * from chance without the key. Used here as a keyed function of small numbers, not as a cipher.
 */
export class ChaCha20 {
  readonly #initial = new Uint32Array(16);
  readonly #working = new Uint32Array(16);

  /** `key` is 32 bytes. @throws RangeError when it is not. */
  constructor(key: Uint8Array) {
    if (key.length !== 32) throw new RangeError(`a ChaCha20 key has 32 bytes, not ${key.length}`);
    this.#initial.set(CONSTANTS, 0);
    const bytes = new DataView(key.buffer, key.byteOffset, key.byteLength);
    for (let word = 0; word < 8; word++) this.#initial[4 + word] = bytes.getUint32(word * 4, true);
  }

  /**
   * The 16 words of the block at `counter` under the three words of `nonce`. The array returned is used again by the next
   * call: read it before.
   */
  block(counter: number, nonce: readonly [number, number, number]): Uint32Array {
    const initial = this.#initial;
    initial[12] = counter;
    initial[13] = nonce[0];
    initial[14] = nonce[1];
    initial[15] = nonce[2];
    const working = this.#working;
    working.set(initial);
    for (let doubleRound = 0; doubleRound < 10; doubleRound++) {
      quarterRound(working, 0, 4, 8, 12);
      quarterRound(working, 1, 5, 9, 13);
      quarterRound(working, 2, 6, 10, 14);
      quarterRound(working, 3, 7, 11, 15);
      quarterRound(working, 0, 5, 10, 15);
      quarterRound(working, 1, 6, 11, 12);
      quarterRound(working, 2, 7, 8, 13);
      quarterRound(working, 3, 4, 9, 14);
    }
    for (let word = 0; word < 16; word++) working[word] = at(working, word) + at(initial, word);
    return working;
  }
}

/** RFC 8439, section 2.1. */
function quarterRound(state: Uint32Array, a: number, b: number, c: number, d: number): void {
  state[a] = at(state, a) + at(state, b);
  state[d] = rotateLeft(at(state, d) ^ at(state, a), 16);
  state[c] = at(state, c) + at(state, d);
  state[b] = rotateLeft(at(state, b) ^ at(state, c), 12);
  state[a] = at(state, a) + at(state, b);
  state[d] = rotateLeft(at(state, d) ^ at(state, a), 8);
  state[c] = at(state, c) + at(state, d);
  state[b] = rotateLeft(at(state, b) ^ at(state, c), 7);
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function at(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}
