import type { Item } from "../channel/channel.ts";

/** An item that was received, until it is acknowledged. */
export interface Delivery<T extends Item> {
  readonly item: T;
  /**
   * The item is dealt with, and need not be delivered again. In any order; again, it does nothing. A crash within about
   * 100 ms may still bring it back, and so does a crash while an earlier item is not acknowledged.
   */
  readonly ack: () => void;
}

/**
 * A queue that goes on on disk where memory ends, and outlives its process.
 *
 * Order: items are delivered in the order of the calls of `send`, across memory, disk and restarts. After a restart the
 * first that was not acknowledged comes first.
 *
 * Durability: an item on disk outlives the end of the process, however it ends, from when its `send` has resolved; and
 * with `fsync: "always"` a loss of power too. With `durable` every accepted item is on disk; without, only those that found
 * memory full or followed one that did, and those in memory are lost with the process (`close` saves them).
 *
 * Every such item is delivered at least once: those that were delivered and not acknowledged come again after a restart.
 */
export interface SpillQueue<T extends Item> extends AsyncIterable<Delivery<T>, undefined>, AsyncDisposable {
  /** Items in memory that are not delivered, some of which are on disk too. */
  readonly inMemory: number;
  /** Bytes on disk; at most `diskBytesMax`, beyond which only `close` may go. */
  readonly diskBytes: number;
  /** Items delivered and not acknowledged; at most `unackedMax`. */
  readonly unacknowledged: number;
  /** Bytes of items half written when the process before ended, which were cut off: their senders got no answer. */
  readonly tornBytes: number;

  /**
   * Resolves once the item is accepted (see Durability). Calls that have to wait are served in their order.
   *
   * `signal` ends the wait for room on the disk, and the item is not delivered then; what is being written is not taken back.
   *
   * Rejects with FlowError `SPILL_FULL` (with `whenFull: "error"`, or when the disk itself is full), `SPILL_ITEM_TOO_LARGE`,
   * `SPILL_CLOSED`, `TOO_MANY_WAITING`, or `SPILL_FAILED`, after which only opening it again helps; and with what
   * `serialize` throws.
   */
  send(item: T, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Takes the next item, or waits for one, or for an acknowledgement while `unackedMax` items are out. `undefined` once
   * the queue is closed. An aborted wait takes nothing with it.
   *
   * Rejects with FlowError `SPILL_CORRUPT` when the next item is damaged (with `whenCorrupt: "error"`), `SPILL_FAILED` when
   * it cannot be read, and `TOO_MANY_WAITING`.
   */
  receive(options?: { readonly signal?: AbortSignal }): Promise<Delivery<T> | undefined>;
  /**
   * Saves what is only in memory, and gives the folder up. Ends receivers and loops, though there may be more items: they
   * are for whoever opens the folder next. Again, it does nothing. `Symbol.asyncDispose` does the same.
   *
   * @throws FlowError `SPILL_FAILED` when something could not be saved
   */
  close(): Promise<void>;
  /** A loop over deliveries until the queue is closed. Leaving it loses nothing. */
  [Symbol.asyncIterator](): AsyncIterator<Delivery<T>, undefined>;
}
