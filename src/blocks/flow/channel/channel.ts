/** What can travel: anything but `undefined`, which tells that there is nothing, or nothing more. */
export type Item = NonNullable<unknown> | null;

/** What every channel offers, whatever it does when it is full: all that consumers need, and the counters. */
export interface Channel<T extends Item> extends AsyncIterable<T, undefined>, AsyncDisposable {
  /** The most that it holds. */
  readonly capacity: number;
  /** How many it holds now: accepted, and neither delivered nor dropped since. Never above `capacity`. */
  readonly length: number;
  /** How many it has accepted. Always `delivered + length`, and what it dropped to make room for others. */
  readonly accepted: number;
  /** How many were handed to receivers. */
  readonly delivered: number;
  /** How many it dropped: refused at the door, or taken out to make room. */
  readonly dropped: number;
  /** How many senders wait for room, and how many receivers for an item. One of them is always 0. */
  readonly sendersWaiting: number;
  readonly receiversWaiting: number;
  readonly isClosed: boolean;

  /**
   * Takes the oldest item, or waits for one: first come, first served. Each item goes to one receiver. Resolves with
   * `undefined` once the channel is closed and empty. Items that are promises are awaited on the way; a loop may hand them out as they are.
   *
   * An aborted wait rejects with the signal's reason and takes nothing with it. Rejects with FlowError `TOO_MANY_WAITING`
   * when `waitersMax` receivers wait already.
   */
  receive(options?: { readonly signal?: AbortSignal }): Promise<T | undefined>;
  /** Takes the oldest item; `undefined` when there is none now. */
  tryReceive(): T | undefined;
  /**
   * Puts the item in where there is room, and drops nothing: false when it is full.
   *
   * @throws FlowError `CHANNEL_CLOSED`
   */
  trySend(item: T): boolean;
  /**
   * Accepts no more. What was accepted is still delivered, then receivers get `undefined` and loops end. Senders that
   * wait get `CHANNEL_CLOSED`, and their items are not delivered. Again, it does nothing; `Symbol.asyncDispose` does the same.
   */
  close(): void;
  /**
   * A loop over what arrives, until the channel is closed and empty. Several loops share the items. Leaving a loop
   * leaves the channel open, and loses nothing.
   */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined>;
}

/** `whenFull: "block"`: senders wait. */
export interface BlockingChannel<T extends Item> extends Channel<T> {
  /**
   * Resolves once the item is accepted. Where senders wait, they are served in the order of their calls.
   *
   * Rejects with the signal's reason when it aborts first: the item is not delivered then. Rejects with FlowError
   * `CHANNEL_CLOSED`, or `TOO_MANY_WAITING` when `waitersMax` senders wait already.
   */
  send(item: T, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** `whenFull: "error"`: the sender is told, and decides. */
export interface RefusingChannel<T extends Item> extends Channel<T> {
  /** @throws FlowError `CHANNEL_FULL`, `CHANNEL_CLOSED` */
  send(item: T): void;
}

/**
 * What became of an item: "accepted", "replaced" (accepted, and another was dropped for it), or "dropped" (not accepted).
 */
export type Fate = "accepted" | "replaced" | "dropped";

/** The rules that drop items, and what can become of an item under each. */
export interface Fates {
  /** What comes while it is full is dropped: keeps the oldest. */
  readonly "drop-newest": "accepted" | "dropped";
  /** The oldest makes room for what comes: keeps the latest. */
  readonly "drop-oldest": "accepted" | "replaced";
  /**
   * Keeps a uniform random sample. From the moment that it is full until the next item is received, all that it held and all
   * that came since have the same chance to be in it (reservoir sampling: Vitter's algorithm R, 1985), in their order.
   */
  readonly sample: Fate;
}

/** A channel that drops items when it is full, and never lets a sender wait. */
export interface DroppingChannel<T extends Item, Rule extends keyof Fates> extends Channel<T> {
  /** @throws FlowError `CHANNEL_CLOSED` */
  send(item: T): Fates[Rule];
}
