import type { Socket } from "node:net";
import type { EdgeLimits } from "../config/index.ts";
import type { UpstreamBounds } from "../upstream/bounds.ts";
import type { UpstreamLink } from "../upstream/link.ts";
import type { LinkAsker, LinkPool, LinkPoolOptions, NoLink } from "../upstream/link-pool.ts";
import type { UpstreamFailure } from "../upstream/upstream-failure.ts";
import type { Watched } from "../watch.ts";
import { type SessionOwner, UpstreamSession } from "./upstream-session.ts";
import { type StreamOwner, UpstreamStream } from "./upstream-stream.ts";

/** Streams that a server is expected to take before it has said so: the least that RFC 9113 recommends (section 6.5.2). */
const EXPECTED_STREAMS = 100;

/** What a pool of sessions of HTTP/2 is made of. */
export interface SessionPoolOptions extends LinkPoolOptions {
  /** Begins a connection: in plain text (prior knowledge), or with TLS that offers `h2` by ALPN and nothing else. */
  readonly open: () => Socket;
  /** What `:scheme` says; `"https"` over TLS. */
  readonly scheme: "http" | "https";
}

/**
 * The sessions of HTTP/2 to one endpoint, which requests share. A link is a stream: as many as the server takes on each session,
 * and another session only when all are full. The first sessions are filled first, so that the others grow idle and are closed.
 * An answer never switches the protocol here.
 */
export class SessionPool implements LinkPool, SessionOwner, StreamOwner, Watched {
  readonly #options: SessionPoolOptions;
  readonly #sessions = new Set<UpstreamSession>();
  /** Streams that somebody has already, and that wait for their session to be ready. Those that came first are first. */
  readonly #waiting = new Set<UpstreamStream>();
  /** Who waits for a stream, in the order they came, and until when. */
  readonly #line = new Map<LinkAsker, number>();
  #limits: EdgeLimits;
  #bounds: UpstreamBounds;
  /** How many streams the server took on its last session. */
  #expected = EXPECTED_STREAMS;
  #serving = false;
  #retired = false;

  constructor(options: SessionPoolOptions) {
    this.#options = options;
    this.#limits = options.limits;
    this.#bounds = options.bounds;
  }

  get connections(): number {
    return this.#sessions.size;
  }

