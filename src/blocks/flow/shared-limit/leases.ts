import type { SharedDecision } from "./answer.ts";

/** Units taken in advance, to be given out without asking the store. */
export interface LeaseOptions {
  /** How many are taken at once, per key: a finite number above 0. A tenth of the limit per process is a start. */
  readonly units: number;
  /** Milliseconds, above 0, after which what is left of a batch is not used any more. */
  readonly forMs: number;
  /** How many processes share the limit, at most: a whole number above 0. Only `accuracy` depends on it. */
  readonly processes: number;
}

/** Keys for which something is kept at once; beyond them the oldest is given up, with what it held. */
const KEYS_MAX = 100_000;
/** Entries that are looked at per new one, to find those whose time is over. */
const SWEPT_PER_ENTRY = 2;

interface Lease {
  /** Units in hand until then. Never more than `units`. */
  left: number;
  untilMs: number;
  /** Until then the store refuses this cost and higher ones, unless somebody gives back. */
  refusedCost: number;
  refusedUntilMs: number;
  /** What the store said last, and when. */
  decision: SharedDecision;
  saidAtMs: number;
}

/** The batches of one process. Pure; times are monotonic milliseconds. */
export class Leases {
  readonly units: number;
  readonly #forMs: number;
  readonly #leases = new Map<string, Lease>();

  constructor({ units, forMs, processes }: LeaseOptions) {
    for (const [name, value] of Object.entries({ units, forMs }))
      if (!(Number.isFinite(value) && value > 0))
        throw new RangeError(`lease.${name} has to be a finite number above 0, not ${value}`);
    if (!(Number.isInteger(processes) && processes > 0))
      throw new RangeError(`lease.processes has to be a whole number above 0, not ${processes}`);
    this.units = units;
    this.#forMs = forMs;
  }

  /** Keys for which something is kept. */
  get size(): number {
    return this.#leases.size;
  }

  /** Decides from what is in hand; undefined when the store has to be asked. */
  take(key: string, cost: number, nowMs: number, consume: boolean): SharedDecision | undefined {
    const lease = this.#leases.get(key);
    if (!lease) return undefined;
    const { decision, saidAtMs } = lease;
    const agoMs = nowMs - saidAtMs;
    const resetAfterMs = Math.max(0, decision.resetAfterMs - agoMs);
    if (lease.left >= cost && nowMs < lease.untilMs) {
      const left = lease.left - cost;
      if (consume) lease.left = left;
      const remaining = Math.floor(decision.remaining + left);
      return { ...decision, allowed: true, remaining, resetAfterMs, retryAfterMs: 0 };
    }
    if (cost < lease.refusedCost || nowMs >= lease.refusedUntilMs) return undefined;
    return { ...decision, resetAfterMs, retryAfterMs: decision.retryAfterMs - agoMs };
  }

  /** Keeps what the store said to a take of `cost`, and what it granted beyond that. */
  keep(key: string, cost: number, granted: number, decision: SharedDecision, nowMs: number): void {
    const before = this.#leases.get(key);
    const left = before && nowMs < before.untilMs ? before.left : 0;
    this.#leases.delete(key);
    this.#makeRoom(nowMs);
    const { allowed, retryAfterMs } = decision;
    this.#leases.set(key, {
      left: allowed ? left + granted - cost : left,
      untilMs: allowed ? nowMs + this.#forMs : (before?.untilMs ?? nowMs),
      refusedCost: cost,
      refusedUntilMs: allowed ? nowMs : nowMs + Math.min(this.#forMs, retryAfterMs),
      decision,
      saidAtMs: nowMs,
    });
  }

  /** Somebody changed the key in the store: a refusal may not be true any more. */
  touched(key: string): void {
    const lease = this.#leases.get(key);
    if (lease) lease.refusedUntilMs = 0;
  }

  /** Gives up what is in hand of a key. */
  drop(key: string): void {
    this.#leases.delete(key);
  }

  /** Everything in hand that can still be used, which is not in hand any more. */
  drain(nowMs: number): [key: string, units: number][] {
    const held = [...this.#leases]
      .filter(([, { left, untilMs }]) => left > 0 && nowMs < untilMs)
      .map(([key, { left }]): [string, number] => [key, left]);
    this.#leases.clear();
    return held;
  }

  /** The map is in the order of entry, so those whose time is over are mostly at its front. */
  #makeRoom(nowMs: number): void {
    let swept = 0;
    for (const [key, { untilMs, refusedUntilMs }] of this.#leases) {
      if (swept++ >= SWEPT_PER_ENTRY) break;
      if (nowMs < Math.max(untilMs, refusedUntilMs) && this.#leases.size < KEYS_MAX) break;
      this.#leases.delete(key);
    }
  }
}
