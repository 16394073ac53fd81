import type { IncomingMessage } from "node:http";
import { isIP, isIPv6 } from "node:net";

/**
 * Whom a request is counted for: the address of an IPv4 client, and of an IPv6 client the network of 64 bits, since whoever
 * has one address of it has them all.
 *
 * The address is the last of `X-Forwarded-For`, which the proxy in front has added itself; those before it are what its
 * client claims. Without one that is an address, it is the other end of the connection.
 */
export function clientOf(request: Pick<IncomingMessage, "headers" | "socket">): string {
  const header = request.headers["x-forwarded-for"];
  const forwarded = (Array.isArray(header) ? header.join() : header)?.split(",").at(-1)?.trim() ?? "";
  return networkOf(isIP(forwarded) ? forwarded : (request.socket.remoteAddress ?? ""));
}

const IPV4_IN_IPV6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = IPV4_IN_IPV6.exec(address)?.[1];
  if (mapped) return mapped;
  // What is cut off or replaced tells nothing of the network: the zone, and an IPv4 address in place of the last two groups.
  const plain = address.replace(/%.*/s, "").replace(/[\d.]*\.\d+$/, "0:0");
  const [before = [], after = []] = plain.split("::").map((side) => (side === "" ? [] : side.split(":")));
  const zeros = plain.includes("::") ? Array<string>(8 - before.length - after.length).fill("0") : [];
  const network = [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(":")}::/64`;
}
