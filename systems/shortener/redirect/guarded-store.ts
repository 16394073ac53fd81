import type { Clock } from "../clock.ts";
import type { Store } from "./store.ts";

/** Failures in a row after which the store is left alone for a while. */
const FAILURES_MAX = 3;
/** How long it is left alone; then one call tries it again. */
const REST_MS = 500;

/**
 * A store whose failures are answers: nothing found, nothing kept. A store that fails three times in a row is left alone for
 * half a second, so that one that hangs costs each redirect its timeout only now and then.
 */
export class GuardedStore {
  readonly #store: Store;
  readonly #clock: Clock;
  #failures = 0;
  #restUntilMs = 0;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The value, or `undefined` when there is none or the store does not answer. */
  async get(key: string): Promise<string | undefined> {
    if (this.#rests()) return undefined;
    try {
      const value = await this.#store.get(key);
      this.#failures = 0;
      return value ?? undefined;
    } catch {
      this.#failed();
      return undefined;
    }
  }

  /** Whether `value` is kept now. */
  set(key: string, value: string, ttlMs: number): Promise<boolean> {
    return this.#write(async () => {
      await this.#store.set(key, value, ttlMs);
      return true;
    });
  }

  /** Whether `value` was kept: false when there is a value already, or the store does not answer. */
  setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean> {
    return this.#write(() => this.#store.setIfAbsent(key, value, ttlMs));
  }

  async #write(write: () => Promise<boolean>): Promise<boolean> {
    if (this.#rests()) return false;
    try {
      const kept = await write();
      this.#failures = 0;
      return kept;
    } catch {
      this.#failed();
      return false;
    }
  }

  #rests(): boolean {
    if (this.#failures < FAILURES_MAX) return false;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#restUntilMs) return true;
    // This call is the attempt; the others wait for what comes of it.
    this.#restUntilMs = nowMs + REST_MS;
    return false;
  }

  #failed(): void {
    this.#failures++;
    if (this.#failures === FAILURES_MAX) this.#restUntilMs = this.#clock.monotonicMs() + REST_MS;
  }
}
