import { FlowError } from "../errors.ts";
import { Waiters } from "./waiters.ts";

/** The most credits that can stand open, as in HTTP/2 (RFC 9113, section 6.9.1). */
const CREDITS_MAX = 2 ** 31 - 1;

/** A gate between a producer and its consumer: the producer may send what the consumer has asked for, and no more. */
export interface Credits extends AsyncDisposable {
  /** Granted and not spent. Never below 0. */
  readonly available: number;
  /** Producers that wait for credits. */
  readonly waiting: number;
  /**
   * The consumer asks for `count` more (`request(n)` of Reactive Streams, `WINDOW_UPDATE` of HTTP/2). After `close` it does
   * nothing, as a producer may end before its consumer knows.
   *
   * @throws RangeError when it is not a whole number from 1, or more than 2^31 - 1 would be available.
   */
  grant(count: number): void;
  /**
   * The producer takes `count` credits (default 1), waiting until they are there: all of them at once, and in the order of
   * the calls, so that a large request is not starved by small ones.
   *
   * Rejects with the signal's reason when it aborts first, having taken nothing; with FlowError `CREDITS_CLOSED`, or
   * `TOO_MANY_WAITING` when `waitersMax` producers wait already; with RangeError when `count` is not a whole number from 1 to
   * 2^31 - 1.
   */
  spend(count?: number, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Takes `count` credits (default 1) if they are there and nobody waits before. @throws as `spend` rejects */
  trySpend(count?: number): boolean;
  /** The consumer wants no more: whoever waits or comes gets `CREDITS_CLOSED`. Again, it does nothing. */
  close(): void;
}

/**
 * Opens a gate with `initial` credits (a whole number from 0; default 0), at which at most `waitersMax` producers wait
 * (default 10,000).
 *
 * @throws RangeError when an option is out of its range.
 */
export function credits(options: { readonly initial?: number; readonly waitersMax?: number } = {}): Credits {
  const { initial = 0, waitersMax = 10_000 } = options;
  if (initial !== 0) assertCount("initial", initial);
  if (!Number.isSafeInteger(waitersMax) || waitersMax < 1) {
    throw new RangeError(`waitersMax has to be a whole number from 1, not ${waitersMax}`);
  }
  return new CreditGate(initial, waitersMax);
}

const SPENT = Promise.resolve();

class CreditGate implements Credits {
  #available: number;
  #isClosed = false;
  /** Each brings what it needs. When the first gives up, those behind it may be served. */
  readonly #producers: Waiters<number, void>;

  constructor(initial: number, waitersMax: number) {
    this.#available = initial;
    this.#producers = new Waiters(waitersMax, () => this.#serve());
  }

  get available(): number {
    return this.#available;
  }

  get waiting(): number {
    return this.#producers.size;
  }

  grant(count: number): void {
    assertCount("count", count);
    if (this.#isClosed) return;
    if (this.#available + count > CREDITS_MAX) {
      throw new RangeError(
        `count brings the credits to ${this.#available + count}; the most is ${CREDITS_MAX}`,
      );
    }
    this.#available += count;
    this.#serve();
  }

  spend(count = 1, options?: { readonly signal?: AbortSignal }): Promise<void> {
    const signal = options?.signal;
    try {
      signal?.throwIfAborted();
      return this.trySpend(count) ? SPENT : this.#producers.join(count, signal).promise;
    } catch (refused) {
      return Promise.reject(refused);
    }
  }

  trySpend(count = 1): boolean {
    assertCount("count", count);
    if (this.#isClosed) throw new FlowError("CREDITS_CLOSED");
    if (this.#producers.size > 0 || count > this.#available) return false;
    this.#available -= count;
    return true;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#available = 0;
    for (let one = this.#producers.shift(); one; one = this.#producers.shift()) {
      one.refuse(new FlowError("CREDITS_CLOSED"));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #serve(): void {
    for (;;) {
      const { first } = this.#producers;
      if (!first || first.brought > this.#available) return;
      this.#available -= first.brought;
      this.#producers.remove(first);
      first.give();
    }
  }
}

function assertCount(name: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 1 || count > CREDITS_MAX) {
    throw new RangeError(`${name} has to be a whole number from 1 to ${CREDITS_MAX}, not ${count}`);
  }
}
