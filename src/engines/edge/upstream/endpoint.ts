import type { Clock } from "../../../blocks/time/index.ts";
import type { Candidate } from "../balancing/balancer.ts";
import type { EdgeLimits, EndpointConfig } from "../config/index.ts";
import { openTunnel, type Tunnel, type TunnelEnds } from "../exchange/tunnel.ts";
import {
  type ConditionPolicies,
  EndpointCondition,
  type EndpointState,
  type PanicState,
} from "../health/condition.ts";
import type { HealthChange } from "../health/health.ts";
import type { Verdict } from "../health/verdict.ts";
import type { Watch } from "../watch.ts";
import type { UpstreamBounds, UpstreamLoad } from "./bounds.ts";
import type { LinkPool } from "./link-pool.ts";
import type { Transport } from "./transport.ts";

/** What a request failed by, as far as its endpoint is to blame. */
export type EndpointFailure =
  /** No connection came about, in time or at all. */
  | "unreachable"
  /** It ended before an answer began, or in the middle of one. */
  | "reset"
  /** What came was not HTTP. */
  | "rubbish"
  /** No answer in time. */
  | "timeout";

/** What an endpoint tells the upstream that it is part of. */
export interface EndpointOwner extends PanicState {
  readonly load: UpstreamLoad;
  /** Whether one endpoint more may be ejected. */
  mayEject(): boolean;
  /** It can no longer be used, or can again. */
  endpointChanged(endpoint: Endpoint, change: "up" | "down", reason: string): void;
  /** Something raises doubt in its health: it is to be checked now. */
  suspect(endpoint: Endpoint): void;
  /** An answer has begun, or failed to. */
  endpointAnswered(endpoint: Endpoint, elapsedMs: number, nowMs: number, failed: boolean): void;
}

/** What an endpoint is told by its upstream's configuration. */
export interface EndpointSettings extends ConditionPolicies {
  readonly limits: EdgeLimits;
  readonly bounds: UpstreamBounds;
  readonly transport: Transport;
  /** Whether a new endpoint has been serving already. */
  readonly isWarm: boolean;
}

/** What one endpoint looks like to an operator. */
export interface EndpointSnapshot {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  readonly state: EndpointState;
  /** Why it stands where it does, in words. */
  readonly reason: string;
  /** Since when, in milliseconds since the Unix epoch. */
  readonly since: number;
  /** Until when it is ejected, likewise. */
  readonly ejectedUntil?: number;
  readonly inFlight: number;
  /** Open ones, without tunnels; of these, idle ones. */
  readonly connections: number;
  readonly idle: number;
  readonly tunnels: number;
  /** Requests that wait for a connection. */
  readonly pending: number;
  /** Since the endpoint is known. */
  readonly requests: number;
  readonly failures: number;
}

/** One process that serves requests: its address, its condition, its connections, and what is under way there. */
export class Endpoint implements Candidate {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly tunnels = new Set<Tunnel>();
  readonly #owner: EndpointOwner;
  readonly #context: { readonly clock: Clock; readonly watch: Watch };
  readonly #condition: EndpointCondition;
  #links: LinkPool;
  /** Those of transports that are no longer used, until their last request is answered. */
  #formerLinks: LinkPool[] = [];
  #transport: Transport;
  #weight: number;
  #inFlight = 0;
  #requests = 0;
  #failures = 0;
  /** Why it came back, failed its checks or connections, and was ejected, as of the last time. */
  #reason = "is new";
  #illReason = "";
  #ejectReason = "";
  #since: number;
  #retired = false;
  #onIdle: (() => void) | undefined;

  constructor(
    config: EndpointConfig,
    settings: EndpointSettings,
    owner: EndpointOwner,
    context: { readonly clock: Clock; readonly watch: Watch },
  ) {
    this.id = config.id;
    this.host = config.host;
    this.port = config.port;
    this.#weight = config.weight ?? 1;
    this.#owner = owner;
    this.#context = context;
    this.#since = context.clock.wallMs();
    this.#condition = new EndpointCondition(settings, context.clock.monotonicMs(), settings.isWarm);
    this.#transport = settings.transport;
    this.#links = this.#poolOf(settings);
  }

  /** The ways to it. */
  get links(): LinkPool {
    return this.#links;
  }

