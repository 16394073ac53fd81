import { singleFlight } from "trestle/resilience/single-flight";
import type { Clock } from "trestle/time";
import type { Target } from "../links/link.ts";
import { decodeEntry, encodeEntry } from "./entry.ts";
import type { Store } from "./store.ts";

/** How long a target is kept, drawn anew each time from 80 % to 120 % of this so that entries do not all end at once. */
export const TARGET_TTL_MS = 300_000;
/** How long it is kept that a code is unknown, or that its link has expired. */
export const UNKNOWN_TTL_MS = 10_000;
/** How long a changed code is answered from the database alone. */
export const CHANGE_TTL_MS = 5_000;
/** What was read longer ago than this is not kept: far less than a change is marked for. */
const LOAD_MS_MAX = 2_000;
/** Changes that could not be marked, at most, to try again. */
const UNMARKED_MAX = 10_000;

/**
 * Where codes lead, kept beside the database ("cache-aside").
 *
 * The race that such caches lose — a reader loads the old value, a writer changes it and clears the cache, the reader stores
 * the old — cannot be lost here: a writer does not clear the entry but marks it as changing, before and after its commit,
 * and readers store only where there is nothing. The mark outlives every reader that may still hold the old value.
 *
 * What remains, when a replica cannot reach a cache that others reach: marks are tried again until they succeed, and an old
 * target lives at most for its time in the cache, six minutes.
 */
export class TargetCache {
  readonly #store: Store;
  readonly #load: (code: string) => Promise<Target | undefined>;
  readonly #clock: Clock;
  readonly #random: () => number;
  /** Requests for a code that is being loaded wait for that load rather than start another. */
  readonly #loads = singleFlight<Target | undefined>();
  readonly #unmarked = new Set<string>();

  constructor(options: {
    store: Store;
    load: (code: string) => Promise<Target | undefined>;
    clock: Clock;
    random: () => number;
  }) {
    this.#store = options.store;
    this.#load = options.load;
    this.#clock = options.clock;
    this.#random = options.random;
  }

  /** Where a code leads; an expired link is told too. @throws whatever `load` throws, when the cache cannot tell. */
  async target(code: string): Promise<Target | undefined> {
    const text = await this.#store.get(keyOf(code));
    const entry = text === undefined ? undefined : decodeEntry(text);
    if (entry === "unknown") return undefined;
    if (entry === undefined || entry === "changing")
      return this.#loads.run(code, () => this.#loadAndKeep(code));
    return entry;
  }

  /**
   * To be called before a link is changed or deleted, and again once that is committed: from the first call on, nobody is
   * told of the old target out of the cache, even if this process ends between the two.
   */
  async changing(code: string): Promise<void> {
    this.#loads.forget(code);
    if (await this.#store.set(keyOf(code), CHANGING, CHANGE_TTL_MS)) return;
    if (this.#unmarked.size < UNMARKED_MAX) this.#unmarked.add(code);
  }

  /** Keeps the target of a new link at hand, as it is likely to be followed soon. */
  async keep(code: string, target: Target): Promise<void> {
    await this.#store.setIfAbsent(keyOf(code), encodeEntry(target), this.#ttlOf(target));
  }

  /** Tries again what `changing` could not tell the cache. To be called now and then. */
  async retryChanges(): Promise<void> {
    for (const code of this.#unmarked) {
      if (!(await this.#store.set(keyOf(code), CHANGING, CHANGE_TTL_MS))) return;
      this.#unmarked.delete(code);
    }
  }

  async #loadAndKeep(code: string): Promise<Target | undefined> {
    const startedMs = this.#clock.monotonicMs();
    const target = await this.#load(code);
    if (this.#clock.monotonicMs() - startedMs < LOAD_MS_MAX) {
      void this.#store.setIfAbsent(keyOf(code), encodeEntry(target ?? "unknown"), this.#ttlOf(target));
    }
    return target;
  }

  #ttlOf(target: Target | undefined): number {
    const jitter = 0.8 + 0.4 * this.#random();
    if (!target) return Math.round(UNKNOWN_TTL_MS * jitter);
    const ttlMs = Math.round(TARGET_TTL_MS * jitter);
    if (target.expiresAtMs === 0) return ttlMs;
    const leftMs = target.expiresAtMs - this.#clock.wallMs();
    return leftMs > 0 ? Math.min(ttlMs, leftMs) : Math.round(UNKNOWN_TTL_MS * jitter);
  }
}

const CHANGING = encodeEntry("changing");

function keyOf(code: string): string {
  return `link:${code}`;
}
