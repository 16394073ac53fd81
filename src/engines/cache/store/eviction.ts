import type { Random } from "../../../blocks/time/index.ts";
import { KEYS_MAX, type Store } from "./store.ts";

interface Policy {
  /** Which entries may go: all, or those alone that expire some day. */
  readonly among: "all" | "expiring" | "none";
  /** What makes one go rather than another. */
  readonly by: "recency" | "frequency" | "deadline" | "chance";
}

/** What goes when memory is full. Redis's names. */
export const EVICTION_POLICIES = {
  "allkeys-lru": { among: "all", by: "recency" },
  "allkeys-lfu": { among: "all", by: "frequency" },
  "allkeys-random": { among: "all", by: "chance" },
  "volatile-lru": { among: "expiring", by: "recency" },
  "volatile-lfu": { among: "expiring", by: "frequency" },
  "volatile-random": { among: "expiring", by: "chance" },
  "volatile-ttl": { among: "expiring", by: "deadline" },
  noeviction: { among: "none", by: "recency" },
} as const satisfies Record<string, Policy>;

export type EvictionPolicy = keyof typeof EVICTION_POLICIES;

/** Candidates remembered from one eviction to the next: with it a handful of samples comes close to the exact order. */
const POOL_MAX = 16;

interface Candidate {
  readonly key: string;
  readonly score: number;
}

/**
 * Makes room. Entries are sampled and the best candidates kept in a small pool, which takes four bytes per entry where
 * an exact order would take a list's two links, and serves every policy alike.
 */
export class Evictor {
  /** Entries evicted since the start. */
  evictedKeys = 0;
  /** Entries looked at for each that goes. More is nearer to exact and slower. */
  samples = 5;
  #policy: EvictionPolicy = "allkeys-lru";
  /** Ascending by score: the last goes first. */
  #pool: Candidate[] = [];
  readonly #store: Store;
  readonly #random: Random;

  constructor(store: Store, random: Random) {
    this.#store = store;
    this.#random = random;
  }

  get policy(): EvictionPolicy {
    return this.#policy;
  }

  set policy(policy: EvictionPolicy) {
    this.#policy = policy;
    this.#pool = [];
    this.#store.measureUsage(EVICTION_POLICIES[policy].by === "frequency" ? "frequency" : "recency");
  }

  /** Evicts until at most `bytes` (and `KEYS_MAX` keys) are left. False when the policy leaves nothing to evict. */
  shrinkTo(bytes: number): boolean {
    while (this.#store.usedBytes > bytes || this.#store.size > KEYS_MAX) {
      const slot = this.#choose();
      if (slot < 0) return false;
      this.evictedKeys++;
      this.#store.remove(slot);
    }
    return true;
  }

  #choose(): number {
    const available = this.#available();
    if (available === 0) return -1;
    if (EVICTION_POLICIES[this.#policy].by === "chance") return this.#draw(available);
    for (let sample = 0; sample < this.samples; sample++) this.#consider(this.#draw(available));
    const best = this.#best();
    if (best !== undefined) return best;
    // Going through the pool may have removed what had expired.
    const left = this.#available();
    return left === 0 ? -1 : this.#draw(left);
  }

  #available(): number {
    const { among } = EVICTION_POLICIES[this.#policy];
    return among === "all" ? this.#store.size : among === "expiring" ? this.#store.deadlines.size : 0;
  }

  #draw(available: number): number {
    const drawn = Math.min(available - 1, Math.floor(this.#random() * available));
    return EVICTION_POLICIES[this.#policy].among === "all" ? drawn : this.#store.deadlines.slotAt(drawn);
  }

  #consider(slot: number): void {
    const score = this.#score(slot);
    const pool = this.#pool;
    if (pool.length === POOL_MAX && score <= (pool[0]?.score ?? 0)) return;
    const key = this.#store.keyAt(slot);
    if (pool.some((candidate) => candidate.key === key)) return;
    let at = pool.length;
    while (at > 0 && (pool[at - 1]?.score ?? 0) > score) at--;
    pool.splice(at, 0, { key, score });
    if (pool.length > POOL_MAX) pool.shift();
  }

  /** The pool's best that is still there, still may go, and was not used since. */
  #best(): number | undefined {
    for (let candidate = this.#pool.pop(); candidate; candidate = this.#pool.pop()) {
      const slot = this.#store.find(candidate.key);
      if (slot < 0) continue;
      const expires = this.#store.deadlines.of(slot) >= 0;
      if (EVICTION_POLICIES[this.#policy].among === "expiring" && !expires) continue;
      if (this.#score(slot) >= candidate.score) return slot;
    }
    return undefined;
  }

  /** The greater, the sooner it goes. */
  #score(slot: number): number {
    switch (EVICTION_POLICIES[this.#policy].by) {
      case "recency":
        return this.#store.idleMs(slot);
      case "frequency":
        return 255 - this.#store.frequency(slot);
      case "deadline":
        return -this.#store.deadlines.of(slot);
      case "chance":
        return 0;
    }
  }
}
