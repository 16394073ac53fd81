import type { Circuit, Pass } from "../../../blocks/resilience/circuit-breaker/circuit.ts";
import { RetryBudget } from "../../../blocks/resilience/retry/retry-budget.ts";
import type { Clock, Random } from "../../../blocks/time/index.ts";
import { affinityOf } from "../affinity/affinities.ts";
import type { Affinity } from "../affinity/affinity.ts";
import type { Balancer, Draw } from "../balancing/balancer.ts";
import { balancerOf, neededKey } from "../balancing/balancers.ts";
import type { BreakerConfig, EdgeLimits, HashKeyConfig, UpstreamConfig } from "../config/index.ts";
import { policyOf } from "../health/health.ts";
import { HealthChecker } from "../health/health-check.ts";
import { ejectedMax, type OutlierPolicy, outlierPolicyOf } from "../health/outlier.ts";
import type { Watch, Watched } from "../watch.ts";
import { boundsOf, type UpstreamBounds, type UpstreamLoad } from "./bounds.ts";
import { circuitOf } from "./breaker.ts";
import { Endpoint, type EndpointOwner, type EndpointSettings, type EndpointSnapshot } from "./endpoint.ts";
import { plainTransport, type Transport, type TransportOf } from "./transport.ts";

/** What an upstream needs of its edge. */
export interface UpstreamContext {
  readonly clock: Clock;
  readonly watch: Watch;
  readonly random: Random;
  /** Signs what clients are given to hold, unless the configuration has a secret for that: at least 16 random bytes. */
  readonly secret: Uint8Array;
  readonly onEndpoint: (upstream: string, id: string, state: "up" | "down", reason: string) => void;
  /** Default: HTTP/1.1 in plain text, whatever the configuration says. */
  readonly transportOf?: TransportOf;
}

/** What one upstream looks like to an operator. */
export interface UpstreamSnapshot {
  readonly name: string;
  /** Whether too few endpoints are well, so that their health is not looked at. */
  readonly panics: boolean;
  readonly breaker: "closed" | "open" | "half-open" | "none";
  /** Requests under way, and how many of them wait for a connection. */
  readonly requests: number;
  readonly pending: number;
  readonly endpoints: readonly EndpointSnapshot[];
}

/**
 * The endpoints behind one name: who is next, who is well, who is leaving, and how much may be under way.
 *
 * For a request: `enter`, which may refuse it; `pick`, as often as it takes; `judge`, once its last answer has begun or failed
 * to; `leave`, exactly once.
 */
export class Upstream implements EndpointOwner, Watched {
  readonly name: string;
  readonly load: UpstreamLoad = { requests: 0, pending: 0 };
  panics = false;
  lastResort = false;
  readonly #context: UpstreamContext;
  readonly #checkers = new Map<Endpoint, HealthChecker>();
  #config: UpstreamConfig = { endpoints: [] };
  #endpoints: readonly Endpoint[] = [];
  #balancer: Balancer<Endpoint>;
  /** Of requests without a key, one after the other. */
  readonly #draw: { nowMs: number; readonly hash: number | undefined } = { nowMs: 0, hash: undefined };
  #transport: Transport;
  #outliers: OutlierPolicy | undefined;
  #bounds: UpstreamBounds = boundsOf();
  #circuit: Circuit = circuitOf(undefined);
  #retries = new RetryBudget();
  #retriesAtOnce = 0;
  #isConfigured = false;
  /** What a draw needs the hash of; undefined where none is looked at. */
  key: HashKeyConfig | undefined;
  /** Keeps clients with the endpoints that they were given. */
  affinity: Affinity<Endpoint> | undefined;

  constructor(name: string, context: UpstreamContext) {
    this.name = name;
    this.#context = context;
    this.#balancer = balancerOf(undefined, context.random);
    this.#transport = this.#transportOf(this.#config);
  }

  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /**
   * What may be asked again. An endpoint that dies takes with it all that is under way there, at most what the edge has
   * connections for; but when requests go on being reset, asking each one twice would double the load on whoever is left.
   */
  get retries(): RetryBudget {
    return this.#retries;
  }

