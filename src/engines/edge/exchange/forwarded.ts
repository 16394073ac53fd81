/** Where a request came from, as far as that is believed. */
export interface Origin {
  /** The address of the client, as the proxies that are trusted saw it. */
  readonly clientAddress: string;
  /** The value of `X-Forwarded-For` for the next hop. */
  readonly forwardedFor: string;
}

/** More than any chain of proxies is long: what is before them was not written by one. */
const HOPS_MAX = 64;

/**
 * The last `trustedHops` entries of what earlier hops said were written by proxies that are trusted, as the peer is one of
 * them; whatever stands before was the client's to make up, and is dropped. `said`: the values of `X-Forwarded-For`, in their
 * order. Pure.
 */
export function originOf(peerAddress: string, said: readonly string[], trustedHops: number): Origin {
  if (trustedHops === 0 || said.length === 0)
    return { clientAddress: peerAddress, forwardedFor: peerAddress };
  const entries = said
    .join(",")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  const believed = entries.slice(-Math.min(trustedHops, HOPS_MAX));
  const first = believed[0];
  if (first === undefined) return { clientAddress: peerAddress, forwardedFor: peerAddress };
  return { clientAddress: addressIn(first), forwardedFor: `${believed.join(", ")}, ${peerAddress}` };
}

/** Without the port that some proxies write behind the address. */
function addressIn(entry: string): string {
  if (entry.startsWith("["))
    return entry.slice(1, entry.indexOf("]") < 0 ? entry.length : entry.indexOf("]"));
  const colon = entry.indexOf(":");
  return colon > 0 && entry.indexOf(":", colon + 1) < 0 ? entry.slice(0, colon) : entry;
}

/**
 * The elements of `Forwarded` that trusted proxies wrote, as `originOf` finds those of `X-Forwarded-For`: the last `trustedHops`.
 * `said`: the field's values, in their order. Commas within quotes part nothing (RFC 7239, section 4).
 */
export function lastElements(said: readonly string[], trustedHops: number): string[] {
  const text = said.join(",");
  const elements: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at <= text.length; at++) {
    const one = text[at];
    if (quoted && one === "\\") at += 1;
    else if (one === '"') quoted = !quoted;
    else if (at === text.length || (one === "," && !quoted)) {
      const element = text.slice(from, at).trim();
      if (element !== "") elements.push(element);
      from = at + 1;
    }
  }
  // Whoever leaves a quote open would swallow what stands behind it: then nothing can be told apart.
  return quoted ? [] : elements.slice(-Math.min(trustedHops, HOPS_MAX));
}

/**
 * One element of `Forwarded` (RFC 7239), for those in front of whom a trusted proxy wrote one. Addresses of IPv6 stand in brackets
 * and quotes (section 6).
 */
export function forwardedElement(peerAddress: string, proto: string, host: string | undefined): string {
  const node = peerAddress.includes(":") ? `"[${peerAddress}]"` : peerAddress;
  return `for=${node};proto=${proto}${host === undefined ? "" : `;host="${host}"`}`;
}
