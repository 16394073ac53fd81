import { backOff } from "../../../blocks/resilience/retry/back-off.ts";
import type { HealthCheckConfig } from "../config/index.ts";

/** How an endpoint is judged. */
export type HealthPolicy =
  /** By checks, with thresholds of failures and successes in a row. */
  | { readonly kind: "checked"; readonly unhealthyAfter: number; readonly healthyAfter: number }
  /** By whether it takes connections, and by trying it again after a while. */
  | { readonly kind: "passive" };

/** The policy that a configuration asks for. */
export function policyOf(health: HealthCheckConfig | undefined): HealthPolicy {
  if (!health) return { kind: "passive" };
  return {
    kind: "checked",
    unhealthyAfter: health.unhealthyAfter ?? 3,
    healthyAfter: health.healthyAfter ?? 1,
  };
}

/** The pauses before an endpoint that refuses connections is tried again. Nobody else tries it: they need no jitter. */
const PAUSES = backOff({ firstMs: 250, maxMs: 1_000, jitter: "none" });

type State =
  | { readonly state: "up"; readonly failedChecks: number }
  /** Until enough checks pass in a row. */
  | { readonly state: "down"; readonly needs: number; readonly passed: number }
  /** Nobody listens there: until enough checks pass, or a trial succeeds. From `untilMs` on, one request at a time is a trial. */
  | {
      readonly state: "refusing";
      readonly needs: number;
      readonly passed: number;
      readonly untilMs: number;
      readonly failures: number;
    };

const UP: State = { state: "up", failedChecks: 0 };

/** A change that the outside should hear of, or undefined. */
export type HealthChange = "up" | "down" | undefined;

/**
 * The health of one endpoint: what has been seen goes in, whether it may be used comes out. Pure; times are monotonic
 * milliseconds. A new endpoint is up, since whoever names it has just seen it ready.
 */
export class EndpointHealth {
  #policy: HealthPolicy;
  #state: State = UP;

  constructor(policy: HealthPolicy) {
    this.#policy = policy;
  }

  get isUp(): boolean {
    return this.#state.state === "up";
  }

  /** Whether it is out because it takes no connections. */
  get isRefusing(): boolean {
    return this.#state.state === "refusing";
  }

  /** Judges by another policy from now on. What was seen stays true, but that a check failed is no reason without checks. */
  judgeBy(policy: HealthPolicy): HealthChange {
    this.#policy = policy;
    const state = this.#state;
    switch (state.state) {
      case "up":
        this.#state = UP;
        return undefined;
      case "down":
        if (policy.kind === "passive") return this.#becomeUp();
        this.#state = { state: "down", needs: policy.healthyAfter, passed: 0 };
        return undefined;
      case "refusing":
        this.#state = { ...state, needs: 1, passed: 0 };
        return undefined;
    }
  }

  /**
   * Whether a request may be sent there. For a refusing endpoint that is due this is the trial: the next has to wait again. With
   * checks there are trials only where nobody else is left (`lastResort`).
   */
  admit(nowMs: number, lastResort = false): boolean {
    const state = this.#state;
    switch (state.state) {
      case "up":
        return true;
      case "down":
        return false;
      case "refusing":
        if (nowMs < state.untilMs || (this.#policy.kind === "checked" && !lastResort)) return false;
        this.#state = { ...state, untilMs: nowMs + pauseMs(state.failures) };
        return true;
    }
  }

  /** An active check passed. */
  checkPassed(): HealthChange {
    const state = this.#state;
    if (state.state === "up") {
      this.#state = UP;
      return undefined;
    }
    const passed = state.passed + 1;
    if (passed >= state.needs) return this.#becomeUp();
    this.#state = { ...state, passed };
    return undefined;
  }

  /** An active check failed; `refused` says that nobody listens there at all. */
  checkFailed(refused: boolean, nowMs: number): HealthChange {
    if (this.#policy.kind === "passive") return undefined;
    const { healthyAfter: needs, unhealthyAfter } = this.#policy;
    const state = this.#state;
    const wasUp = state.state === "up";
    const failedChecks = wasUp ? state.failedChecks + 1 : 0;
    if (wasUp && !refused && failedChecks < unhealthyAfter) {
      this.#state = { state: "up", failedChecks };
      return undefined;
    }
    if (!refused) this.#state = { state: "down", needs, passed: 0 };
    else if (state.state === "refusing") this.#state = { ...state, needs, passed: 0 };
    else this.#state = { state: "refusing", needs, passed: 0, untilMs: nowMs + pauseMs(1), failures: 1 };
    return wasUp ? "down" : undefined;
  }

  /** A request found nobody there: down at once. */
  connectionFailed(nowMs: number): HealthChange {
    const state = this.#state;
    const wasUp = state.state === "up";
    // What failed its checks before has to pass as many as it had to. Else one is proof enough that somebody listens again.
    const needs = wasUp ? 1 : state.needs;
    const failures = state.state === "refusing" ? state.failures + 1 : 1;
    this.#state = { state: "refusing", needs, passed: 0, untilMs: nowMs + pauseMs(failures), failures };
    return wasUp ? "down" : undefined;
  }

  /** A request was answered there. With checks that is a reason for another one, and no more. */
  answered(): HealthChange {
    return this.#policy.kind === "passive" && this.#state.state === "refusing" ? this.#becomeUp() : undefined;
  }

  #becomeUp(): HealthChange {
    this.#state = UP;
    return "up";
  }
}

/** Out of use for so long after `failures` connections in a row were refused. */
function pauseMs(failures: number): number {
  return PAUSES.delayMs(failures, 0, () => 0);
}