  /** Whether it is well. */
  get isUp(): boolean {
    return this.#condition.isUsable;
  }

  get isEjected(): boolean {
    return this.#condition.isEjected;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  isAt(config: EndpointConfig): boolean {
    return this.id === config.id && this.host === config.host && this.port === config.port;
  }

  weightAt(nowMs: number): number {
    return this.#weight * this.#condition.warmShareAt(nowMs);
  }

  admit(nowMs: number): boolean {
    if (this.#condition.isUsable) return true;
    this.returnIfDue(nowMs);
    return this.#condition.isUsable || this.#condition.admitUnwell(nowMs, this.#owner);
  }

  /** Follows another configuration, and keeps what is known and what is under way. */
  configure(config: EndpointConfig, settings: EndpointSettings): void {
    this.#weight = config.weight ?? 1;
    const change = this.#condition.judgeBy(settings, this.#context.clock.monotonicMs());
    this.#told(change, "is judged by other rules from now on");
    if (settings.transport === this.#transport) this.#links.applyLimits(settings.limits, settings.bounds);
    else {
      const former = this.#links;
      this.#transport = settings.transport;
      this.#links = this.#poolOf(settings);
      this.#formerLinks = this.#formerLinks.filter(({ connections }) => connections > 0);
      this.#formerLinks.push(former);
      former.retire();
    }
  }

  /** A check has come to an end. */
  checked({ passed, refused, reason }: Verdict): void {
    const nowMs = this.#context.clock.monotonicMs();
    if (passed) {
      this.#told(this.#condition.checkPassed(nowMs), reason);
      return;
    }
    this.#illReason = reason;
    this.#told(this.#condition.checkFailed(refused, nowMs), reason);
  }

  /** A request or tunnel begins here, be it that it waits for a connection; `finished` follows exactly once. */
  began(): void {
    this.#inFlight += 1;
    this.#requests += 1;
  }

  /** `succeeded`: its answer began with `answerBegan`, as a success, and did not break off. */
  finished(succeeded = false): void {
    if (succeeded) this.#succeededAt(this.#context.clock.monotonicMs());
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  /**
   * An answer has begun, `elapsedMs` after the request was sent; from status 500 on that is a failure of the endpoint's. Whether one
   * below is a success, its end tells: `finished` or `failed`.
   */
  answerBegan(status: number, elapsedMs: number, nowMs: number): void {
    if (!this.#condition.isUsable) this.#answeredUnwell(nowMs);
    this.#owner.endpointAnswered(this, elapsedMs, nowMs, status >= 500);
    if (status >= 500) this.#failedBy(nowMs, `answered ${status}`);
  }

  /** The same, where all that matters has been answered with the status. */
  succeeded(status: number, elapsedMs: number, nowMs: number): void {
    this.answerBegan(status, elapsedMs, nowMs);
    if (status < 500) this.#succeededAt(nowMs);
  }

  /**
   * A request had no answer, `elapsedMs` after it was sent, and the endpoint is to blame: not a client that left, nor a
   * shortage on this machine. `reason` is in words, such as `refused the connection (ECONNREFUSED)`.
   */
  failed(kind: EndpointFailure, elapsedMs: number, nowMs: number, reason = FAILURES[kind]): void {
    this.#owner.endpointAnswered(this, elapsedMs, nowMs, true);
    if (kind === "unreachable") {
      // One that is out for that already is not failing anybody: who tries it asks whether it is back.
      const wasHealthy = this.#condition.isHealthy;
      this.connectionFailed(nowMs, reason);
      if (!wasHealthy) {
        this.#failures += 1;
        return;
      }
    }
    this.#failedBy(nowMs, reason);
  }

  /** An answer that began as a success has broken off, or fallen silent, `elapsedMs` after the request was sent. */
  broke(kind: "reset" | "timeout", elapsedMs: number): void {
    const how = kind === "reset" ? "broke off" : "fell silent";
    this.failed(kind, elapsedMs, this.#context.clock.monotonicMs(), `${how} in the middle of an answer`);
    this.#owner.suspect(this);
  }

  /** A request found nobody there: nobody is sent there, and those who wait there go elsewhere. */
  connectionFailed(nowMs: number, reason: string): void {
    this.#links.closeIdle();
    this.#illReason = reason;
    this.#told(this.#condition.connectionFailed(nowMs), reason);
    this.#links.dismiss();
  }

  /** Something came back: the word of it where there are no answers to tell `succeeded` of, as with datagrams. */
  answered(): void {
    if (!this.#condition.isUsable) this.#answeredUnwell(this.#context.clock.monotonicMs());
  }

  /** Ends an ejection whose time is over. */
  returnIfDue(nowMs: number): void {
    this.#told(this.#condition.returnIfDue(nowMs), "has been out for its time");
  }

  /** Turns the request under way into a tunnel, which is under way until both its ends are closed. */
  tunnel(ends: Omit<TunnelEnds, "onClosed">): void {
    const tunnel = openTunnel({
      ...ends,
      watch: this.#context.watch,
      onClosed: () => {
        this.tunnels.delete(tunnel);
        this.#links.roomMade();
        this.finished();
      },
    });
    this.tunnels.add(tunnel);
  }

  /** Takes no further requests, and calls back once the last one is answered: at once when there is none. */
  retire(onIdle: () => void): void {
    this.#retired = true;
    this.#onIdle = onIdle;
    this.#links.retire();
    if (this.#inFlight === 0) onIdle();
  }

  /** Closes the connections that wait for a request. */
  closeIdle(): void {
    this.#links.closeIdle();
  }

  closeTunnels(): void {
    for (const tunnel of this.tunnels) tunnel.close();
  }

  /** Closes all connections. */
  close(): void {
    for (const links of this.#formerLinks) links.close();
    this.#links.close();
  }

  snapshot(): EndpointSnapshot {
    const { clock } = this.#context;
    const nowMs = clock.monotonicMs();
    const { connections, idle, pending } = this.#links;
    const leftMs = this.#condition.ejectedUntilMs - nowMs;
    return {
      id: this.id,
      host: this.host,
      port: this.port,
      weight: this.#weight,
      state: this.#condition.stateAt(nowMs),
      reason: this.isEjected ? this.#ejectReason : this.#condition.isHealthy ? this.#reason : this.#illReason,
      since: this.#since,
      ...(this.isEjected ? { ejectedUntil: clock.wallMs() + leftMs } : {}),
      inFlight: this.#inFlight,
      connections,
      idle,
      tunnels: this.tunnels.size,
      pending,
      requests: this.#requests,
      failures: this.#failures,
    };
  }

  #poolOf({ limits, bounds, transport }: EndpointSettings): LinkPool {
    const { host, port, tunnels } = this;
    return transport.pool({ host, port, limits, bounds, tunnels, load: this.#owner.load, ...this.#context });
  }

  #succeededAt(nowMs: number): void {
    this.#judge(this.#condition.requestSucceeded(nowMs), nowMs, "");
  }

  #failedBy(nowMs: number, what: string): void {
    this.#failures += 1;
    this.#judge(this.#condition.requestFailed(nowMs), nowMs, what);
  }

  /** Ejects it, if there is a reason and it may be spared; else the next request is a reason again. */
  #judge(why: string | undefined, nowMs: number, last: string): void {
    if (why === undefined || this.#retired || !this.#owner.mayEject()) return;
    const change = this.#condition.eject(nowMs);
    const outMs = this.#condition.ejectedUntilMs - nowMs;
    this.#ejectReason = `${why}${last === "" ? "" : `, and ${last} last`}; is out for ${Math.round(outMs)} ms`;
    this.#told(change, this.#ejectReason);
    this.#links.dismiss();
  }

  #answeredUnwell(nowMs: number): void {
    this.#told(this.#condition.answered(nowMs), "answered a request");
    // Where checks decide, they are to look again.
    if (!this.#condition.isHealthy) this.#owner.suspect(this);
  }

  #told(change: HealthChange, reason: string): void {
    // What becomes of an endpoint that serves nobody any more is no news.
    if (!change || this.#retired) return;
    if (change === "up") this.#reason = reason;
    this.#since = this.#context.clock.wallMs();
    this.#owner.endpointChanged(this, change, reason);
  }
}

const FAILURES: Readonly<Record<EndpointFailure, string>> = {
  unreachable: "could not be reached",
  reset: "ended the connection without an answer",
  rubbish: "answered with what is not HTTP",
  timeout: "gave no answer in time",
};
