import { addressBytes, addressText } from "./ip-address.ts";
import type { Address, ProxyHeader, ProxyHeaderReading } from "./proxy-header.ts";

/** The longest line, its end included (proxy-protocol.txt, section 2.1). */
export const PROXY_V1_BYTES = 107;

const BEGINNING = "PROXY ";
const CR = 0x0d;
const LF = 0x0a;
const PORT_MAX = 65_535;

/**
 *     "PROXY" SP "TCP4" SP source SP destination SP source-port SP destination-port CRLF
 *     "PROXY" SP "TCP6" SP ...
 *     "PROXY" SP "UNKNOWN" [ SP anything ] CRLF
 *
 * Reads the line of version 1 from at most its greatest length. Pure.
 */
export function parseProxyV1(bytes: Uint8Array): ProxyHeaderReading {
  const known = Math.min(bytes.length, BEGINNING.length);
  for (let at = 0; at < known; at++) if (bytes[at] !== BEGINNING.charCodeAt(at)) return { kind: "malformed" };
  let end = known;
  while (end < bytes.length && isText(bytes[end] ?? 0)) end += 1;
  if (end === bytes.length) return { kind: end < PROXY_V1_BYTES ? "more" : "malformed" };
  if (bytes[end] !== CR) return { kind: "malformed" };
  if (end + 1 === bytes.length) return { kind: end + 1 < PROXY_V1_BYTES ? "more" : "malformed" };
  if (bytes[end + 1] !== LF) return { kind: "malformed" };
  const header = readLine(String.fromCharCode(...bytes.subarray(BEGINNING.length, end)));
  return header ? { kind: "header", header, length: end + 2 } : { kind: "malformed" };
}

function readLine(line: string): ProxyHeader | undefined {
  if (line === "UNKNOWN" || line.startsWith("UNKNOWN ")) {
    return { version: 1, addresses: undefined, extras: [] };
  }
  const parts = line.split(" ");
  const [protocol, from = "", to = "", fromPort = "", toPort = ""] = parts;
  if (parts.length !== 5 || (protocol !== "TCP4" && protocol !== "TCP6")) return undefined;
  const size = protocol === "TCP4" ? 4 : 16;
  const source = readAddress(from, fromPort, size);
  const destination = readAddress(to, toPort, size);
  if (!source || !destination) return undefined;
  return { version: 1, addresses: { family: "ip", transport: "stream", source, destination }, extras: [] };
}

function readAddress(text: string, portText: string, size: 4 | 16): Address | undefined {
  const bytes = addressBytes(text);
  const port = readPort(portText);
  if (bytes?.length !== size || port < 0) return undefined;
  return { address: addressText(bytes), port };
}

/** A decimal number without zeros in front; -1 when it is none. */
function readPort(text: string): number {
  if (text.length === 0 || text.length > 5 || (text.length > 1 && text.startsWith("0"))) return -1;
  let port = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    port = port * 10 + digit;
  }
  return port <= PORT_MAX ? port : -1;
}

function isText(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}
