import { clientNetwork } from "../balancing/client-network.ts";
import { stableHash } from "../balancing/stable-hash.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import type { Destination } from "./tcp-site.ts";

/** For whom an endpoint is chosen. */
export interface Seeker {
  readonly nowMs: number;
  readonly clientAddress: string;
  /** Endpoints that are not to be chosen; those that have no room are added. */
  readonly tried: Endpoint[];
}

/**
 * The endpoint whose turn it is, and that has room for a connection more; `"full"` when only those without room are left, and
 * undefined when nobody is. The key of algorithms that balance by one is the client's address, since there is nothing else to know.
 */
export function chooseEndpoint(
  { upstream, connections }: Destination,
  { nowMs, clientAddress, tried }: Seeker,
): Endpoint | "full" | undefined {
  const hash = stableHash(clientNetwork(clientAddress));
  let full = false;
  for (;;) {
    const endpoint = upstream.pick({ nowMs, hash }, tried);
    if (!endpoint) return full ? "full" : undefined;
    if (endpoint.links.connections + endpoint.tunnels.size < connections) return endpoint;
    full = true;
    tried.push(endpoint);
  }
}
