import { crc32c } from "./crc32c.ts";
import { addressBytes, addressText, isMapped, mapped } from "./ip-address.ts";
import { type Address, PROXY_EXTRA, type ProxyAddresses, type ProxyExtra } from "./proxy-header.ts";
import { PROXY_V2_SIGNATURE } from "./proxy-header-v2.ts";

const FIXED_BYTES = 16;
const UNIX_PATH_BYTES = 108;
const LENGTH_MAX = 65_535;

/**
 * A header of version 1, as it is sent. What the line cannot say (UNIX sockets, datagrams, or nothing known) is `UNKNOWN`. Two
 * addresses of different families become both IPv6, IPv4 in the form that is mapped into it. Pure.
 */
export function proxyHeaderV1(addresses: ProxyAddresses | undefined): Uint8Array {
  return Uint8Array.from(lineOf(addresses), (character) => character.charCodeAt(0));
}

/**
 * A header of version 2, as it is sent, with a checksum if `checksum` says so (default: without, since TCP has its own). With no
 * addresses the family is unspecified. Throws `RangeError` when the extras do not fit in 64 KiB. Pure.
 */
export function proxyHeaderV2(
  addresses: ProxyAddresses | undefined,
  extras: readonly ProxyExtra[] = [],
  options: { readonly checksum?: boolean } = {},
): Uint8Array {
  const { family, bytes } = addressesOf(addresses);
  const all = options.checksum ? [...extras, { type: PROXY_EXTRA.crc32c, value: new Uint8Array(4) }] : extras;
  const length = all.reduce((sum, { value }) => sum + 3 + value.length, bytes.length);
  if (length > LENGTH_MAX)
    throw new RangeError(`a PROXY header cannot hold ${length} bytes; leave extras out`);
  const header = new Uint8Array(FIXED_BYTES + length);
  header.set(PROXY_V2_SIGNATURE);
  header.set([0x21, family, length >> 8, length & 0xff], PROXY_V2_SIGNATURE.length);
  header.set(bytes, FIXED_BYTES);
  let at = FIXED_BYTES + bytes.length;
  for (const { type, value } of all) {
    header.set([type, value.length >> 8, value.length & 0xff], at);
    header.set(value, at + 3);
    at += 3 + value.length;
  }
  if (options.checksum) {
    const crc = crc32c(header);
    header.set([crc >>> 24, (crc >>> 16) & 0xff, (crc >>> 8) & 0xff, crc & 0xff], at - 4);
  }
  return header;
}

/** A header of version 2 of a sender that speaks for itself, such as in a health check (`LOCAL`). */
export function proxyHeaderLocal(): Uint8Array {
  return Uint8Array.from([...PROXY_V2_SIGNATURE, 0x20, 0x00, 0, 0]);
}

function lineOf(addresses: ProxyAddresses | undefined): string {
  if (addresses?.family !== "ip" || addresses.transport !== "stream") return "PROXY UNKNOWN\r\n";
  const pair = pairOf(addresses.source, addresses.destination);
  if (!pair) return "PROXY UNKNOWN\r\n";
  const [from, to] = pair;
  const protocol = from.length === 4 ? "TCP4" : "TCP6";
  const { source, destination } = addresses;
  return `PROXY ${protocol} ${addressText(from)} ${addressText(to)} ${source.port} ${destination.port}\r\n`;
}

function addressesOf(addresses: ProxyAddresses | undefined): { family: number; bytes: Uint8Array } {
  const none = { family: 0, bytes: new Uint8Array(0) };
  if (!addresses) return none;
  const transport = addresses.transport === "stream" ? 1 : 2;
  if (addresses.family === "unix") {
    const bytes = new Uint8Array(2 * UNIX_PATH_BYTES);
    bytes.set(pathBytes(addresses.source));
    bytes.set(pathBytes(addresses.destination), UNIX_PATH_BYTES);
    return { family: 0x30 | transport, bytes };
  }
  const { source, destination } = addresses;
  const pair = pairOf(source, destination);
  if (!pair) return none;
  const [from, to] = pair;
  const ports = [source.port >> 8, source.port & 0xff, destination.port >> 8, destination.port & 0xff];
  const family = from.length === 4 ? 0x10 : 0x20;
  return { family: family | transport, bytes: Uint8Array.from([...from, ...to, ...ports]) };
}

/** Both of one family; undefined when one is no address. A pair of mapped addresses is one of IPv4. */
function pairOf(source: Address, destination: Address): readonly [Uint8Array, Uint8Array] | undefined {
  const from = unmapped(source.address);
  const to = unmapped(destination.address);
  if (!from || !to) return undefined;
  return from.length === to.length ? [from, to] : [mapped(from), mapped(to)];
}

function unmapped(text: string): Uint8Array | undefined {
  const zone = text.indexOf("%");
  const bytes = addressBytes(zone < 0 ? text : text.slice(0, zone));
  return bytes && isMapped(bytes) ? bytes.subarray(12) : bytes;
}

/** One character per byte, as far as there is room. */
function pathBytes(path: string): Uint8Array {
  return Uint8Array.from(path.slice(0, UNIX_PATH_BYTES), (character) => character.charCodeAt(0) & 0xff);
}
