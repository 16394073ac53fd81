import { crc32c } from "./crc32c.ts";
import { addressText } from "./ip-address.ts";
import type { ProxyAddresses, ProxyExtra, ProxyHeaderReading, ProxyTransport } from "./proxy-header.ts";

/** The first bytes of a header of version 2: no line of text begins so. */
export const PROXY_V2_SIGNATURE: readonly number[] = Object.freeze([
  0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
]);

/** Signature, version and command, family and transport, length. */
const FIXED_BYTES = 16;
const UNIX_PATH_BYTES = 108;
const TYPE_CRC32C = 0x03;
const TYPE_UNIQUE_ID = 0x05;
const UNIQUE_ID_BYTES = 128;
const NO_CHECKSUM = new Uint8Array(4);

/** Of the addresses by family: unspecified, IPv4, IPv6, UNIX. */
const ADDRESS_BYTES: readonly number[] = [0, 12, 36, 216];
const COMMANDS: readonly ("local" | "proxy")[] = ["local", "proxy"];
const TRANSPORTS: readonly (ProxyTransport | "unspecified")[] = ["unspecified", "stream", "datagram"];

/**
 *     signature (12)  version = 2 (4 bits)  command (4 bits)  family (4 bits)  transport (4 bits)  length (2)
 *     source address, destination address, source port (2), destination port (2)
 *     *( type (1)  length (2)  value )
 *
 * Reads the header of version 2 (proxy-protocol.txt, section 2.2), if it has no more than `bytesMax` bytes. Pure.
 */
export function parseProxyV2(bytes: Uint8Array, bytesMax: number): ProxyHeaderReading {
  const known = Math.min(bytes.length, PROXY_V2_SIGNATURE.length);
  for (let at = 0; at < known; at++) if (bytes[at] !== PROXY_V2_SIGNATURE[at]) return { kind: "malformed" };
  if (bytes.length < 13) return { kind: "more" };
  const command = COMMANDS[(bytes[12] ?? 0) & 0x0f];
  if ((bytes[12] ?? 0) >> 4 !== 2 || !command) return { kind: "malformed" };
  if (bytes.length < 14) return { kind: "more" };
  const family = (bytes[13] ?? 0) >> 4;
  const addressBytes = ADDRESS_BYTES[family];
  const transport = TRANSPORTS[(bytes[13] ?? 0) & 0x0f];
  // Of a sender that speaks for itself the family is ignored, whatever it is.
  const speaksForItself = command === "local";
  if (!speaksForItself && (addressBytes === undefined || !transport)) return { kind: "malformed" };
  if (bytes.length < FIXED_BYTES) return { kind: "more" };
  const length = FIXED_BYTES + wordAt(bytes, 14);
  if (length > bytesMax) return { kind: "malformed" };
  if (!speaksForItself && length < FIXED_BYTES + (addressBytes ?? 0)) return { kind: "malformed" };
  if (bytes.length < length) return { kind: "more" };

  const whole = bytes.subarray(0, length);
  if (speaksForItself)
    return { kind: "header", header: { version: 2, addresses: undefined, extras: [] }, length };
  // Without a family there is no telling where addresses would end: nothing behind is read.
  const extras = family === 0 ? [] : readExtras(whole, FIXED_BYTES + (addressBytes ?? 0));
  if (!extras) return { kind: "malformed" };
  const addresses =
    family === 0 || transport === "unspecified" || !transport
      ? undefined
      : readAddresses(whole, family, transport);
  return { kind: "header", header: { version: 2, addresses, extras }, length };
}

function readAddresses(bytes: Uint8Array, family: number, transport: ProxyTransport): ProxyAddresses {
  if (family === 3) {
    const source = readPath(bytes, FIXED_BYTES);
    return { family: "unix", transport, source, destination: readPath(bytes, FIXED_BYTES + UNIX_PATH_BYTES) };
  }
  const size = family === 1 ? 4 : 16;
  const ports = FIXED_BYTES + 2 * size;
  const address = (at: number) => addressText(bytes.subarray(at, at + size));
  return {
    family: "ip",
    transport,
    source: { address: address(FIXED_BYTES), port: wordAt(bytes, ports) },
    destination: { address: address(FIXED_BYTES + size), port: wordAt(bytes, ports + 2) },
  };
}

/** A path ends with the first zero; an abstract one begins with a zero, and ends with those that fill it up. */
function readPath(bytes: Uint8Array, from: number): string {
  const path = bytes.subarray(from, from + UNIX_PATH_BYTES);
  let end = path.indexOf(0, 1);
  if (end < 0) end = UNIX_PATH_BYTES;
  if (path[0] === 0) {
    end = UNIX_PATH_BYTES;
    while (end > 0 && path[end - 1] === 0) end -= 1;
  }
  return String.fromCharCode(...path.subarray(0, end));
}

/** The extras from there to the end; undefined when they do not fit, or a checksum among them is not the header's. */
function readExtras(bytes: Uint8Array, from: number): ProxyExtra[] | undefined {
  const extras: ProxyExtra[] = [];
  for (let at = from; at < bytes.length; ) {
    if (at + 3 > bytes.length) return undefined;
    const type = bytes[at] ?? 0;
    const start = at + 3;
    at = start + wordAt(bytes, at + 1);
    if (at > bytes.length) return undefined;
    const value = new Uint8Array(bytes.subarray(start, at));
    if (type === TYPE_CRC32C && !isChecksum(bytes, start, value)) return undefined;
    if (type === TYPE_UNIQUE_ID && value.length > UNIQUE_ID_BYTES) return undefined;
    extras.push({ type, value });
  }
  return extras;
}

/** The checksum is that of the header with zeros in its own place. */
function isChecksum(bytes: Uint8Array, at: number, value: Uint8Array): boolean {
  if (value.length !== 4) return false;
  const before = crc32c(NO_CHECKSUM, crc32c(bytes.subarray(0, at)));
  const expected = crc32c(bytes.subarray(at + 4), before);
  return wordAt(value, 0) * 0x1_0000 + wordAt(value, 2) === expected;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
