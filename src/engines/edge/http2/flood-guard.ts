/** Tells clients that keep a connection busy from those that use it. Pure. */

/** Streams that a client may break off, or cause to be broken off, at once, and in each second after. */
const BROKEN_BURST = 500;
const BROKEN_PER_SECOND = 50;
/** PING, SETTINGS and the like between two frames that carry something, and what of them is forgiven in each second. */
const IDLE_BURST = 1_000;
const IDLE_PER_SECOND = 20;

/**
 * Counts what costs the edge more than it costs the client. A stream that is opened and broken off costs a request to an upstream,
 * however few are open at a time (CVE-2023-44487, rapid reset), and it is all the same whether the client breaks it off or makes
 * the edge do it by a frame that breaks the rules (CVE-2025-8671). Frames that carry nothing (CVE-2019-9512, 9515) cost
 * reading and answering; clients that measure the way (gRPC does) send them between data, which pays for them.
 *
 * Node's own count of resets is set higher, and tells nothing of the second kind.
 */
export class FloodGuard {
  #broken = 0;
  #brokenAtMs = 0;
  #idle = 0;
  #idleAtMs = 0;

  /** A stream ended before its answer did, and not by the edge's will. True when that is too much. */
  streamBroke(nowMs: number): boolean {
    const drained = ((nowMs - this.#brokenAtMs) * BROKEN_PER_SECOND) / 1_000;
    this.#broken = Math.max(0, this.#broken - drained) + 1;
    this.#brokenAtMs = nowMs;
    return this.#broken > BROKEN_BURST;
  }

  /** A frame came that carries nothing. True when that is too much. */
  idleFrame(nowMs: number): boolean {
    const drained = ((nowMs - this.#idleAtMs) * IDLE_PER_SECOND) / 1_000;
    this.#idle = Math.max(0, this.#idle - drained) + 1;
    this.#idleAtMs = nowMs;
    return this.#idle > IDLE_BURST;
  }

  /** A request came, or a part of a body went either way. */
  progress(): void {
    this.#idle = 0;
  }
}
