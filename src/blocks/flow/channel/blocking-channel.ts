import { FlowError } from "../errors.ts";
import { BoundedChannel } from "./bounded-channel.ts";
import type { BlockingChannel, Item, RefusingChannel } from "./channel.ts";
import { Waiters } from "./waiters.ts";

/** Nobody can tell one resolved promise of nothing from another: a send that need not wait allocates none. */
const ACCEPTED = Promise.resolve();

/** Lets senders wait for room. */
export class WaitingSenders<T extends Item> extends BoundedChannel<T> implements BlockingChannel<T> {
  readonly #senders: Waiters<T, void>;

  constructor(capacity: number, waitersMax: number) {
    super(capacity, waitersMax);
    this.#senders = new Waiters(waitersMax);
  }

  get dropped(): number {
    return 0;
  }

  get sendersWaiting(): number {
    return this.#senders.size;
  }

  send(item: T, options?: { readonly signal?: AbortSignal }): Promise<void> {
    const signal = options?.signal;
    try {
      this.assertOpen(item);
      signal?.throwIfAborted();
      return this.put(item) ? ACCEPTED : this.#senders.join(item, signal).promise;
    } catch (refused) {
      return Promise.reject(refused);
    }
  }

  protected madeRoom(): void {
    const sender = this.#senders.shift();
    if (!sender) return;
    this.put(sender.brought);
    sender.give();
  }

  protected refuseSenders(): void {
    for (let one = this.#senders.shift(); one; one = this.#senders.shift()) {
      one.refuse(new FlowError("CHANNEL_CLOSED"));
    }
  }
}

/** Refuses what it has no room for. */
export class RefusedSenders<T extends Item> extends BoundedChannel<T> implements RefusingChannel<T> {
  get dropped(): number {
    return 0;
  }

  get sendersWaiting(): number {
    return 0;
  }

  send(item: T): void {
    this.assertOpen(item);
    if (!this.put(item)) throw new FlowError("CHANNEL_FULL", { details: { capacity: this.capacity } });
  }

  protected madeRoom(): void {}

  protected refuseSenders(): void {}
}
