import type { Socket } from "node:net";
import { type HeadDeadline, readHead } from "./head-reader.ts";
import type { Address, ProxyHeader } from "./proxy-header.ts";
import { parseProxyHeader } from "./proxy-header-parser.ts";

/** How long a PROXY header may take: what sends it sends it at once (proxy-protocol.txt, section 2). */
export const PROXY_HEADER_TIMEOUT_MS = 3_000;

/** What came of reading a PROXY header. */
export type ProxyHeaderOutcome =
  | { readonly kind: "header"; readonly header: ProxyHeader }
  /** What came is none: the connection is to be closed. */
  | { readonly kind: "malformed" }
  /** It did not come in time: likewise. */
  | { readonly kind: "late" }
  /** The client has left. */
  | { readonly kind: "left" };

/**
 * Reads the PROXY header from a connection whose listener demands one, before anything else is read from it. Resolves with the
 * socket paused, and what is behind the header still unread: `socket.read()` gives it, as does any reader once it has resumed
 * the socket, TLS among them. The caller closes the socket unless there was a header.
 */
export async function readProxyHeader(
  socket: Socket,
  deadline: Omit<HeadDeadline, "timeoutMs"> & { readonly timeoutMs?: number },
): Promise<ProxyHeaderOutcome> {
  const { watch, timeoutMs = PROXY_HEADER_TIMEOUT_MS } = deadline;
  const outcome = await readHead(socket, parseProxyHeader, { watch, timeoutMs });
  if (outcome.kind !== "read") return outcome;
  const { reading, bytes } = outcome;
  if (reading.kind === "malformed") return reading;
  if (bytes.length > reading.length) socket.unshift(bytes.subarray(reading.length));
  return { kind: "header", header: reading.header };
}

/** The two ends of a client's connection. */
export interface ConnectionAddresses {
  readonly source: Address;
  readonly destination: Address;
}

/** Who is at the two ends: what the header says, if it says something, and else what the socket does. */
export function addressesOf(socket: Socket, header: ProxyHeader | undefined): ConnectionAddresses {
  if (header?.addresses?.family === "ip") return header.addresses;
  return {
    source: { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 },
    destination: { address: socket.localAddress ?? "", port: socket.localPort ?? 0 },
  };
}
