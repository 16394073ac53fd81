import {
  perMinute,
  type RateLimiter,
  rateLimiter,
  rateLimitHeaders,
  tokenBucket,
} from "trestle/flow/rate-limit";
import type { Clock } from "trestle/time";
import { ApiError } from "../http/errors.ts";

/** Clients told apart at once, in some 3 MB at most. Beyond, one that has made next to nothing is forgotten first. */
const CLIENTS_MAX = 100_000;

/**
 * How many links each client may make: so many at once, which come back evenly within a minute. In this process alone: N
 * replicas behind an edge that takes turns admit N times as many.
 */
export class CreateLimit {
  readonly #limiter: RateLimiter<true> | undefined;

  /** `createsPerMinute` per client; 0 for no limit. */
  constructor({ createsPerMinute, clock }: { createsPerMinute: number; clock: Clock }) {
    if (createsPerMinute === 0) return;
    this.#limiter = rateLimiter(tokenBucket(perMinute(createsPerMinute)), { clock, keysMax: CLIENTS_MAX });
  }

  /**
   * Counts one request to make a link, whatever becomes of it. Returns the header fields that tell the client how it stands.
   *
   * @throws ApiError `RATE_LIMITED`
   */
  admit(client: string): Record<string, string> {
    if (!this.#limiter) return {};
    const decision = this.#limiter.take(client);
    const headers = rateLimitHeaders(decision);
    if (!decision.allowed) throw new ApiError("RATE_LIMITED", { headers });
    return headers;
  }
}
