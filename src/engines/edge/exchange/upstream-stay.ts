import type { Pass } from "../../../blocks/resilience/circuit-breaker/circuit.ts";
import type { Answer } from "../answers.ts";
import type { FixedAnswerConfig } from "../config/index.ts";
import type { Upstream } from "../upstream/upstream.ts";

/** What is said to a request that no upstream lets in. */
export type NoEntry =
  | { readonly kind: "refused"; readonly answer: Answer }
  | { readonly kind: "answered"; readonly answer: FixedAnswerConfig };

/** A request's stay in an upstream: counted from when it is let in until it leaves, and judged once. */
export class UpstreamStay {
  #upstream: Upstream;
  #pass: Pass | undefined;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  /** Where it is: elsewhere than it was sent to when the breaker's fallback has let it in. */
  get upstream(): Upstream {
    return this.#upstream;
  }

  /**
   * Enters the upstream; or, when its breaker is open, the one where its fallback leads, and nowhere else from there. `others`: where
   * fallbacks are looked for; undefined when they are not followed. Returns what is said instead when none lets it in.
   */
  enter(nowMs: number, others: ReadonlyMap<string, Upstream> | undefined): NoEntry | undefined {
    const upstream = this.#upstream;
    const pass = upstream.enter(nowMs);
    if (typeof pass !== "string") {
      this.#pass = pass;
      return undefined;
    }
    if (pass === "full") return { kind: "refused", answer: { code: "OVERLOADED" } };
    const fallback = others && upstream.fallback;
    if (fallback && "answer" in fallback) return { kind: "answered", answer: fallback.answer };
    const other = fallback && others.get(fallback.to);
    const second = other && other !== upstream ? other.enter(nowMs) : "full";
    if (!other || typeof second === "string") {
      const retryAfterMs = upstream.retryAfterMs(nowMs);
      return { kind: "refused", answer: { code: "CIRCUIT_OPEN", retryAfterMs } };
    }
    this.#upstream = other;
    this.#pass = second;
    return undefined;
  }

  /** Tells the breaker how it went, at most once. */
  judge(failed: boolean, nowMs: number): void {
    if (this.#pass) this.#upstream.judge(this.#pass, failed, nowMs);
  }

  /** It is over. Again, it does nothing. */
  leave(): void {
    const pass = this.#pass;
    this.#pass = undefined;
    if (pass) this.#upstream.leave(pass);
  }
}
