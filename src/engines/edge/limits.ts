import type { EdgeLimits } from "./config/index.ts";

/** The limits that hold where a configuration does not say otherwise. */
export const DEFAULT_LIMITS: EdgeLimits = Object.freeze({
  headerBytes: 16 * 1024,
  headerFields: 100,
  bodyBytes: 16 * 1024 * 1024,
  connections: 4_096,
  idleUpstreamConnections: 512,
  idleUpstreamMs: 4_000,
  connectTimeoutMs: 3_000,
  responseTimeoutMs: 30_000,
  requestHeadTimeoutMs: 10_000,
  idleTimeoutMs: 60_000,
  drainTimeoutMs: 10_000,
});

/** All limits of a configuration: its own, and the defaults for those that it leaves out. */
export function limitsOf(config: { readonly limits?: Partial<EdgeLimits> }): EdgeLimits {
  return { ...DEFAULT_LIMITS, ...config.limits };
}

/** A client whose answer is complete may send this much longer what nobody reads any more; then it is cut off. */
export const LINGER_MS = 1_000;
/** An unread body up to this size is read and dropped, so that its connection can serve the next request. */
export const DISCARD_BYTES = 64 * 1024;
/** An upstream that never says `100 Continue` is sent the body after this wait all the same (RFC 9110, 10.1.1). */
export const CONTINUE_WAIT_MS = 1_000;
/** Requests that a client may send ahead on one connection; the connection is closed after them. */
export const PIPELINED_REQUESTS = 64;
/** And what of them, in bytes, may wait to be answered; then no more is read before they are. */
export const PIPELINED_BYTES: number = 16 * 1024;
/** How long `close()` waits for what is under way. */
export const CLOSE_MS = 10_000;
