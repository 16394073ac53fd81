import type { ProxyHeaderReading } from "./proxy-header.ts";
import { PROXY_V1_BYTES, parseProxyV1 } from "./proxy-header-v1.ts";
import { PROXY_V2_SIGNATURE, parseProxyV2 } from "./proxy-header-v2.ts";

/** The longest header that is read, in bytes, extras included; the protocol itself knows no bound below 64 KiB. */
export const PROXY_HEADER_BYTES = 4_096;

/**
 * Reads the PROXY protocol's header, version 1 or 2, from all that has arrived of a connection (HAProxy's proxy-protocol.txt).
 * Strict: what does not match to the byte is malformed, as soon as that is certain. Pure, and never throws.
 */
export function parseProxyHeader(bytes: Uint8Array): ProxyHeaderReading {
  if (bytes.length === 0) return { kind: "more" };
  if (bytes[0] === PROXY_V2_SIGNATURE[0]) return parseProxyV2(bytes, PROXY_HEADER_BYTES);
  return parseProxyV1(bytes.length > PROXY_V1_BYTES ? bytes.subarray(0, PROXY_V1_BYTES) : bytes);
}
