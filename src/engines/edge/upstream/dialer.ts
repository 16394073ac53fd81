import { connect, type OnReadOpts, type Socket } from "node:net";
import type { LinkClient } from "./link-pool.ts";
import { failureOf, type UpstreamFailure } from "./upstream-failure.ts";

/** How a connection is read, if not as a stream: see `onread` of `net.connect`. */
export type OnRead = OnReadOpts;

/** How connections to one endpoint begin: in plain text, with TLS, behind a PROXY header. */
export interface Dialer {
  /** Begins a connection. `client`: for whom, where the endpoint is told. What a dialer cannot read by `onread` it reads as a stream. */
  dial(client: LinkClient | undefined, onread: OnRead | undefined): Dialed;
  /** Whether what is written before the connection stands could reach somebody else than the endpoint. */
  readonly mustStand: boolean;
  /** Why a connection that stands cannot be used, in words; undefined when it can. */
  problemOf(socket: Socket): string | undefined;
  /** What an error means; `stood`: whether the connection had come to stand. */
  failureOf(error: Error, stood: boolean): UpstreamFailure;
}

/** A connection that has begun. */
export interface Dialed {
  readonly socket: Socket;
  /** The event that says that it stands. */
  readonly stands: "connect" | "secureConnect";
  /** Whether `onread` was taken up; else there are `data` events. */
  readonly reads: boolean;
}

/** TCP, in plain text. */
export function plainDialer(host: string, port: number): Dialer {
  return {
    mustStand: false,
    dial: (_client, onread) => ({
      socket: connect({ host, port, noDelay: true, ...(onread ? { onread } : {}) }),
      stands: "connect",
      reads: onread !== undefined,
    }),
    problemOf: () => undefined,
    failureOf,
  };
}
