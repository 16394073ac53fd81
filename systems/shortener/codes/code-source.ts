import { encodeBase62, keyedPermutation, type Permutation } from "trestle/structures";
import { ApiError } from "../http/errors.ts";
import { isReserved } from "./reserved-codes.ts";

/** Seven base-62 characters: 3.5 trillion codes. */
export const CODE_LENGTH = 7;
export const CODE_SPACE = 62 ** CODE_LENGTH;

/** The one counter that all replicas share. */
export interface CodeCounter {
  /** Takes `count` numbers, from `first` on, that nobody else is ever given; `key` (32 bytes) is always the same. */
  lease(count: number): Promise<{ first: number; key: Uint8Array }>;
}

/**
 * Gives each link a number that is never given twice, and the code that belongs to it: the number, sent through a keyed
 * permutation of all codes. Numbers come in blocks, so that most need no trip to the database; a process that ends leaves
 * the rest of its block unused.
 */
export class CodeSource {
  readonly #counter: CodeCounter;
  readonly #blockSize: number;
  #next = 0;
  #end = 0;
  #permutation: Permutation | undefined;
  #leasing: Promise<void> | undefined;

  constructor(counter: CodeCounter, options: { blockSize?: number } = {}) {
    this.#counter = counter;
    this.#blockSize = options.blockSize ?? 1_000;
  }

  /** A number alone, for a link whose code was chosen. */
  async nextId(): Promise<number> {
    while (this.#next >= this.#end) await this.#lease();
    return this.#next++;
  }

  /** A number and its code. @throws ApiError `CODES_EXHAUSTED` */
  async next(): Promise<{ id: number; code: string }> {
    for (;;) {
      const id = await this.nextId();
      if (id >= CODE_SPACE || !this.#permutation) throw new ApiError("CODES_EXHAUSTED");
      const code = encodeBase62(this.#permutation.apply(id), CODE_LENGTH);
      if (!isReserved(code)) return { id, code };
    }
  }

  /** Callers that find the block used up wait for one lease together. */
  #lease(): Promise<void> {
    this.#leasing ??= this.#counter
      .lease(this.#blockSize)
      .then(({ first, key }) => {
        this.#permutation ??= keyedPermutation({ size: CODE_SPACE, key });
        this.#next = first;
        this.#end = first + this.#blockSize;
      })
      .finally(() => {
        this.#leasing = undefined;
      });
    return this.#leasing;
  }
}
