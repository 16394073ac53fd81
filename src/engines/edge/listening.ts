import type { Server } from "node:net";
import { listenError } from "./listen-error.ts";
import type { SocketLookup } from "./workers/bound-socket.ts";

/** Connections that the kernel holds until they are accepted. */
const BACKLOG = 1_024;

/** An address as the configuration has it. */
export interface ListeningAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/**
 * Resolves once a server takes connections at an address: on a socket that others hold too, where `sockets` has one for it. Throws
 * `EdgeError` `PORT_IN_USE` or `CANNOT_LISTEN`. Errors of the server go unheard from then on: a failed accept, for want of
 * descriptors, concerns one connection, and the server goes on.
 */
export function listenAt(
  server: Server,
  { host, port }: ListeningAddress,
  sockets: SocketLookup | undefined,
): Promise<void> {
  const socket = sockets?.("tcp", host, port);
  return new Promise((resolve, reject) => {
    server.once("error", (thrown) => reject(listenError(host, port, thrown)));
    server.once("listening", () => {
      server.removeAllListeners("error");
      server.on("error", () => {});
      resolve();
    });
    if (socket) server.listen(socket, BACKLOG);
    else server.listen({ host, port, backlog: BACKLOG });
  });
}
