import { createRequire } from "node:module";
import { connect, type Socket } from "node:net";

/** A connection that is being made, and what to say on it first. */
export interface Connecting {
  readonly socket: Socket;
  readonly greeting: {
    /** Emitted by the socket once it can be written to. */
    readonly event: "connect" | "secureConnect";
    /** Commands that must all succeed before anything else is sent; the last one is answered by a server that is well. */
    readonly commands: readonly (readonly string[])[];
  };
}

/** Opens the connection that a `redis://` or `rediss://` URL asks for. */
export function connectTo(url: string): Connecting {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const commands: string[][] = [];
  if (password) {
    const credentials = username ? [decodeURIComponent(username)] : [];
    commands.push(["AUTH", ...credentials, decodeURIComponent(password)]);
  }
  if (/^\/\d+$/.test(pathname)) commands.push(["SELECT", pathname.slice(1)]);
  commands.push(["PING"]);
  const address = { host, port: Number(port || 6379) };
  if (protocol === "rediss:") {
    // Loaded only where it is asked for: TLS costs memory, and on one machine nobody uses it.
    const tls = createRequire(import.meta.url)("node:tls") as typeof import("node:tls");
    const socket = tls.connect({ ...address, servername: host });
    return { socket: socket.setNoDelay(true), greeting: { event: "secureConnect", commands } };
  }
  const socket = connect({ ...address, noDelay: true });
  return { socket, greeting: { event: "connect", commands } };
}
