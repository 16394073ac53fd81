import * as dgram from "node:dgram";
import { lookup } from "node:dns/promises";
import * as net from "node:net";
import { getSystemErrorName } from "node:util";
import { listenError } from "../listen-error.ts";

/** What a socket carries. */
export type Transport = "tcp" | "udp";

/**
 * A socket that is bound and takes nothing: no connection is accepted, no datagram read, until a server is given it
 * (`server.listen(handle)`, `socket.bind(handle)`). It can be sent over Node's IPC channel, which copies it: whoever has a
 * copy keeps the port, and what the kernel has queued there, when another one's process dies.
 */
export interface SocketHandle {
  close(): void;
  /** Fills in the address; returns 0, or a negative number for what the system says. */
  getsockname(into: object): number;
}

/** Finds the socket that is bound to an address of the configuration; each is given away once. */
export type SocketLookup = (transport: Transport, host: string, port: number) => SocketHandle | undefined;

/**
 * Binds a socket without taking anything from it. Throws `EdgeError` `PORT_IN_USE` or `CANNOT_LISTEN`.
 *
 * Node has no public call for that: `listen` accepts at once, and so would take connections away from the workers. These two
 * functions are those on which `node:cluster` itself is built; see decision 0009.
 */
export async function bindSocket(transport: Transport, host: string, port: number): Promise<SocketHandle> {
  let address: string;
  let family: number;
  try {
    ({ address, family } = await lookup(host));
  } catch (thrown) {
    throw listenError(host, port, thrown);
  }
  const handle = transport === "tcp" ? tcpHandle(address, port, family) : udpHandle(address, port, family);
  if (typeof handle === "number") throw listenError(host, port, systemError(handle));
  // Where the address is taken, the system's library says so only when the socket is asked about next.
  const problem = handle.getsockname({});
  if (problem === 0) return handle;
  handle.close();
  throw listenError(host, port, systemError(problem));
}

/** The port that a socket is bound to, where the system chose it. */
export function portOf(handle: SocketHandle): number {
  const into: { port?: unknown } = {};
  handle.getsockname(into);
  return Number(into.port ?? 0);
}

/** Whether something that came over a channel is such a socket. */
export function isSocketHandle(value: unknown): value is SocketHandle {
  return (
    typeof value === "object" &&
    value !== null &&
    "getsockname" in value &&
    typeof value.getsockname === "function" &&
    "close" in value &&
    typeof value.close === "function"
  );
}

function tcpHandle(address: string, port: number, family: number): SocketHandle | number {
  const { _createServerHandle: create } = net as unknown as {
    _createServerHandle(address: string, port: number, family: number): SocketHandle | number;
  };
  return create(address, port, family);
}

function udpHandle(address: string, port: number, family: number): SocketHandle | number {
  const { _createSocketHandle: create } = dgram as unknown as {
    _createSocketHandle(address: string, port: number, kind: string): SocketHandle | number;
  };
  // The function is deprecated for want of users, which a warning on the operator's screen would not mend.
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    return create(address, port, family === 6 ? "udp6" : "udp4");
  } finally {
    process.noDeprecation = noDeprecation === true;
  }
}

function systemError(number: number): Error {
  const code = getSystemErrorName(number);
  return Object.assign(new Error(code), { code });
}
