import type { ClickRow } from "./clicks.ts";
import { type Device, deviceOf } from "./device.ts";
import { OTHER, referrerOf } from "./referrer.ts";

const DAY_MS = 86_400_000;

/**
 * Adds clicks up in memory until they are taken to be counted.
 *
 * Bounded: from `rowsMax` rows on, clicks that would need a row of their own lose their referrer, and from twice as many on
 * they are dropped and counted as such. A link keeps at most 50 referrers apart between two takings.
 */
export class ClickBuffer {
  readonly #rowsMax: number;
  #rows = new Map<string, ClickRow>();
  #referrers = new Map<number, number>();
  #dropped = 0;
  #dayNumber = -1;
  #day = "";
  readonly #devices = new Memory<Device>(deviceOf);
  readonly #hosts = new Memory<string>(referrerOf);

  constructor(options: { rowsMax?: number } = {}) {
    this.#rowsMax = options.rowsMax ?? 10_000;
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  get isFull(): boolean {
    return this.#rows.size >= this.#rowsMax;
  }

  /** Adds one click, from the headers of its request. */
  add(linkId: number, atMs: number, referer: string | undefined, userAgent: string | undefined): void {
    const day = this.#dayOf(atMs);
    const device = this.#devices.get(userAgent);
    const referrer = this.#hosts.get(referer);
    if (this.#increment(linkId, day, referrer, device)) return;
    const referrers = (this.#referrers.get(linkId) ?? 0) + 1;
    if (!this.isFull && referrers <= REFERRERS_MAX) {
      this.#referrers.set(linkId, referrers);
      this.#insert({ linkId, day, referrer, device, count: 1 });
    } else if (!this.#increment(linkId, day, OTHER, device)) {
      if (this.#rows.size < this.#rowsMax * 2)
        this.#insert({ linkId, day, referrer: OTHER, device, count: 1 });
      else this.#dropped++;
    }
  }

  /** Empties the buffer. `dropped` is how many clicks found no room since the last taking. */
  take(): { rows: ClickRow[]; dropped: number } {
    const taken = { rows: [...this.#rows.values()], dropped: this.#dropped };
    this.#rows = new Map();
    this.#referrers = new Map();
    this.#dropped = 0;
    return taken;
  }

  #increment(linkId: number, day: string, referrer: string, device: Device): boolean {
    const row = this.#rows.get(keyOf(linkId, day, referrer, device));
    if (row) row.count++;
    return row !== undefined;
  }

  #insert(row: ClickRow): void {
    this.#rows.set(keyOf(row.linkId, row.day, row.referrer, row.device), row);
  }

  #dayOf(atMs: number): string {
    const dayNumber = Math.floor(atMs / DAY_MS);
    if (dayNumber !== this.#dayNumber) {
      this.#dayNumber = dayNumber;
      this.#day = new Date(atMs).toISOString().slice(0, 10);
    }
    return this.#day;
  }
}

const REFERRERS_MAX = 50;

function keyOf(linkId: number, day: string, referrer: string, device: Device): string {
  return `${linkId} ${day} ${device} ${referrer}`;
}

/** Remembers what a function made of the headers seen lately: most clicks carry one of a few. */
class Memory<Value> {
  readonly #derive: (header: string | undefined) => Value;
  readonly #known = new Map<string | undefined, Value>();

  constructor(derive: (header: string | undefined) => Value) {
    this.#derive = derive;
  }

  get(header: string | undefined): Value {
    const known = this.#known.get(header);
    if (known !== undefined) return known;
    const value = this.#derive(header);
    // Long headers are not worth the memory, and starting over now and then is cheaper than an order of use.
    if (header !== undefined && header.length > 512) return value;
    if (this.#known.size >= 500) this.#known.clear();
    this.#known.set(header, value);
    return value;
  }
}