  get idle(): number {
    let idle = 0;
    for (const session of this.#sessions) if (session.isReady && session.streams === 0) idle += 1;
    return idle;
  }

  get pending(): number {
    return this.#line.size;
  }

  take(asker: LinkAsker): UpstreamLink | "queued" | "full" {
    if (this.#line.size === 0) {
      const session = this.#waiting.size === 0 ? this.#withRoom() : undefined;
      if (session) return this.#streamOf(session);
      if (this.#mayWait()) return this.#streamThatWaits();
    }
    const { load, clock, watch } = this.#options;
    if (load.pending >= this.#bounds.pending) return "full";
    load.pending += 1;
    this.#line.set(asker, clock.monotonicMs() + this.#bounds.pendingMs);
    watch.add(this);
    return "queued";
  }

  leave(asker: LinkAsker): void {
    if (this.#line.delete(asker)) this.#options.load.pending -= 1;
  }

  dismiss(): void {
    // Some may come back to wait here again: they are not sent away twice.
    for (const asker of [...this.#line.keys()]) this.#sendAway(asker, "elsewhere");
  }

  roomMade(): void {
    this.#serve();
  }

  applyLimits(limits: EdgeLimits, bounds: UpstreamBounds): void {
    if (this.#retired) return;
    this.#limits = limits;
    this.#bounds = bounds;
    for (const session of [...this.#sessions]) {
      if (this.#inUse <= bounds.connections) break;
      if (session.isReady && session.streams === 0) session.destroy();
    }
    this.#serve();
  }

  retire(): void {
    this.#retired = true;
    for (const session of [...this.#sessions]) if (!session.isConnecting) session.drain();
    this.dismiss();
  }

  closeIdle(): void {
    for (const session of [...this.#sessions])
      if (session.isReady && session.streams === 0) session.destroy();
  }

  close(): void {
    this.retire();
    for (const session of [...this.#sessions]) session.destroy();
    this.#failWaiting({ kind: "unreachable", reason: "is not to be used any more" });
  }

  sweep(nowMs: number): void {
    for (const session of [...this.#sessions]) {
      session.sweep(nowMs);
      if (session.isReady && session.streams === 0 && session.staleAtMs <= nowMs) session.destroy();
    }
    for (const [asker, untilMs] of [...this.#line]) if (untilMs <= nowMs) this.#sendAway(asker, "late");
    this.#serve();
    if (this.#sessions.size === 0 && this.#line.size === 0) this.#options.watch.delete(this);
  }

  sessionReady(session: UpstreamSession): void {
    if (session.capacity > 0) this.#expected = session.capacity;
    this.#keep(session);
    this.#serve();
    if (this.#retired) session.drain();
  }

  sessionHasRoom(session: UpstreamSession): void {
    if (session.served >= this.#bounds.requestsPerConnection) session.drain();
    this.#serve();
    if (session.streams === 0 && session.isReady) this.#keep(session);
  }

  sessionDrains(_session: UpstreamSession): void {
    this.#serve();
  }

  sessionGone(session: UpstreamSession, failure: UpstreamFailure | undefined): void {
    if (!this.#sessions.delete(session)) return;
    // Those who wait for another connection that is on its way may still be served by it.
    if (failure && !this.#isConnecting()) this.#failWaiting(failure);
    this.#serve();
  }

  streamWaits(stream: UpstreamStream): void {
    this.#waiting.add(stream);
    // Not within the events of the session that it has just left.
    process.nextTick(serve, this);
  }

  streamLeft(stream: UpstreamStream): void {
    this.#waiting.delete(stream);
  }

  /** Serves those who wait, as long as there is something to give. */
  serve(): void {
    this.#serve();
  }

  get #inUse(): number {
    return this.#sessions.size + this.#options.tunnels.size;
  }

  #serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    try {
      this.#serveWaiting();
      for (let asker = this.#first(); asker; asker = this.#first()) {
        const session = this.#withRoom();
        const link = session ? this.#streamOf(session) : this.#mayWait() ? this.#linkThatWaits() : undefined;
        if (!link) return;
        this.leave(asker);
        if (link === "unreachable") asker.onNoLink("elsewhere");
        else asker.onLink(link);
      }
    } finally {
      this.#serving = false;
    }
  }

  /** Gives those their sessions who have their streams already. */
  #serveWaiting(): void {
    for (const stream of this.#waiting) {
      const session = this.#withRoom();
      if (!session) break;
      this.#waiting.delete(stream);
      this.#count(session);
      stream.attach(session);
    }
    if (this.#waiting.size > this.#expectedRoom() && this.#inUse < this.#bounds.connections) this.#connect();
  }

  #first(): LinkAsker | undefined {
    return this.#line.size === 0 ? undefined : this.#line.keys().next().value;
  }

  #withRoom(): UpstreamSession | undefined {
    for (const session of this.#sessions) if (session.hasRoom) return session;
    return undefined;
  }

  /** Whether a stream may be handed out that waits for a session which is on its way, or can be. */
  #mayWait(): boolean {
    return this.#waiting.size < this.#expectedRoom() || this.#inUse < this.#bounds.connections;
  }

  /** How many streams the sessions will have room for that are on their way. */
  #expectedRoom(): number {
    let room = 0;
    for (const session of this.#sessions) if (session.isConnecting) room += this.#expected;
    return room;
  }

  #isConnecting(): boolean {
    for (const session of this.#sessions) if (session.isConnecting) return true;
    return false;
  }

  #streamOf(session: UpstreamSession): UpstreamStream {
    const stream = new UpstreamStream(this, session);
    this.#count(session);
    return stream;
  }

  #streamThatWaits(): UpstreamStream {
    if (this.#waiting.size >= this.#expectedRoom()) this.#open();
    const stream = new UpstreamStream(this, undefined);
    this.#waiting.add(stream);
    return stream;
  }

  #linkThatWaits(): UpstreamStream | "unreachable" {
    try {
      return this.#streamThatWaits();
    } catch {
      return "unreachable";
    }
  }

  #count(session: UpstreamSession): void {
    session.streams += 1;
    session.staleAtMs = Number.POSITIVE_INFINITY;
  }

  #connect(): void {
    try {
      this.#open();
    } catch {
      // There can be no connection to such an address, and never could be.
      this.#failWaiting({ kind: "unreachable", reason: "has no address that a connection can be made to" });
    }
  }

  #open(): void {
    const { open, scheme, clock, watch } = this.#options;
    const { headerBytes, connectTimeoutMs } = this.#limits;
    const nowMs = () => clock.monotonicMs();
    this.#sessions.add(new UpstreamSession({ open, scheme, headerBytes, nowMs, connectTimeoutMs }, this));
    watch.add(this);
  }

  /** A session has nothing to do: it is kept for a while. */
  #keep(session: UpstreamSession): void {
    session.staleAtMs = this.#options.clock.monotonicMs() + this.#limits.idleUpstreamMs;
  }

  #failWaiting(failure: UpstreamFailure): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const stream of waiting) stream.refuse(failure);
  }

  #sendAway(asker: LinkAsker, why: NoLink): void {
    if (!this.#line.has(asker)) return;
    this.leave(asker);
    asker.onNoLink(why);
  }
}

function serve(pool: SessionPool): void {
  pool.serve();
}
