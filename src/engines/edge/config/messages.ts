import type { EdgeConfig } from "./edge-config.ts";

/** Messages of the supervising process to an edge process, after `start`. */
export interface EdgeUpdateMessage {
  readonly type: "update";
  readonly id: number;
  readonly config: EdgeConfig;
}

/**
 * The answer: sent once the update is in force and every endpoint that it removed has answered its last request, or
 * `drainTimeoutMs` has passed.
 */
export interface EdgeUpdatedMessage {
  readonly type: "updated";
  readonly id: number;
  readonly drained: boolean;
  /** Why the update was refused; the configuration before it stays in force. Absent when the update is in force. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** Told to the supervising process whenever an endpoint is taken out of use or brought back. */
export interface EdgeEndpointMessage {
  readonly type: "endpoint";
  /** The name of its upstream. */
  readonly upstream: string;
  readonly id: string;
  readonly state: "up" | "down";
  /** In words, such as `refused the connection (ECONNREFUSED)`. */
  readonly reason: string;
}
