import type { Random } from "../../time/index.ts";
import { BoundedChannel } from "./bounded-channel.ts";
import type { DroppingChannel, Fate, Fates, Item } from "./channel.ts";

/** What is done with an item that was dropped. Called at once, when the channel is whole again. */
export type OnDrop<T> = (item: T) => void;

abstract class Dropping<T extends Item, Rule extends keyof Fates>
  extends BoundedChannel<T>
  implements DroppingChannel<T, Rule>
{
  readonly #onDrop: OnDrop<T> | undefined;
  #dropped = 0;

  constructor(capacity: number, waitersMax: number, onDrop: OnDrop<T> | undefined) {
    super(capacity, waitersMax);
    this.#onDrop = onDrop;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get sendersWaiting(): number {
    return 0;
  }

  abstract send(item: T): Fates[Rule];

  /** Counts and tells. Comes last in a `send`, as `onDrop` may throw, or send again. */
  protected drop(item: T | undefined): void {
    if (item === undefined) return;
    this.#dropped++;
    this.#onDrop?.(item);
  }

  protected madeRoom(): void {}

  protected refuseSenders(): void {}
}

/** Keeps what came first. */
export class DroppingNewest<T extends Item> extends Dropping<T, "drop-newest"> {
  send(item: T): "accepted" | "dropped" {
    this.assertOpen(item);
    if (this.put(item)) return "accepted";
    this.drop(item);
    return "dropped";
  }
}

/** Keeps what came last. */
export class DroppingOldest<T extends Item> extends Dropping<T, "drop-oldest"> {
  send(item: T): "accepted" | "replaced" {
    this.assertOpen(item);
    if (this.put(item)) return "accepted";
    const oldest = this.ring.shift();
    this.put(item);
    this.drop(oldest);
    return "replaced";
  }
}

/** Keeps a uniform sample: see `Fates`. */
export class Sampling<T extends Item> extends Dropping<T, "sample"> {
  readonly #random: Random;
  /** How many compete for the places: those that were held when it became full, and all that came since. */
  #candidates = 0;

  constructor(capacity: number, waitersMax: number, onDrop: OnDrop<T> | undefined, random: Random) {
    super(capacity, waitersMax, onDrop);
    this.#random = random;
  }

  send(item: T): Fate {
    this.assertOpen(item);
    if (this.put(item)) return "accepted";
    this.#candidates = Math.max(this.#candidates, this.capacity) + 1;
    if (this.#random() * this.#candidates >= this.capacity) {
      this.drop(item);
      return "dropped";
    }
    const other = this.ring.evict(this.#random);
    this.put(item);
    this.drop(other);
    return "replaced";
  }

  protected override madeRoom(): void {
    this.#candidates = 0;
  }
}
