import { FlowError } from "../errors.ts";
import type { Channel, Item } from "./channel.ts";
import { Ring } from "./ring.ts";
import { type Waiter, Waiters } from "./waiters.ts";

/**
 * What every channel does alike; the rules for a full one add `send`.
 *
 * At any time: receivers wait only while the ring is empty, and senders only while it is full. So nothing can overtake.
 */
export abstract class BoundedChannel<T extends Item> implements Channel<T> {
  readonly capacity: number;
  protected readonly ring = new Ring<T>();
  readonly #receivers: Waiters<undefined, T | undefined>;
  #accepted = 0;
  #delivered = 0;
  #isClosed = false;

  constructor(capacity: number, waitersMax: number) {
    this.capacity = capacity;
    this.#receivers = new Waiters(waitersMax);
  }

  get length(): number {
    return this.ring.length;
  }

  get accepted(): number {
    return this.#accepted;
  }

  get delivered(): number {
    return this.#delivered;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get receiversWaiting(): number {
    return this.#receivers.size;
  }

  /** Those that have a place for what they dropped, or senders that wait, say so. */
  abstract get dropped(): number;
  abstract get sendersWaiting(): number;

  trySend(item: T): boolean {
    this.assertOpen(item);
    return this.put(item);
  }

  receive(options?: { readonly signal?: AbortSignal }): Promise<T | undefined> {
    const signal = options?.signal;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const item = this.tryReceive();
    if (item !== undefined || this.#isClosed) return Promise.resolve(item);
    try {
      return this.#receivers.join(undefined, signal).promise;
    } catch (tooMany) {
      return Promise.reject(tooMany);
    }
  }

  tryReceive(): T | undefined {
    const item = this.ring.shift();
    if (item === undefined) return undefined;
    this.#delivered++;
    this.madeRoom();
    return item;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.refuseSenders();
    for (let one = this.#receivers.shift(); one; one = this.#receivers.shift()) one.give(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return new ChannelIterator<T>(this, this.#receivers);
  }

  /** Hands the item to whoever waits, or stores it. False when there is no room. */
  protected put(item: T): boolean {
    const receiver = this.#receivers.shift();
    if (receiver) {
      this.#accepted++;
      this.#delivered++;
      receiver.give(item);
      return true;
    }
    if (this.ring.length >= this.capacity) return false;
    this.#accepted++;
    this.ring.push(item);
    return true;
  }

  /** @throws TypeError for `undefined`, and FlowError `CHANNEL_CLOSED` */
  protected assertOpen(item: T): void {
    if (item === undefined)
      throw new TypeError("undefined cannot be sent: it is how receive() tells the end");
    if (this.#isClosed) throw new FlowError("CHANNEL_CLOSED");
  }

  /** An item was taken from the ring. */
  protected abstract madeRoom(): void;

  /** The channel is closed to whoever still waits to send. */
  protected abstract refuseSenders(): void;
}

type Step<T> = IteratorResult<T, undefined>;

/** One consumer's way through a channel. Ending it takes back the turns that it still waits for, and nothing else. */
class ChannelIterator<T extends Item> implements AsyncIterator<T, undefined> {
  readonly #channel: BoundedChannel<T>;
  readonly #receivers: Waiters<undefined, T | undefined>;
  readonly #waiting = new Set<Waiter<undefined, T | undefined>>();
  #isEnded = false;

  constructor(channel: BoundedChannel<T>, receivers: Waiters<undefined, T | undefined>) {
    this.#channel = channel;
    this.#receivers = receivers;
  }

  next(): Promise<Step<T>> {
    if (this.#isEnded) return Promise.resolve(stepOf<T>(undefined));
    const item = this.#channel.tryReceive();
    if (item !== undefined || this.#channel.isClosed) return Promise.resolve(stepOf(item));
    return this.#wait();
  }

  return(): Promise<Step<T>> {
    this.#isEnded = true;
    for (const waiter of this.#waiting) if (this.#receivers.remove(waiter)) waiter.give(undefined);
    return Promise.resolve(stepOf<T>(undefined));
  }

  async #wait(): Promise<Step<T>> {
    const waiter = this.#receivers.join(undefined, undefined);
    this.#waiting.add(waiter);
    const item = await waiter.promise;
    this.#waiting.delete(waiter);
    return stepOf(item);
  }
}

function stepOf<T>(item: T | undefined): Step<T> {
  return item === undefined ? { done: true, value: undefined } : { done: false, value: item };
}
