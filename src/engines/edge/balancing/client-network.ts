/**
 * What stands for a client in hashes: an IPv4 address in full, and of an IPv6 address the first 64 bits, since what
 * one household or machine is given is a network of that size, in which it takes other addresses as it likes (RFC
 * 8981). A port does not count, nor does a zone; an IPv4 address within IPv6 (`::ffff:192.0.2.1`) counts as what it
 * is. A text that is no address stands for itself. Pure.
 */
export function clientNetwork(address: string): string {
  const colon = address.indexOf(":");
  if (colon < 0) return address;
  // One colon: an IPv4 address or a name, with a port.
  if (address.indexOf(":", colon + 1) < 0) return address.slice(0, colon);
  return network64(withoutPort(address)) ?? address;
}

function withoutPort(address: string): string {
  const end = address.charCodeAt(0) === 0x5b /* [ */ ? address.indexOf("]") : -1;
  const bare = end < 0 ? address : address.slice(1, end);
  const zone = bare.indexOf("%");
  return zone < 0 ? bare : bare.slice(0, zone);
}

/**
 * Four groups without leading zeros, however they were written (RFC 4291, section 2.2); an IPv4 address if it is one.
 */
function network64(address: string): string | undefined {
  const gap = address.indexOf("::");
  const head = groupsOf(gap < 0 ? address : address.slice(0, gap));
  const tail = groupsOf(gap < 0 ? "" : address.slice(gap + 2));
  if (!head || !tail) return undefined;
  const dotted = tail.at(-1)?.includes(".") ?? head.at(-1)?.includes(".") ?? false;
  const missing = 8 - head.length - tail.length - (dotted ? 1 : 0);
  if (gap < 0 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<string>(Math.max(0, missing)).fill("0"), ...tail];
  if (dotted && groups[5] === "ffff" && groups.slice(0, 5).every((group) => group === "0")) return groups[6];
  return groups.slice(0, 4).join(":");
}

/** The groups of a part of an address; the last of them may be an IPv4 address, which is not looked into. */
function groupsOf(part: string): string[] | undefined {
  if (part === "") return [];
  const groups = part.split(":");
  const last = groups.length - 1;
  for (let at = 0; at <= last; at++) {
    const group = groups[at] ?? "";
    if (at === last && group.includes(".")) continue;
    const value = group.length > 4 ? -1 : hexadecimal(group);
    if (value < 0) return undefined;
    groups[at] = value.toString(16);
  }
  return groups;
}

/** The value of hexadecimal digits; -1 for a text that has others, or none. */
function hexadecimal(text: string): number {
  let value = text === "" ? -1 : 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at) | 0x20;
    const digit =
      code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
