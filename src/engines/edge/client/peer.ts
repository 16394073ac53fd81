import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ProxyHeader } from "../layer4/proxy-header.ts";
import { addressesOf } from "../layer4/proxy-header-reader.ts";
import type { LinkClient } from "../upstream/link-pool.ts";

/** Who is at the other end of a client's connection, and how it is spoken with. The same for the whole connection. */
export interface Peer {
  /** Of the client, or of the last proxy in front of the edge. */
  readonly address: string;
  /** The protocol of TLS, such as `TLSv1.3`; undefined in plain text. */
  readonly tls: string | undefined;
  /** What an upstream is told of the client's certificate: names and values in turn. */
  readonly fields: readonly string[];
  /** Both ends of the connection, as an upstream with `sendProxy` is told them. */
  readonly link: LinkClient;
}

const NO_FIELDS: readonly string[] = Object.freeze([]);

/** The peer of a connection in plain text. `header`: what a proxy in front has said, which is believed. */
export function plainPeer(socket: Socket, header: ProxyHeader | undefined): Peer {
  return { ...ends(socket, header), tls: undefined, fields: NO_FIELDS };
}

/** The peer of a connection in TLS. */
export function securePeer(
  socket: TLSSocket,
  header: ProxyHeader | undefined,
  fields: readonly string[],
): Peer {
  return { ...ends(socket, header), tls: socket.getProtocol() ?? "TLS", fields };
}

function ends(socket: Socket, header: ProxyHeader | undefined): Pick<Peer, "address" | "link"> {
  // The socket tells its addresses when somebody asks, and nobody asks for most of them.
  if (!header) return { address: socket.remoteAddress ?? "unknown", link: socket };
  const { source, destination } = addressesOf(socket, header);
  const link = {
    remoteAddress: source.address,
    remotePort: source.port,
    localAddress: destination.address,
    localPort: destination.port,
  };
  return { address: source.address, link };
}
