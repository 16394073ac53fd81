import { isIP, type Socket } from "node:net";
import type { Address } from "../layer4/proxy-header.ts";
import { proxyHeaderLocal, proxyHeaderV1, proxyHeaderV2 } from "../layer4/proxy-header-writer.ts";
import type { LinkClient } from "./link-pool.ts";

/**
 * The PROXY protocol header that tells an endpoint whose connection it gets. Without a client, as of a health check, it says so: version
 * 2 as `LOCAL`, version 1 as `UNKNOWN`.
 */
export function proxyHeaderFor(version: "v1" | "v2", client: LinkClient | undefined): Uint8Array {
  const source = addressOf(client?.remoteAddress, client?.remotePort);
  const destination = addressOf(client?.localAddress, client?.localPort);
  if (!source || !destination) return version === "v1" ? proxyHeaderV1(undefined) : proxyHeaderLocal();
  const addresses = { family: "ip", transport: "stream", source, destination } as const;
  return version === "v1" ? proxyHeaderV1(addresses) : proxyHeaderV2(addresses);
}

/** Sends the header as the first bytes of a connection that has begun; it waits there until the connection stands. */
export function sendProxyHeader(socket: Socket, version: "v1" | "v2", client: LinkClient | undefined): void {
  socket.write(proxyHeaderFor(version, client));
}

function addressOf(address: string | undefined, port: number | undefined): Address | undefined {
  return address !== undefined && port !== undefined && isIP(address) !== 0 ? { address, port } : undefined;
}
