import type { Socket } from "node:net";
import { tcpCheck } from "../health/tcp-check.ts";
import type { CheckedAddress } from "../health/verdict.ts";
import type { Transport } from "../upstream/transport.ts";
import { http2Check } from "./http2-check.ts";
import { SessionPool } from "./upstream-pool.ts";

/** Reaches endpoints by HTTP/2. `open` begins a connection; over TLS one that offers nothing else. */
export function http2Transport(
  open: (target: CheckedAddress) => Socket,
  scheme: "http" | "https",
): Transport {
  return {
    pool: (options) => new SessionPool({ ...options, open: () => open(options), scheme }),
    check: (config) => (config.kind === "tcp" ? tcpCheck(open) : http2Check(config, open, scheme)),
  };
}
