import type { Random } from "../../../../blocks/time/random.ts";
import type { Balancer, Candidate } from "../../../../engines/edge/balancing/balancer.ts";
import { balancerOf, neededKey } from "../../../../engines/edge/balancing/balancers.ts";
import type { BalanceConfig } from "../../../../engines/edge/config/index.ts";
import { type ConditionPolicies, EndpointCondition } from "../../../../engines/edge/health/condition.ts";
import { ejectedMax } from "../../../../engines/edge/health/outlier.ts";
import type { UpstreamBounds } from "../../../../engines/edge/upstream/bounds.ts";
import type { Host } from "./visit.ts";

/** How those who call a part see and use its replicas: the same for all of them. */
export interface UpstreamSettings {
  readonly balance: BalanceConfig;
  readonly policies: ConditionPolicies;
  readonly panicShare: number;
  readonly bounds: UpstreamBounds;
  /** Of checks; undefined where nobody checks. */
  readonly checkEveryMs: number | undefined;
}

/** One replica as one caller knows it. */
export class Member implements Candidate {
  readonly id: string;
  readonly host: Host;
  readonly view: UpstreamView;
  readonly condition: EndpointCondition;
  /** Attempts under way there, of this caller. */
  inFlight = 0;

  constructor(view: UpstreamView, host: Host, nowMs: number, isWarm: boolean) {
    this.view = view;
    this.host = host;
    this.id = host.name;
    this.condition = new EndpointCondition(view.settings.policies, nowMs, isWarm);
  }

  weightAt(nowMs: number): number {
    return this.condition.warmShareAt(nowMs);
  }

  admit(nowMs: number): boolean {
    const { condition } = this;
    if (condition.isUsable) return true;
    if (condition.returnIfDue(nowMs)) this.view.count();
    return condition.isUsable || condition.admitUnwell(nowMs, this.view);
  }
}

/**
 * What one caller knows of the replicas of a part: who is next, by the edge's own balancers; who is well, by its own passive health, checks and
 * outlier detection; how much may be under way. As `Upstream` of the edge, whose engines these are, without its sockets. Pure.
 */
export class UpstreamView {
  readonly settings: UpstreamSettings;
  /** Whether its balancer goes by what requests are about. */
  readonly needsKey: boolean;
  panics = false;
  lastResort = false;
  /** Calls under way, and of these, those that wait for a connection. */
  requests = 0;
  pending = 0;
  readonly #balancer: Balancer<Member>;
  readonly #draw: { nowMs: number; hash: number | undefined } = { nowMs: 0, hash: undefined };
  #members: readonly Member[] = [];

  constructor(settings: UpstreamSettings, hosts: readonly Host[], random: Random) {
    this.settings = settings;
    this.needsKey = neededKey(settings.balance) !== undefined;
    this.#balancer = balancerOf<Member>(settings.balance, random);
    // Whom it finds at its beginning has been serving, or begins with it.
    this.#members = hosts.map((host) => new Member(this, host, 0, true));
    this.#balancer.replace(this.#members);
  }

  /** From now on these are there. What is known of those that stay is kept. */
  follow(hosts: readonly Host[], nowMs: number): void {
    const known = new Map(this.#members.map((member) => [member.host, member]));
    this.#members = hosts.map((host) => known.get(host) ?? new Member(this, host, nowMs, false));
    this.#balancer.replace(this.#members);
    this.count();
  }

  /** Whose turn it is; undefined when nobody is left. */
  pick(nowMs: number, hash: number | undefined, tried: readonly Member[]): Member | undefined {
    const draw = this.#draw;
    draw.nowMs = nowMs;
    draw.hash = hash;
    const without = tried.length > 0 ? tried : undefined;
    const picked = this.#balancer.pick(draw, without);
    if (picked || !this.panics) return picked;
    this.lastResort = true;
    const last = this.#balancer.pick(draw, without);
    this.lastResort = false;
    return last;
  }

  answered(member: Member, elapsedMs: number, nowMs: number): void {
    const { condition } = member;
    if (!condition.isUsable && condition.answered(nowMs)) this.count();
    this.#balancer.answered?.(member, elapsedMs, nowMs);
    if (condition.requestSucceeded(nowMs) !== undefined) this.#eject(member, nowMs);
  }

  /** `unreachable`: nobody took the connection. */
  failed(member: Member, unreachable: boolean, elapsedMs: number, nowMs: number): void {
    const { condition } = member;
    this.#balancer.answered?.(member, elapsedMs, nowMs, true);
    if (unreachable) {
      const wasHealthy = condition.isHealthy;
      if (condition.connectionFailed(nowMs)) this.count();
      if (!wasHealthy) return;
    }
    if (condition.requestFailed(nowMs) !== undefined) this.#eject(member, nowMs);
  }

  /** Looks at all of them, as health checks do. */
  check(nowMs: number): void {
    let changed = false;
    for (const { condition, host } of this.#members) {
      const isThere = host.isUp && nowMs >= host.partitionedUntilMs;
      const change = isThere
        ? condition.checkPassed(nowMs)
        : condition.checkFailed(!host.isUp && nowMs >= host.partitionedUntilMs, nowMs);
      changed ||= change !== undefined;
    }
    if (changed) this.count();
  }

  /** Whether enough of them are well. */
  count(): void {
    let usable = 0;
    for (const { condition } of this.#members) if (condition.isUsable) usable++;
    this.panics = usable < this.settings.panicShare * this.#members.length;
  }

  #eject(member: Member, nowMs: number): void {
    const { outliers } = this.settings.policies;
    if (!outliers) return;
    let ejected = 0;
    for (const { condition } of this.#members) if (condition.isEjected) ejected++;
    if (ejected >= ejectedMax(outliers, this.#members.length)) return;
    if (member.condition.eject(nowMs)) this.count();
  }
}
