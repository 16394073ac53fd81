import type { Random } from "../../../blocks/time/index.ts";
import { Deadlines } from "./deadlines.ts";
import { DEADLINE_OVERHEAD_BYTES, entryBytes, roundedUp } from "./memory.ts";
import { Usage, type UsageKind } from "./usage.ts";

/** How a value came to be, which OBJECT ENCODING tells: any way, by patching bytes (`raw`), or as a decimal fraction. */
export const WRITTEN = { whole: 0, patched: 1, fraction: 2 } as const;
export type Written = (typeof WRITTEN)[keyof typeof WRITTEN];

/** More keys than this are not kept, whatever the memory: the runtime's maps end at 2^24 entries. */
export const KEYS_MAX = 16_000_000;

const CAPACITY_MIN = 64;

/** What a store is made with. */
export interface StoreOptions {
  /** Draws the lots of frequency counting. */
  readonly random: Random;
  /** Called for each key whose value or deadline changed, or that went, by whatever cause. */
  readonly onChange: (key: string) => void;
}

/**
 * Keys, values and deadlines. Pure: no I/O, and time is what `nowMs` says.
 *
 * An entry lives in a slot: a number below `size`, the same in every column. Slots are dense. When one is freed, the last
 * entry moves into it; hence entries only ever move to lower slots, which is what `scan` builds on. Any slot number is
 * good only until the next call that may remove something (`find`, `delete`, eviction).
 */
export class Store {
  /** Wall time in milliseconds; whoever owns the store moves it on. An entry is gone once this is past its deadline. */
  nowMs: number;
  /** Entries that were found expired and removed, since the start. */
  expiredKeys = 0;
  readonly deadlines: Deadlines = new Deadlines();
  readonly #random: Random;
  readonly #onChange: (key: string) => void;
  readonly #startMs: number;
  #index = new Map<string, number>();
  #keys: string[] = [];
  #values: string[] = [];
  #written = new Uint8Array(CAPACITY_MIN);
  #usage: Usage;
  #usedBytes = 0;

  constructor(nowMs: number, options: StoreOptions) {
    this.nowMs = nowMs;
    this.#startMs = nowMs;
    this.#random = options.random;
    this.#onChange = options.onChange;
    this.#usage = new Usage("recency", options.random);
  }

  /** How many entries there are, those among them that have expired and were not noticed yet. */
  get size(): number {
    return this.#keys.length;
  }

  /** What keys, values and their bookkeeping take. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  get usageKind(): UsageKind {
    return this.#usage.kind;
  }

  /** The slot of a key, or -1. One that has expired is removed and not found. */
  find(key: string): number {
    const slot = this.#index.get(key);
    if (slot === undefined) return -1;
    if (!this.expired(slot)) return slot;
    this.removeExpired(slot);
    return -1;
  }

  keyAt(slot: number): string {
    return this.#keys[slot] ?? "";
  }

  valueAt(slot: number): string {
    return this.#values[slot] ?? "";
  }

