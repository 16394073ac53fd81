import type { Decision } from "./rate-limiter.ts";

/**
 * The response fields that tell a client how it stands: `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`, and on a
 * refusal `Retry-After` (RFC 9110, section 10.2.3), in whole seconds rounded up, so that waiting as long as told is enough.
 *
 * This is the form of draft-ietf-httpapi-ratelimit-headers up to version 06, one field per number, which deployed clients read;
 * later drafts pack the same numbers into one structured `RateLimit` field, which names a policy that a decision does not know.
 * What is without end has no number: the field is left out.
 */
export function rateLimitHeaders(decision: Decision): Record<string, string> {
  const { allowed, limit, remaining, resetAfterMs, retryAfterMs } = decision;
  const headers: Record<string, string> = {
    "RateLimit-Limit": String(Math.floor(limit)),
    "RateLimit-Remaining": String(remaining),
  };
  if (resetAfterMs < Number.POSITIVE_INFINITY) headers["RateLimit-Reset"] = seconds(resetAfterMs);
  if (!allowed && retryAfterMs < Number.POSITIVE_INFINITY) headers["Retry-After"] = seconds(retryAfterMs);
  return headers;
}

/** Whole seconds, rounded up; digits below a microsecond are rounding, not time. */
function seconds(durationMs: number): string {
  return String(Math.ceil(durationMs / 1_000 - 1e-6));
}
