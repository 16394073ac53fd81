import type { Clock } from "../../../time/index.ts";
import type { CircuitStore } from "../circuit-store.ts";

/** A store in this process, for tests and simulations: exact, and on the time of `clock`. */
export class MemoryCircuitStore implements CircuitStore {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { readonly value: string; readonly endsMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async get(key: string): Promise<string | null> {
    return this.#at(key);
  }

  async set(
    key: string,
    value: string,
    ttlMs: number,
    options?: { onlyIfAbsent?: boolean },
  ): Promise<boolean> {
    if (options?.onlyIfAbsent && this.#at(key) !== null) return false;
    this.#entries.set(key, { value, endsMs: this.#clock.monotonicMs() + ttlMs });
    return true;
  }

  #at(key: string): string | null {
    const entry = this.#entries.get(key);
    return entry && this.#clock.monotonicMs() < entry.endsMs ? entry.value : null;
  }
}
