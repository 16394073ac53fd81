import { FlowError } from "../errors.ts";

/**
 * Those who wait their turn, first come, first served, each with what it brought and a promise of what it will be given.
 * Joining, leaving and being served are O(1) wherever in the list one stands.
 */
export class Waiters<Brought, Given> {
  #first: Waiter<Brought, Given> | undefined;
  #last: Waiter<Brought, Given> | undefined;
  #size = 0;
  readonly #max: number;
  readonly #onAbort: (() => void) | undefined;

  /** At most `max` wait. `onAbort` hears, after the fact, that one has given up. */
  constructor(max: number, onAbort?: () => void) {
    this.#max = max;
    this.#onAbort = onAbort;
  }

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Whoever is next. */
  get first(): Waiter<Brought, Given> | undefined {
    return this.#first;
  }

  /**
   * Joins the end of the list. When the signal aborts first, the waiter leaves and its promise rejects with the signal's reason.
   *
   * @throws FlowError `TOO_MANY_WAITING`
   */
  join(brought: Brought, signal: AbortSignal | undefined): Waiter<Brought, Given> {
    if (this.#size >= this.#max) {
      throw new FlowError("TOO_MANY_WAITING", { details: { waitersMax: this.#max } });
    }
    const waiter = new Waiter<Brought, Given>(brought, signal, this);
    waiter.previous = this.#last;
    if (this.#last) this.#last.next = waiter;
    else this.#first = waiter;
    this.#last = waiter;
    this.#size++;
    return waiter;
  }

  /** Takes out whoever is next, who then must be given something or refused. */
  shift(): Waiter<Brought, Given> | undefined {
    const waiter = this.#first;
    if (waiter) this.remove(waiter);
    return waiter;
  }

  /** Takes one out, who then must be given something or refused; false when it had its turn before. */
  remove(waiter: Waiter<Brought, Given>): boolean {
    if (!waiter.isListed) return false;
    const { previous, next } = waiter;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    waiter.previous = undefined;
    waiter.next = undefined;
    waiter.isListed = false;
    this.#size--;
    return true;
  }

  /** @internal A waiter's signal has aborted. */
  gaveUp(waiter: Waiter<Brought, Given>): void {
    this.remove(waiter);
    this.#onAbort?.();
  }
}

/** One who waits. It listens to its signal itself, which saves a closure for each. */
export class Waiter<Brought, Given> {
  readonly brought: Brought;
  /** Settles when it is served, refused, or gives up. */
  readonly promise: Promise<Given>;
  previous: Waiter<Brought, Given> | undefined;
  next: Waiter<Brought, Given> | undefined;
  isListed = true;
  readonly #resolve: (given: Given) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #list: Waiters<Brought, Given>;

  constructor(brought: Brought, signal: AbortSignal | undefined, list: Waiters<Brought, Given>) {
    this.brought = brought;
    this.#signal = signal;
    this.#list = list;
    const { promise, resolve, reject } = Promise.withResolvers<Given>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    signal?.addEventListener("abort", this, { once: true });
  }

  /** Ends the wait well. It has left the list before. */
  give(given: Given): void {
    this.#signal?.removeEventListener("abort", this);
    this.#resolve(given);
  }

  /** Ends the wait badly. It has left the list before. */
  refuse(reason: unknown): void {
    this.#signal?.removeEventListener("abort", this);
    this.#reject(reason);
  }

  /** @internal The signal's event. Whoever has had its turn cannot give up any more, though it be served later. */
  handleEvent(): void {
    if (!this.isListed) return;
    this.#list.gaveUp(this);
    this.#reject(this.#signal?.reason);
  }
}
