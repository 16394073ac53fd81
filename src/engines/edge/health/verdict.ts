import type { Socket } from "node:net";

/** What a check has found. */
export interface Verdict {
  readonly passed: boolean;
  /** Of one that did not pass: whether nobody listens there at all. */
  readonly refused: boolean;
  /** Whether it says nothing of the endpoint, since this machine is out of ports or descriptors. Default false. */
  readonly isVoid?: boolean;
  /** In words, such as `GET /healthz answered 503`. */
  readonly reason: string;
}

/** Where a check goes. */
export interface CheckedAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * One check of one endpoint, over a connection of its own: a kept one would say little about whether new ones work. Resolves
 * whatever comes, and ends the connection. The signal gives it up: the verdict, which must come all the same, is not looked at.
 */
export type HealthCheck = (endpoint: CheckedAddress, signal: AbortSignal) => Promise<Verdict>;

/** Begins a connection for a check, in plain text or TLS; what is written to it is sent once it stands. */
export type CheckConnect = (endpoint: CheckedAddress) => Socket;