  writtenAt(slot: number): Written {
    return (this.#written[slot] ?? 0) as Written;
  }

  /** The memory that the slot is charged. */
  bytesAt(slot: number): number {
    const deadline = this.deadlines.of(slot) < 0 ? 0 : DEADLINE_OVERHEAD_BYTES;
    return entryBytes(this.keyAt(slot).length, this.valueAt(slot).length) + deadline;
  }

  /** Whether the slot's time is over. */
  expired(slot: number): boolean {
    const atMs = this.deadlines.of(slot);
    return atMs >= 0 && this.nowMs > atMs;
  }

  /** Counts a hit for eviction. */
  touch(slot: number): void {
    this.#usage.touch(slot, this.#usageMs());
  }

  idleMs(slot: number): number {
    return this.#usage.idleMs(slot, this.#usageMs());
  }

  frequency(slot: number): number {
    return this.#usage.frequency(slot, this.#usageMs());
  }

  /** Gives a key a value; it never expires from now on, unless `keepDeadline`. Returns its slot. */
  set(key: string, value: string, options?: { keepDeadline?: boolean; written?: Written }): number {
    const slot = this.find(key);
    if (slot < 0) return this.#insert(key, value, options?.written ?? WRITTEN.whole);
    if (!options?.keepDeadline) this.#clearDeadline(slot);
    this.#usedBytes += roundedUp(value.length) - roundedUp(this.valueAt(slot).length);
    this.#values[slot] = value;
    this.#written[slot] = options?.written ?? WRITTEN.whole;
    this.#usage.touch(slot, this.#usageMs());
    this.#onChange(key);
    return slot;
  }

  /** Lets the slot expire at a wall time (0 or more), or never (-1). */
  setDeadline(slot: number, atMs: number): void {
    if (atMs < 0) {
      this.#clearDeadline(slot);
    } else {
      if (this.deadlines.of(slot) < 0) this.#usedBytes += DEADLINE_OVERHEAD_BYTES;
      this.deadlines.set(slot, atMs);
    }
    this.#onChange(this.keyAt(slot));
  }

  /** Removes a key. False when there was none. */
  delete(key: string): boolean {
    const slot = this.find(key);
    if (slot < 0) return false;
    this.remove(slot);
    return true;
  }

  /** Removes what is in a slot; the last entry moves there. */
  remove(slot: number): void {
    const key = this.keyAt(slot);
    const last = this.#keys.length - 1;
    this.#usedBytes -= this.bytesAt(slot);
    this.deadlines.clear(slot);
    this.#index.delete(key);
    const lastKey = this.#keys.pop() ?? "";
    const lastValue = this.#values.pop() ?? "";
    if (slot !== last) {
      this.#keys[slot] = lastKey;
      this.#values[slot] = lastValue;
      this.#written[slot] = this.#written[last] ?? 0;
      this.#usage.move(last, slot);
      this.deadlines.move(last, slot);
      this.#index.set(lastKey, slot);
    }
    if (last > CAPACITY_MIN && last < this.#written.length / 4) this.#resize(this.#written.length / 2);
    this.#onChange(key);
  }

  /** Removes an entry whose time is over. */
  removeExpired(slot: number): void {
    this.expiredKeys++;
    this.remove(slot);
  }

  /** Removes everything. */
  clear(): void {
    const keys = this.#keys;
    this.#keys = [];
    this.#values = [];
    this.#index = new Map();
    for (let slot = keys.length - 1; slot >= 0; slot--) this.deadlines.clear(slot);
    this.#resize(CAPACITY_MIN);
    this.#usedBytes = 0;
    for (const key of keys) this.#onChange(key);
  }

  /** Chooses what is remembered of each entry's use. All start afresh. */
  measureUsage(kind: UsageKind): void {
    if (kind === this.#usage.kind) return;
    this.#usage = new Usage(kind, this.#random);
    this.#usage.resize(this.#written.length, 0);
    for (let slot = 0; slot < this.size; slot++) this.#usage.start(slot, this.#usageMs());
  }

  #insert(key: string, value: string, written: Written): number {
    const slot = this.#keys.length;
    if (slot === this.#written.length) this.#resize(slot * 2);
    this.#keys.push(key);
    this.#values.push(value);
    this.#written[slot] = written;
    this.#usage.start(slot, this.#usageMs());
    this.#index.set(key, slot);
    this.#usedBytes += entryBytes(key.length, value.length);
    this.#onChange(key);
    return slot;
  }

  #clearDeadline(slot: number): void {
    if (this.deadlines.of(slot) < 0) return;
    this.deadlines.clear(slot);
    this.#usedBytes -= DEADLINE_OVERHEAD_BYTES;
  }

  #usageMs(): number {
    return Math.max(0, this.nowMs - this.#startMs);
  }

  #resize(capacity: number): void {
    const written = new Uint8Array(capacity);
    written.set(this.#written.subarray(0, Math.min(this.size, capacity)));
    this.#written = written;
    this.#usage.resize(capacity, this.size);
  }
}
