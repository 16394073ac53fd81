import { EndpointHealth, type HealthChange, type HealthPolicy } from "./health.ts";
import { OutlierDetector, type OutlierPolicy } from "./outlier.ts";
import { warmShare } from "./slow-start.ts";

/** By what an endpoint is judged. */
export interface ConditionPolicies {
  readonly health: HealthPolicy;
  /** Undefined: it is never ejected. */
  readonly outliers: OutlierPolicy | undefined;
  /** 0: it has its full share at once. */
  readonly slowStartMs: number;
}

/**
 * Where an endpoint stands. `up`. `warming`: up, with less than its share. `down`: failed its checks. `pausing`: takes no
 * connections. `ejected`: failed too many requests.
 */
export type EndpointState = "up" | "warming" | "down" | "pausing" | "ejected";

/** How an upstream as a whole stands, as far as it matters to whether an endpoint may be used. */
export interface PanicState {
  /** Too few endpoints are well: the health of the others is not looked at. */
  readonly panics: boolean;
  /** Even so nobody else is left for the request at hand. */
  readonly lastResort: boolean;
}

/** In the place of a time: it has been warm for ever. */
const WARM = Number.NEGATIVE_INFINITY;

/**
 * The condition of one endpoint: its checks, the requests that it fails, and how warm it is, which all have to allow that it is
 * used. Pure; times are monotonic milliseconds. Changes are returned: `"down"` when it can no longer be used, `"up"` when it can
 * again.
 */
export class EndpointCondition {
  readonly #health: EndpointHealth;
  readonly #outliers: OutlierDetector;
  #slowStartMs: number;
  /** Since when it warms. */
  #warmsFromMs: number;
  #isUsable = true;

  /** A new endpoint is up. `isWarm`: it has been serving already, and needs no slow start. */
  constructor(policies: ConditionPolicies, nowMs: number, isWarm: boolean) {
    this.#health = new EndpointHealth(policies.health);
    this.#outliers = new OutlierDetector(policies.outliers);
    this.#slowStartMs = policies.slowStartMs;
    this.#warmsFromMs = isWarm ? WARM : nowMs;
  }

  /** Whether it is well, as of the last time that somebody asked or told. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** Whether its checks, and connections, say that it is well. */
  get isHealthy(): boolean {
    return this.#health.isUp;
  }

  get isEjected(): boolean {
    return this.#outliers.isEjected;
  }

  /** When the ejection under way ends. */
  get ejectedUntilMs(): number {
    return this.#outliers.untilMs;
  }

  stateAt(nowMs: number): EndpointState {
    if (this.#outliers.isEjected) return "ejected";
    if (this.#health.isRefusing) return "pausing";
    if (!this.#health.isUp) return "down";
    return this.warmShareAt(nowMs) < 1 ? "warming" : "up";
  }

  /** The part of its weight that it gets. */
  warmShareAt(nowMs: number): number {
    return warmShare(nowMs - this.#warmsFromMs, this.#slowStartMs);
  }

  /** Whether a request may be sent there, to an endpoint that is not well. Asking may be a trial: the next has to wait. */
  admitUnwell(nowMs: number, { panics, lastResort }: PanicState): boolean {
    if (this.#outliers.isEjected && !panics) return false;
    if (this.#health.isUp) return true;
    if (this.#health.isRefusing) return this.#health.admit(nowMs, lastResort);
    return panics;
  }

  checkPassed(nowMs: number): HealthChange {
    return this.#heard(this.#health.checkPassed(), nowMs);
  }

  /** `refused`: nobody listens there at all. */
  checkFailed(refused: boolean, nowMs: number): HealthChange {
    return this.#heard(this.#health.checkFailed(refused, nowMs), nowMs);
  }

  /** A request found nobody there. */
  connectionFailed(nowMs: number): HealthChange {
    return this.#heard(this.#health.connectionFailed(nowMs), nowMs);
  }

  answered(nowMs: number): HealthChange {
    return this.#heard(this.#health.answered(), nowMs);
  }

  /** A request succeeded; the reason why the endpoint should be ejected all the same. */
  requestSucceeded(nowMs: number): string | undefined {
    return this.#outliers.succeeded(nowMs);
  }

  /** A request failed; the reason why the endpoint should be ejected, if that is too much. */
  requestFailed(nowMs: number): string | undefined {
    return this.#outliers.failed(nowMs);
  }

  /** Takes it out for the requests that it failed, for a time that `ejectedUntilMs` tells. */
  eject(nowMs: number): HealthChange {
    this.#outliers.eject(nowMs);
    return this.#settle(nowMs);
  }

  /** Ends an ejection whose time is over. */
  returnIfDue(nowMs: number): HealthChange {
    return this.#outliers.returns(nowMs) ? this.#settle(nowMs) : undefined;
  }

  /** Judges by other policies from now on, starting from what is known. */
  judgeBy(policies: ConditionPolicies, nowMs: number): HealthChange {
    this.#health.judgeBy(policies.health);
    this.#outliers.judgeBy(policies.outliers);
    this.#slowStartMs = policies.slowStartMs;
    return this.#settle(nowMs);
  }

  #heard(change: HealthChange, nowMs: number): HealthChange {
    if (change === undefined) return undefined;
    // What serves there after it was gone is another process, which has failed nobody yet.
    if (change === "up" && !this.#outliers.isEjected) this.#outliers.forget();
    return this.#settle(nowMs);
  }

  #settle(nowMs: number): HealthChange {
    const isUsable = this.#health.isUp && !this.#outliers.isEjected;
    if (isUsable === this.#isUsable) return undefined;
    this.#isUsable = isUsable;
    if (isUsable) this.#warmsFromMs = nowMs;
    return isUsable ? "up" : "down";
  }
}
