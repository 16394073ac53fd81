import { type Clock, systemClock } from "../../time/index.ts";
import type { Item } from "../channel/channel.ts";
import type { Damage } from "./damage.ts";

/** Where a queue on disk lies, how much it may hold, and what it waits for. */
export interface SpillOptions<T extends Item> {
  /** Where it lies on disk: a folder of its own, on a disk of this machine. Made when it is not there. */
  readonly folder: string;
  /** The most items in memory that are not delivered: a whole number from 1. Default 1,000. */
  readonly memoryItems?: number;
  /** The most bytes on disk: a whole number from 64 KiB. Default 1 GiB. An item may take a 16th of it, up to 16 MiB. */
  readonly diskBytesMax?: number;
  /** Whether every item goes to the disk before its `send` resolves, and not only what overflows. Default false. */
  readonly durable?: boolean;
  /**
   * When the disk is made to have what was written. `"always"` (default): before `send` resolves. `"interval"`: within a
   * second. `"never"`: when the operating system likes. It matters for loss of power, not for the end of the process.
   */
  readonly fsync?: "always" | "interval" | "never";
  /** What happens to a `send` when the disk's share is used up: it waits (default), or rejects with `SPILL_FULL`. */
  readonly whenFull?: "block" | "error";
  /** What happens at damage: `receive` rejects (default), or passes over what is damaged, of which `onDamage` hears. */
  readonly whenCorrupt?: "error" | "skip";
  /**
   * Hears of damage that is passed over: a record where its length is known, else the rest of its segment. What it throws is
   * dropped.
   */
  readonly onDamage?: (damage: Damage) => void;
  /** The most items delivered and not acknowledged: a whole number from 1. Default 1,000. */
  readonly unackedMax?: number;
  /** The most senders that wait, and the most receivers: a whole number from 1. Default 10,000. */
  readonly waitersMax?: number;
  /** An item as bytes, which nobody changes afterwards. Default: JSON. What is only in memory is not serialized before `close`. */
  readonly serialize?: (item: T) => Uint8Array;
  /** The item again. The bytes may not be kept. What it throws counts as damage. Default: JSON. */
  readonly deserialize?: (bytes: Uint8Array) => T;
  /** Default `systemClock`. */
  readonly clock?: Clock;
}

/** The options with their defaults. */
export type SpillSettings<T extends Item> = Required<Omit<SpillOptions<T>, "onDamage">> &
  Pick<SpillOptions<T>, "onDamage">;

/** A segment is what is deleted at a time, and what is lost to a damaged record head: a 16th of the whole is coarse enough. */
export function segmentBytesOf(diskBytesMax: number): number {
  return Math.min(Math.floor(diskBytesMax / 16), 16 * 2 ** 20);
}

/** @throws RangeError when an option is out of its range */
export function settingsOf<T extends Item>(options: SpillOptions<T>): SpillSettings<T> {
  const settings = {
    memoryItems: 1_000,
    diskBytesMax: 2 ** 30,
    durable: false,
    fsync: "always" as const,
    whenFull: "block" as const,
    whenCorrupt: "error" as const,
    unackedMax: 1_000,
    waitersMax: 10_000,
    serialize: toJson,
    deserialize: fromJson as (bytes: Uint8Array) => T,
    clock: systemClock,
    ...options,
  };
  const least = { memoryItems: 1, diskBytesMax: 64 * 1024, unackedMax: 1, waitersMax: 1 };
  for (const [name, from] of Object.entries(least)) {
    const value = settings[name as keyof typeof least];
    if (!Number.isSafeInteger(value) || value < from) {
      throw new RangeError(`${name} has to be a whole number from ${from}, not ${value}`);
    }
  }
  assertOneOf("fsync", settings.fsync, ["always", "interval", "never"]);
  assertOneOf("whenFull", settings.whenFull, ["block", "error"]);
  assertOneOf("whenCorrupt", settings.whenCorrupt, ["error", "skip"]);
  return settings;
}

function assertOneOf(name: string, value: string, known: readonly string[]): void {
  if (!known.includes(value))
    throw new RangeError(`${name} has to be one of ${known.join(", ")}, not ${value}`);
}

function toJson(item: unknown): Uint8Array {
  const text = JSON.stringify(item);
  if (text === undefined)
    throw new TypeError(`a ${typeof item} has no JSON: give the queue a serialize of your own`);
  return new TextEncoder().encode(text);
}

function fromJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
