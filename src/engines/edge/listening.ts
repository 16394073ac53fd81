import type { Server } from "node:net";
import { listenError } from "./listen-error.ts";
import type { SocketLookup } from "./workers/bound-socket.ts";

/** Connections that the kernel holds until they are accepted. */
const BACKLOG = 1_024;

/** Turns of the event loop in a row that bring no connection, after which none is taken to wait. */
const QUIET_TURNS = 2;

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

/**
 * Has a server listen no more, once it has taken the connections that wait to be accepted: their clients are connected already, and the
 * kernel resets them when the last process to listen there stops. Whoever comes in the very moment may be reset still, which
 * only a process that goes on listening can prevent. Resolves once all of the server's connections are gone. Under a flood it
 * takes as many as could have waited, and no more.
 */
export function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.once("close", resolve);
    // The present turn may have looked for connections before this was called.
    let quietTurns = -1;
    let taken = 0;
    const onTaken = () => {
      quietTurns = 0;
      taken += 1;
    };
    server.on("connection", onTaken).on("drop", onTaken);
    const turn = () => {
      quietTurns += 1;
      if (quietTurns < QUIET_TURNS && taken < BACKLOG && server.listening) setImmediate(turn);
      else server.close();
    };
    setImmediate(turn);
  });
}
