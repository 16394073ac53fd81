import { type Clock, LONGEST_TIMER_MS, systemClock } from "../../time/index.ts";
import type { Channel, Item } from "./channel.ts";

/** What batches are drawn from: any channel. */
export type Source<T extends Item> = Pick<Channel<T>, "receive" | "tryReceive">;

/** How large a batch is, and how long it may wait to be. */
export interface BatchOptions {
  /** The most items in a batch: a whole number from 1. */
  readonly size: number;
  /** How long the first item of a batch may wait for more, in milliseconds from 0. Default 0: whatever is there now. */
  readonly lingerMs?: number;
  /** Ends the loop: what is gathered still comes as a batch, then the loop throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Default `systemClock`. */
  readonly clock?: Clock;
}

/**
 * Draws from a channel in batches, as fast as the loop around it asks: nothing is taken from the channel while the consumer
 * is busy, so that the channel fills and its rule for that applies.
 *
 * A batch holds from 1 to `size` items in their order. It comes as soon as it is full, its first item has waited `lingerMs`,
 * or the channel is closed. Leaving the loop loses nothing that was not handed out.
 *
 * @throws RangeError when an option is out of its range.
 */
export function batches<T extends Item>(
  source: Source<T>,
  options: BatchOptions,
): AsyncIterable<T[], undefined> {
  const { size, lingerMs = 0 } = options;
  if (!Number.isSafeInteger(size) || size < 1)
    throw new RangeError(`size has to be a whole number from 1, not ${size}`);
  if (!(lingerMs >= 0 && lingerMs <= LONGEST_TIMER_MS)) {
    throw new RangeError(`lingerMs has to be a number from 0 to 2^31 - 1, not ${lingerMs}`);
  }
  return drawn(source, options);
}

async function* drawn<T extends Item>(
  source: Source<T>,
  { size, lingerMs = 0, signal, clock = systemClock }: BatchOptions,
): AsyncGenerator<T[], undefined, undefined> {
  for (;;) {
    const first = await source.receive(signal && { signal });
    if (first === undefined) return;
    const batch = [first];
    fill(batch, source, size);
    if (batch.length < size && lingerMs > 0) await linger(batch, source, { size, lingerMs, signal, clock });
    yield batch;
  }
}

function fill<T extends Item>(batch: T[], source: Source<T>, size: number): void {
  while (batch.length < size) {
    const item = source.tryReceive();
    if (item === undefined) return;
    batch.push(item);
  }
}

/** Waits for more until the batch is full, the time is over, the channel ends or the signal aborts. */
async function linger<T extends Item>(
  batch: T[],
  source: Source<T>,
  options: { size: number; lingerMs: number; signal: AbortSignal | undefined; clock: Clock },
): Promise<void> {
  const over = new AbortController();
  const end = () => over.abort();
  const timer = options.clock.setTimer(options.lingerMs, end);
  options.signal?.addEventListener("abort", end, { once: true });
  if (options.signal?.aborted) end();
  try {
    while (batch.length < options.size) {
      const item = await source.receive({ signal: over.signal });
      if (item === undefined) return;
      batch.push(item);
      fill(batch, source, options.size);
    }
  } catch {
    // The time is over; or nobody else may wait, which the next batch is told if it still holds. This one is not lost for it.
  } finally {
    timer.cancel();
    options.signal?.removeEventListener("abort", end);
  }
}
