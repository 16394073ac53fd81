import { type Random, systemRandom } from "../../time/index.ts";
import { RefusedSenders, WaitingSenders } from "./blocking-channel.ts";
import type { BlockingChannel, Channel, DroppingChannel, Item, RefusingChannel } from "./channel.ts";
import { DroppingNewest, DroppingOldest, type OnDrop, Sampling } from "./dropping-channel.ts";

/** How large a channel may be made. */
const CAPACITY_MAX = 2 ** 24;

interface Sizes {
  /** The most items that it holds: a whole number from 1 to 2^24. Memory is taken as it is used, and kept. */
  readonly capacity: number;
  /** The most senders that wait, and the most receivers: a whole number from 1. Default 10,000. */
  readonly waitersMax?: number;
}

/** What a channel that drops items takes beside its sizes. */
interface Drops<T> extends Sizes {
  /** Is given each item that is dropped, within the `send` that dropped it. What it throws comes out of that `send`. */
  readonly onDrop?: OnDrop<T>;
}

interface Samples<T> extends Drops<T> {
  /** Draws the sample. Default `systemRandom`. */
  readonly random?: Random;
}

type Options<T> = Samples<T> & {
  readonly whenFull: "block" | "error" | "drop-newest" | "drop-oldest" | "sample";
};

/**
 * A bounded queue between any number of producers and consumers. `whenFull` says what happens to what it has no room for:
 *
 * - `"block"`: `send` waits for room, so that producers go as fast as consumers;
 * - `"error"`: `send` throws `CHANNEL_FULL`;
 * - `"drop-newest"`, `"drop-oldest"`, `"sample"`: something is dropped, and `send` says what (see `Fates`).
 *
 * At no time does it hold more than `capacity`; items are delivered in the order in which they were accepted; whatever was
 * accepted is delivered once, to one receiver, unless the rule dropped it.
 *
 * @throws RangeError when an option is out of its range.
 */
export function channel<T extends Item>(options: Sizes & { readonly whenFull: "block" }): BlockingChannel<T>;
export function channel<T extends Item>(options: Sizes & { readonly whenFull: "error" }): RefusingChannel<T>;
export function channel<T extends Item>(
  options: Drops<T> & { readonly whenFull: "drop-newest" },
): DroppingChannel<T, "drop-newest">;
export function channel<T extends Item>(
  options: Drops<T> & { readonly whenFull: "drop-oldest" },
): DroppingChannel<T, "drop-oldest">;
export function channel<T extends Item>(
  options: Samples<T> & { readonly whenFull: "sample" },
): DroppingChannel<T, "sample">;
export function channel<T extends Item>(options: Options<T>): Channel<T> {
  const { capacity, whenFull, waitersMax = 10_000, onDrop, random = systemRandom } = options;
  if (!Number.isSafeInteger(capacity) || capacity < 1 || capacity > CAPACITY_MAX) {
    throw new RangeError(`capacity has to be a whole number from 1 to ${CAPACITY_MAX}, not ${capacity}`);
  }
  if (!Number.isSafeInteger(waitersMax) || waitersMax < 1) {
    throw new RangeError(`waitersMax has to be a whole number from 1, not ${waitersMax}`);
  }
  switch (whenFull) {
    case "block":
      return new WaitingSenders<T>(capacity, waitersMax);
    case "error":
      return new RefusedSenders<T>(capacity, waitersMax);
    case "drop-newest":
      return new DroppingNewest<T>(capacity, waitersMax, onDrop);
    case "drop-oldest":
      return new DroppingOldest<T>(capacity, waitersMax, onDrop);
    case "sample":
      return new Sampling<T>(capacity, waitersMax, onDrop, random);
    default:
      throw new RangeError(
        `whenFull has to be "block", "error", "drop-newest", "drop-oldest" or "sample", not ${String(whenFull satisfies never)}`,
      );
  }
}
