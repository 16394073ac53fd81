import { RetryBudget } from "../../../blocks/resilience/retry/retry-budget.ts";
import type { Random } from "../../../blocks/time/index.ts";
import { RoundRobin } from "../balancing/round-robin.ts";
import type { EdgeLimits, HealthCheckConfig, UpstreamConfig } from "../config/index.ts";
import { policyOf } from "../health/health.ts";
import { HealthChecker } from "../health/health-check.ts";
import { Endpoint } from "./endpoint.ts";
import type { PoolContext } from "./pool.ts";

/** What an upstream needs of its edge. */
export interface UpstreamContext extends PoolContext {
  readonly random: Random;
  readonly onEndpoint: (upstream: string, id: string, state: "up" | "down", reason: string) => void;
}

/** The endpoints behind one name: who is next, who is well, who is leaving. */
export class Upstream {
  readonly name: string;
  readonly #context: UpstreamContext;
  readonly #balancer = new RoundRobin<Endpoint>();
  readonly #checkers = new Map<Endpoint, HealthChecker>();
  #retries = new RetryBudget();
  #retriesAtOnce = 0;
  #health: HealthCheckConfig | undefined;

  constructor(name: string, context: UpstreamContext) {
    this.name = name;
    this.#context = context;
  }

  get endpoints(): readonly Endpoint[] {
    return this.#balancer.members;
  }

  /**
   * What may be asked again. An endpoint that dies takes with it all that is under way there, at most what the edge has
   * connections for; but when requests go on being reset, asking each one twice would double the load on whoever is left.
   */
  get retries(): RetryBudget {
    return this.#retries;
  }

  /** Whose turn it is, those left out that were `tried`; undefined when nobody is left. */
  pick(nowMs: number, tried?: readonly Endpoint[]): Endpoint | undefined {
    return this.#balancer.pick({ nowMs, hash: undefined }, tried);
  }

  /** Takes over a configuration and returns the endpoints that are not part of it: they get no further request. */
  configure(config: UpstreamConfig, limits: EdgeLimits): Endpoint[] {
    const checksChanged = JSON.stringify(config.health) !== JSON.stringify(this.#health);
    this.#health = config.health;
    if (limits.connections !== this.#retriesAtOnce) {
      this.#retriesAtOnce = limits.connections;
      this.#retries = new RetryBudget({ burst: limits.connections });
    }
    const policy = policyOf(config.health);
    const before = this.endpoints;
    const now = config.endpoints.map((wanted) => {
      const kept = before.find((endpoint) => endpoint.isAt(wanted));
      if (kept && checksChanged) kept.judgeBy(policy);
      kept?.applyLimits(limits);
      return kept ?? new Endpoint(wanted, policy, limits, this.#context, this.#onHealth);
    });
    this.#balancer.replace(now);
    const removed = before.filter((endpoint) => !now.includes(endpoint));
    for (const endpoint of before) {
      if (checksChanged || removed.includes(endpoint)) this.#stopChecking(endpoint);
    }
    for (const endpoint of now) this.#checkOn(endpoint);
    return removed;
  }

  /** A request failed at an endpoint in a way that does not prove it gone: its health is looked at, now. */
  suspect(endpoint: Endpoint): void {
    this.#checkers.get(endpoint)?.checkNow();
  }

  close(): void {
    for (const endpoint of this.endpoints) this.#stopChecking(endpoint);
    for (const endpoint of this.endpoints) endpoint.connections.close();
  }

  #checkOn(endpoint: Endpoint): void {
    if (!this.#health) return;
    const checker = this.#checkers.get(endpoint);
    if (!checker) {
      const { clock, random } = this.#context;
      this.#checkers.set(endpoint, new HealthChecker(endpoint, this.#health, clock, random));
    } else if (!endpoint.isUp) checker.checkNow();
  }

  #stopChecking(endpoint: Endpoint): void {
    this.#checkers.get(endpoint)?.close();
    this.#checkers.delete(endpoint);
  }

  readonly #onHealth = (endpoint: Endpoint, state: "up" | "down", reason: string): void => {
    this.#context.onEndpoint(this.name, endpoint.id, state, reason);
    if (state === "down") this.suspect(endpoint);
  };
}
