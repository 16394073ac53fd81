import { timeWindow } from "../../../blocks/resilience/circuit-breaker/time-window.ts";
import type { TripRecord } from "../../../blocks/resilience/circuit-breaker/trip-rule.ts";
import type { OutlierConfig } from "../config/index.ts";

/** When an endpoint is ejected for the requests that it failed, and for how long: `OutlierConfig` with its defaults filled in. */
export type OutlierPolicy = Required<OutlierConfig>;

/** The policy that a configuration asks for; undefined: nobody is ever ejected. */
export function outlierPolicyOf(config: OutlierConfig | false | undefined): OutlierPolicy | undefined {
  if (config === false) return undefined;
  return {
    consecutiveErrors: config?.consecutiveErrors ?? 5,
    failureShare: config?.failureShare ?? 0.5,
    minimumRequests: config?.minimumRequests ?? 100,
    intervalMs: config?.intervalMs ?? 10_000,
    ejectionMs: config?.ejectionMs ?? 30_000,
    maxEjectionMs: config?.maxEjectionMs ?? 300_000,
    maxEjectedShare: config?.maxEjectedShare ?? 0.5,
  };
}

/** How many of `count` endpoints may be out at once by a policy: one of two at least, unless the share is 0. */
export function ejectedMax({ maxEjectedShare }: OutlierPolicy, count: number): number {
  // A product such as 0.29 * 100 is a little less than the whole number that is meant.
  const share = Math.floor(maxEjectedShare * count + 1e-9);
  return maxEjectedShare > 0 && count >= 2 ? Math.max(1, share) : share;
}

/**
 * What the requests to one endpoint say of it: passive outlier detection. Counts failures in a row, and their share over a
 * sliding interval; says when that is too much; and keeps the time out, which grows n-fold with the n-th ejection and forgets
 * one of them with each interval that the endpoint was in. Whether an ejection would leave too few endpoints is for the owner
 * of all of them to say. Pure; times are monotonic milliseconds.
 */
export class OutlierDetector {
  #policy: OutlierPolicy | undefined;
  #record: TripRecord | undefined;
  #consecutive = 0;
  #untilMs = Number.NEGATIVE_INFINITY;
  #isEjected = false;
  /** As of the last ejection. */
  #ejections = 0;

  constructor(policy: OutlierPolicy | undefined) {
    this.#policy = policy;
    this.#record = recordOf(policy);
  }

  get isEjected(): boolean {
    return this.#isEjected;
  }

  /** When the ejection under way, or the last one, ends. */
  get untilMs(): number {
    return this.#untilMs;
  }

  /** A request succeeded; the reason why the endpoint should be ejected all the same, since too many others have failed. */
  succeeded(nowMs: number): string | undefined {
    this.#consecutive = 0;
    return this.#noteInRecord(nowMs, false);
  }

  /** A request failed; the reason why the endpoint should be ejected, if that is too much. */
  failed(nowMs: number): string | undefined {
    const policy = this.#policy;
    if (!policy || this.#isEjected) return undefined;
    this.#consecutive += 1;
    const reason = this.#noteInRecord(nowMs, true);
    if (policy.consecutiveErrors === 0 || this.#consecutive < policy.consecutiveErrors) return reason;
    return `failed ${this.#consecutive} requests in a row`;
  }

  /** Takes the endpoint out. Returns for how long, in milliseconds: 0 when nothing was to be done. */
  eject(nowMs: number): number {
    const policy = this.#policy;
    if (!policy || this.#isEjected) return 0;
    const { ejectionMs, intervalMs } = policy;
    const longestMs = Math.max(ejectionMs, policy.maxEjectionMs);
    const goodIntervals = Math.max(0, Math.floor((nowMs - this.#untilMs) / intervalMs));
    // Beyond the longest time there is nothing to count, and it would take all the longer to be forgotten.
    const most = Math.ceil(longestMs / ejectionMs);
    this.#ejections = Math.min(most, Math.max(0, this.#ejections - goodIntervals) + 1);
    const outMs = Math.min(longestMs, ejectionMs * this.#ejections);
    this.#isEjected = true;
    this.#untilMs = nowMs + outMs;
    return outMs;
  }

  /** Whether the endpoint returns now: its time is over. It begins with nothing held against it but its ejections. */
  returns(nowMs: number): boolean {
    if (!this.#isEjected || nowMs < this.#untilMs) return false;
    this.#isEjected = false;
    this.forget();
    return true;
  }

  /** Forgets the requests so far: what serves there now is another process, or one that has had its time out. */
  forget(): void {
    this.#consecutive = 0;
    this.#record = recordOf(this.#policy);
  }

  /** Judges by another policy from now on. Whether this ended an ejection: without a policy nobody is out. */
  judgeBy(policy: OutlierPolicy | undefined): boolean {
    const before = this.#policy;
    this.#policy = policy;
    const { failureShare, minimumRequests, intervalMs } = policy ?? {};
    if (
      before?.failureShare !== failureShare ||
      before?.minimumRequests !== minimumRequests ||
      before?.intervalMs !== intervalMs
    ) {
      this.#record = recordOf(policy);
    }
    if (policy || !this.#isEjected) return false;
    this.#isEjected = false;
    this.forget();
    return true;
  }

  #noteInRecord(nowMs: number, failed: boolean): string | undefined {
    const record = this.#record;
    if (!record || this.#isEjected || !record.note(nowMs, failed, false)) return undefined;
    const { failureShare = 0, intervalMs = 0 } = this.#policy ?? {};
    return `failed ${Math.round(failureShare * 100)} % or more of its requests within ${intervalMs} ms`;
  }
}

/** A window that moves in tenths of the interval. */
function recordOf(policy: OutlierPolicy | undefined): TripRecord | undefined {
  if (!policy || policy.failureShare === 0) return undefined;
  const { failureShare, minimumRequests, intervalMs } = policy;
  return timeWindow({
    windowMs: Math.max(10, intervalMs),
    failureShare,
    minimumCalls: minimumRequests,
  }).begin();
}