  /** What a request gets that is not let in because the breaker is open; undefined: 503 with `Retry-After`. */
  get fallback(): BreakerConfig["fallback"] {
    return this.#config.breaker?.fallback;
  }

  /**
   * Lets a request in, or not: `"full"` when as many are under way as may be, `"open"` when the breaker spares the upstream.
   * For the pass, `leave` is owed once.
   */
  enter(nowMs: number): Pass | "full" | "open" {
    if (this.load.requests >= this.#bounds.requests) return "full";
    const pass = this.#circuit.freePass ?? this.#circuit.admit(nowMs, this.#context.random);
    if (!pass) return "open";
    this.load.requests += 1;
    return pass;
  }

  /**
   * Tells the breaker, at most once for each pass, how a request that was let in went in the end, as soon as its answer has begun:
   * `failed` when no endpoint took it, no valid answer came in time, or one of status 500 and above. Not told of a request whose
   * client left, or that the edge itself refused.
   */
  judge(pass: Pass, failed: boolean, nowMs: number): void {
    if (failed) this.#circuit.failed(pass, nowMs, 0, this.#context.random);
    else this.#circuit.succeeded(pass, nowMs, 0, this.#context.random);
  }

  /** A request that was let in is over, whatever came of it. */
  leave(pass: Pass): void {
    this.load.requests -= 1;
    // A trial that nobody judged leaves its place to another.
    if (pass.kind === "trial") this.#circuit.ignored(pass);
  }

  /** After how long a request that found the breaker open may try again, in milliseconds. */
  retryAfterMs(nowMs: number): number | undefined {
    return this.#circuit.retryAfterMs(nowMs);
  }

  /** Whose turn it is, those left out that were `tried`; undefined when nobody is left. A number is a draw without a key. */
  pick(draw: Draw | number, tried?: readonly Endpoint[]): Endpoint | undefined {
    const drawn = typeof draw === "number" ? this.#drawAt(draw) : draw;
    const picked = this.#balancer.pick(drawn, tried);
    if (picked || !this.panics) return picked;
    this.lastResort = true;
    const last = this.#balancer.pick(drawn, tried);
    this.lastResort = false;
    return last;
  }

  /** Takes over a configuration and returns the endpoints that are not part of it: they get no further request. */
  configure(config: UpstreamConfig, limits: EdgeLimits): Endpoint[] {
    const before = this.#config;
    const transportChanged = reachedBy(config) !== reachedBy(before);
    const checksChanged = transportChanged || !isSame(config.health, before.health);
    this.#config = config;
    this.#outliers = outlierPolicyOf(config.outliers);
    this.#bounds = boundsOf(config.bounds);
    if (transportChanged) this.#transport = this.#transportOf(config);
    if (!isSame(config.breaker, before.breaker)) this.#circuit = circuitOf(config.breaker);
    if (!isSame(config.balance, before.balance)) {
      this.#balancer = balancerOf(config.balance, this.#context.random);
      this.key = neededKey(config.balance);
    }
    if (!isSame(config.affinity, before.affinity)) {
      const { clock, secret } = this.#context;
      const context = { upstream: this.name, clock, secret };
      this.affinity = config.affinity && affinityOf<Endpoint>(config.affinity, context);
    }
    if (limits.connections !== this.#retriesAtOnce) {
      this.#retriesAtOnce = limits.connections;
      this.#retries = new RetryBudget({ burst: limits.connections });
    }
    const removed = this.#configureEndpoints(config, limits);
    for (const [endpoint] of this.#checkers) {
      if (checksChanged || removed.includes(endpoint)) this.#stopChecking(endpoint);
    }
    for (const endpoint of this.#endpoints) this.#checkOn(endpoint);
    this.#count();
    return removed;
  }

  /** A request failed at an endpoint in a way that does not prove it gone: its health is looked at, now. */
  suspect(endpoint: Endpoint): void {
    this.#checkers.get(endpoint)?.checkNow();
  }

  mayEject(): boolean {
    const policy = this.#outliers;
    if (!policy) return false;
    let ejected = 0;
    for (const endpoint of this.#endpoints) if (endpoint.isEjected) ejected += 1;
    return ejected < ejectedMax(policy, this.#endpoints.length);
  }

  endpointChanged(endpoint: Endpoint, change: "up" | "down", reason: string): void {
    this.#count();
    // An ejection ends by time, and not only when somebody asks.
    if (endpoint.isEjected) this.#context.watch.add(this);
    this.#context.onEndpoint(this.name, endpoint.id, change, reason);
    if (change === "down") this.suspect(endpoint);
  }

  endpointAnswered(endpoint: Endpoint, elapsedMs: number, nowMs: number, failed: boolean): void {
    this.#balancer.answered?.(endpoint, elapsedMs, nowMs, failed);
  }

  sweep(nowMs: number): void {
    let ejected = 0;
    for (const endpoint of this.#endpoints) {
      endpoint.returnIfDue(nowMs);
      if (endpoint.isEjected) ejected += 1;
    }
    if (ejected === 0) this.#context.watch.delete(this);
  }

  snapshot(): UpstreamSnapshot {
    const { position } = this.#circuit;
    return {
      name: this.name,
      panics: this.panics,
      breaker: position === "forced-closed" || position === "forced-open" ? "none" : position,
      requests: this.load.requests,
      pending: this.load.pending,
      endpoints: this.#endpoints.map((endpoint) => endpoint.snapshot()),
    };
  }

  close(): void {
    this.#context.watch.delete(this);
    for (const endpoint of this.#endpoints) this.#stopChecking(endpoint);
    for (const endpoint of this.#endpoints) endpoint.close();
  }

  /** Balancers look at a draw while they choose, and no longer. */
  #drawAt(nowMs: number): Draw {
    this.#draw.nowMs = nowMs;
    return this.#draw;
  }

  #transportOf(config: UpstreamConfig): Transport {
    return this.#context.transportOf?.(config) ?? plainTransport;
  }

  /** Returns those that are no part of the configuration. */
  #configureEndpoints(config: UpstreamConfig, limits: EdgeLimits): Endpoint[] {
    const before = this.#endpoints;
    const settings: EndpointSettings = {
      health: policyOf(config.health),
      outliers: this.#outliers,
      slowStartMs: config.slowStartMs ?? 0,
      limits,
      bounds: this.#bounds,
      transport: this.#transport,
      // What the edge finds at its start has been serving, or begins together.
      isWarm: !this.#isConfigured,
    };
    this.#isConfigured = true;
    const known = new Map(before.map((endpoint) => [endpoint.id, endpoint]));
    this.#endpoints = config.endpoints.map((wanted) => {
      const kept = known.get(wanted.id);
      if (!kept?.isAt(wanted)) return new Endpoint(wanted, settings, this, this.#context);
      kept.configure(wanted, settings);
      return kept;
    });
    this.#balancer.replace(this.#endpoints);
    const now = new Set(this.#endpoints);
    return before.filter((endpoint) => !now.has(endpoint));
  }

  /** Whether enough endpoints are well. */
  #count(): void {
    const { panicShare = 0.5 } = this.#config;
    let usable = 0;
    for (const endpoint of this.#endpoints) if (endpoint.isUp) usable += 1;
    this.panics = usable < panicShare * this.#endpoints.length;
  }

  #checkOn(endpoint: Endpoint): void {
    const { health } = this.#config;
    if (!health) return;
    let checker = this.#checkers.get(endpoint);
    if (!checker) {
      const { clock, random } = this.#context;
      checker = new HealthChecker({
        check: this.#transport.check(health),
        endpoint,
        config: health,
        clock,
        random,
        onVerdict: (verdict) => endpoint.checked(verdict),
      });
      this.#checkers.set(endpoint, checker);
    }
    if (!endpoint.isUp) checker.checkNow();
  }

  #stopChecking(endpoint: Endpoint): void {
    this.#checkers.get(endpoint)?.close();
    this.#checkers.delete(endpoint);
  }
}

/** What its transport is chosen by. */
function reachedBy({ protocol, tls, sendProxy }: UpstreamConfig): string {
  return JSON.stringify([protocol ?? "http1", tls, sendProxy]);
}

/** Whether two parts of a configuration, which is plain data, say the same. */
function isSame(one: object | undefined, other: object | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
