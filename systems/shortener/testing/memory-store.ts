import type { Clock } from "trestle/time";
import type { Store } from "../redirect/store.ts";

/** A cache in memory, whose entries expire by the clock and which can be taken away. */
export class MemoryStore implements Store {
  /** While true, nothing is found and nothing is kept. */
  isAway = false;
  readonly #clock: Clock;
  readonly #entries = new Map<string, { value: string; untilMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async get(key: string): Promise<string | undefined> {
    return this.isAway ? undefined : this.peek(key)?.value;
  }

  async set(key: string, value: string, ttlMs: number): Promise<boolean> {
    if (this.isAway) return false;
    if (!Number.isInteger(ttlMs) || ttlMs <= 0) throw new Error(`a cache refuses a TTL of ${ttlMs}`);
    this.#entries.set(key, { value, untilMs: this.#clock.monotonicMs() + ttlMs });
    return true;
  }

  async setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean> {
    return this.isAway || this.peek(key) ? false : this.set(key, value, ttlMs);
  }

  /** Forgets everything, as a restarted cache has. */
  clear(): void {
    this.#entries.clear();
  }

  /** An entry as it is now, with what is left of its time. */
  peek(key: string): { value: string; leftMs: number } | undefined {
    const entry = this.#entries.get(key);
    const leftMs = entry ? entry.untilMs - this.#clock.monotonicMs() : 0;
    return entry && leftMs > 0 ? { value: entry.value, leftMs } : undefined;
  }
}
