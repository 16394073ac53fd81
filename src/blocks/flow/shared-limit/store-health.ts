/** Failures in a row that make a store count as lost. */
const FAILURES_MAX = 3;
/** How long a lost store is left alone before one call tries it. */
const REST_MS = 1_000;

type State =
  | { readonly kind: "well"; readonly failures: number }
  | { readonly kind: "lost"; readonly untilMs: number }
  | { readonly kind: "tried" };

const WELL: State = { kind: "well", failures: 0 };
const TRIED: State = { kind: "tried" };

/**
 * Whether a store is worth asking: after 3 failures in a row it is left alone for a second, then tried by one call at a time.
 * Pure; times are monotonic milliseconds.
 */
export class StoreHealth {
  #state: State = WELL;

  /** Whether to ask the store now. Whoever is told so tells how it went. */
  mayAsk(nowMs: number): boolean {
    if (this.#state.kind === "well") return true;
    if (this.#state.kind === "tried" || nowMs < this.#state.untilMs) return false;
    this.#state = TRIED;
    return true;
  }

  /** The store answered. True when it had been lost. */
  succeeded(): boolean {
    const wasLost = this.#state.kind !== "well";
    if (this.#state !== WELL) this.#state = WELL;
    return wasLost;
  }

  /** The store did not answer. True when that makes it lost. */
  failed(nowMs: number): boolean {
    if (this.#state.kind === "lost") return false;
    const isNew = this.#state.kind === "well";
    const failures = this.#state.kind === "well" ? this.#state.failures + 1 : FAILURES_MAX;
    if (failures < FAILURES_MAX) this.#state = { kind: "well", failures };
    else this.#state = { kind: "lost", untilMs: nowMs + REST_MS };
    return isNew && failures >= FAILURES_MAX;
  }

  /** Milliseconds until the store may be asked again; 0 when it is well. */
  restMs(nowMs: number): number {
    if (this.#state.kind === "well") return 0;
    return this.#state.kind === "lost" ? Math.max(0, this.#state.untilMs - nowMs) : REST_MS;
  }
}
