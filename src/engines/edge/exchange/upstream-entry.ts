import type { Pass } from "../../../blocks/resilience/circuit-breaker/circuit.ts";
import type { Answer } from "../answers.ts";
import type { FixedAnswerConfig } from "../config/index.ts";
import type { Upstream } from "../upstream/upstream.ts";

/** What becomes of a request whose upstream does not let it in. */
export type OtherEntry =
  | { readonly kind: "entered"; readonly upstream: Upstream; readonly pass: Pass }
  | { readonly kind: "refused"; readonly answer: Answer }
  | { readonly kind: "answered"; readonly answer: FixedAnswerConfig };

/**
 * Where a request goes that an upstream has not let in, for `why`: where the breaker's fallback leads, if that lets it in, and
 * nowhere else from there. `fallsBack`: whether it may go there at all.
 */
export function otherEntry(
  upstream: Upstream,
  why: "full" | "open",
  options: {
    readonly fallsBack: boolean;
    readonly upstreams: ReadonlyMap<string, Upstream>;
    readonly nowMs: number;
  },
): OtherEntry {
  const { fallsBack, upstreams, nowMs } = options;
  if (why === "full") return { kind: "refused", answer: { code: "OVERLOADED" } };
  const fallback = fallsBack ? upstream.fallback : undefined;
  if (fallback && "answer" in fallback) return { kind: "answered", answer: fallback.answer };
  const other = fallback && upstreams.get(fallback.to);
  const pass = other && other !== upstream ? other.enter(nowMs) : "full";
  if (other && typeof pass !== "string") return { kind: "entered", upstream: other, pass };
  return { kind: "refused", answer: { code: "CIRCUIT_OPEN", retryAfterMs: upstream.retryAfterMs(nowMs) } };
}
