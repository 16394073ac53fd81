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

/** The pauses before an endpoint without checks is tried again. Nobody else tries it: they need no jitter. */
const PAUSES = backOff({ firstMs: 250, maxMs: 1_000, jitter: "none" });

type State =
  | { readonly state: "up"; readonly failedChecks: number }
  /** Until enough checks pass in a row. */
  | { readonly state: "down"; readonly needs: number; readonly passed: number }
  /** Until a connection succeeds: from `untilMs` on, one request at a time tries it. */
  | { readonly state: "pausing"; readonly untilMs: number; readonly failures: number };

const UP: State = { state: "up", failedChecks: 0 };

/** A change that the outside should hear of, or undefined. */
export type HealthChange = "up" | "down" | undefined;

/**
 * The health of one endpoint: what has been seen goes in, whether it may be used comes out. Pure; times are monotonic
 * milliseconds. A new endpoint is up, since whoever names it has just seen it ready.
 */
export class EndpointHealth {
  readonly #policy: HealthPolicy;
  #state: State = UP;

  constructor(policy: HealthPolicy) {
    this.#policy = policy;
  }

  get isUp(): boolean {
    return this.#state.state === "up";
  }

  /** Whether a request may be sent there. For a pausing endpoint that is due this is the trial: the next has to wait again. */
  admit(nowMs: number): boolean {
    if (this.#state.state === "up") return true;
    if (this.#state.state === "down" || nowMs < this.#state.untilMs) return false;
    this.#state = pausing(nowMs, this.#state.failures);
    return true;
  }

  /** An active check passed. */
  checkPassed(): HealthChange {
    switch (this.#state.state) {
      case "up":
        this.#state = UP;
        return undefined;
      case "down": {
        const passed = this.#state.passed + 1;
        if (passed < this.#state.needs) {
          this.#state = { ...this.#state, passed };
          return undefined;
        }
        return this.#becomeUp();
      }
      case "pausing":
        return this.#becomeUp();
    }
  }

  /** An active check failed; `refused` says that nobody listens there at all. */
  checkFailed(refused: boolean): HealthChange {
    if (this.#policy.kind === "passive") return undefined;
    const needs = this.#policy.healthyAfter;
    if (this.#state.state !== "up") {
      this.#state = { state: "down", needs, passed: 0 };
      return undefined;
    }
    const failedChecks = this.#state.failedChecks + 1;
    if (!refused && failedChecks < this.#policy.unhealthyAfter) {
      this.#state = { state: "up", failedChecks };
      return undefined;
    }
    this.#state = { state: "down", needs, passed: 0 };
    return "down";
  }

  /** A request found nobody there: down at once. */
  connectionFailed(nowMs: number): HealthChange {
    const wasUp = this.isUp;
    if (this.#policy.kind === "checked") {
      // One passing check is proof enough that somebody listens again.
      if (wasUp) this.#state = { state: "down", needs: 1, passed: 0 };
    } else {
      this.#state = pausing(nowMs, this.#state.state === "pausing" ? this.#state.failures + 1 : 1);
    }
    return wasUp ? "down" : undefined;
  }

  /** A request was answered there. */
  answered(): HealthChange {
    return this.#state.state === "pausing" ? this.#becomeUp() : undefined;
  }

  #becomeUp(): HealthChange {
    this.#state = UP;
    return "up";
  }
}

/** Out of use after `failures` connections in a row were refused. */
function pausing(nowMs: number, failures: number): State {
  return { state: "pausing", untilMs: nowMs + PAUSES.delayMs(failures, 0, () => 0), failures };
}
