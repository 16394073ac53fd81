import type { Random } from "../../../blocks/time/index.ts";

/** What is remembered of how an entry is used: when it last was, or how often it is. */
export type UsageKind = "recency" | "frequency";

/** A new entry's frequency: above zero, or it would be evicted before it could show its worth. */
const FREQUENCY_START = 5;
/** The greater, the more hits it takes to reach the top (Redis's lfu-log-factor). */
const FREQUENCY_LOG_FACTOR = 10;
/** One step down for every minute without a hit (Redis's lfu-decay-time). */
const MINUTE_MS = 60_000;

/**
 * One 32-bit number per entry, in one of two readings.
 *
 * Recency: milliseconds since the store was made, modulo 2^32; differences are right for idle times under 49 days.
 * Frequency: 24 bits of minutes and an 8-bit logarithmic counter (Morris), as in Redis: a hit raises it with probability
 * 1 / (10 x (counter - 5) + 1), a minute without one lowers it.
 */
export class Usage {
  readonly kind: UsageKind;
  readonly #random: Random;
  #marks = new Uint32Array(64);

  constructor(kind: UsageKind, random: Random) {
    this.kind = kind;
    this.#random = random;
  }

  /** Makes room for slots below `capacity`, keeping what the first `size` hold. */
  resize(capacity: number, size: number): void {
    const marks = new Uint32Array(capacity);
    marks.set(this.#marks.subarray(0, Math.min(size, capacity)));
    this.#marks = marks;
  }

  get capacity(): number {
    return this.#marks.length;
  }

  /** A new entry. */
  start(slot: number, nowMs: number): void {
    this.#marks[slot] = this.kind === "recency" ? nowMs : (minutesOf(nowMs) << 8) | FREQUENCY_START;
  }

  /** A hit. */
  touch(slot: number, nowMs: number): void {
    if (this.kind === "recency") {
      this.#marks[slot] = nowMs;
      return;
    }
    let counter = this.frequency(slot, nowMs);
    const above = Math.max(0, counter - FREQUENCY_START);
    if (counter < 255 && this.#random() < 1 / (above * FREQUENCY_LOG_FACTOR + 1)) counter++;
    this.#marks[slot] = (minutesOf(nowMs) << 8) | counter;
  }

  /** Milliseconds since the last hit; for recency. */
  idleMs(slot: number, nowMs: number): number {
    return ((nowMs >>> 0) - (this.#marks[slot] ?? 0)) >>> 0;
  }

  /** The counter, 0 to 255, as it stands now; for frequency. */
  frequency(slot: number, nowMs: number): number {
    const mark = this.#marks[slot] ?? 0;
    const minutesPassed = (minutesOf(nowMs) - (mark >>> 8)) & 0xffffff;
    return Math.max(0, (mark & 0xff) - minutesPassed);
  }

  move(from: number, to: number): void {
    this.#marks[to] = this.#marks[from] ?? 0;
  }
}

function minutesOf(nowMs: number): number {
  return Math.floor(nowMs / MINUTE_MS) & 0xffffff;
}
