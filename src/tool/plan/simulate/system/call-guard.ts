import type { Circuit } from "../../../../blocks/resilience/circuit-breaker/circuit.ts";
import { HedgeRules } from "../../../../blocks/resilience/hedge/hedge-rules.ts";
import { RetryBudget } from "../../../../blocks/resilience/retry/retry-budget.ts";
import { RetryRules } from "../../../../blocks/resilience/retry/retry-rules.ts";
import type { BreakerConfig } from "../../../../engines/edge/config/index.ts";
import { circuitOf } from "../../../../engines/edge/upstream/breaker.ts";
import type { Call } from "../../resolved-model.ts";

/** What guards calls: the settings of a call, and those that whoever is called asks for. Plain data. */
export type GuardSettings = Pick<
  Call,
  "retries" | "budget" | "budgetOf" | "backoff" | "hedge" | "singleFlight"
> & { readonly breaker?: BreakerConfig };

/** An edge tries again at once; so does who says nothing. */
const AT_ONCE = { firstMs: 0, maxMs: 0, jitter: "none" } as const;

/**
 * What guards one replica's calls of one part: the rules of `src/blocks`, with what they remember. Calls of all classes that are guarded alike
 * share it. Pure.
 */
export class CallGuard {
  /** Undefined where nothing is tried again. */
  readonly retries: RetryRules | undefined;
  readonly circuit: Circuit | undefined;
  readonly hedges: HedgeRules | undefined;
  /** Whether calls for one key share a flight. */
  readonly sharesFlights: boolean;

  /** @throws RangeError when a setting is out of its range. */
  constructor(settings: GuardSettings) {
    const { retries, backoff = AT_ONCE, budget, budgetOf, breaker, hedge } = settings;
    if (retries > 0) {
      this.retries = new RetryRules({
        attempts: retries + 1,
        backOff: backoff,
        budget: budget && new RetryBudget(budgetOf),
      });
    }
    this.circuit = breaker && circuitOf(breaker);
    this.hedges = hedge && new HedgeRules(hedge);
    this.sharesFlights = settings.singleFlight === true;
  }
}

/** Of clients, who call once and wait. */
export const UNGUARDED = new CallGuard({ retries: 0, budget: false });
