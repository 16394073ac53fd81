/** What an admin server may be told. Pure. */

import type { AdminConfig } from "../config/index.ts";
import { EdgeError } from "../errors.ts";

/** An administrator's token is no password for people: `openssl rand -base64 24` makes one. */
export const TOKEN_LENGTH_MIN = 16;

const TOKEN = /^[\x21-\x7e]+$/;
const LOOPBACK_V4 = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/** Whether a host is an address of this machine alone: of 127.0.0.0/8, `::1`, or `localhost`. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_V4.test(host) || host === "::1" || host === "localhost";
}

/** Throws `EdgeError` `INVALID_CONFIG`, naming the place, unless a server can be started so. */
export function checkAdmin(config: AdminConfig): void {
  const { host, port, token }: { readonly [Key in keyof AdminConfig]: unknown } = config;
  if (host !== undefined && !(typeof host === "string" && isLoopback(host))) {
    throw invalid("admin.host", "has to be a loopback address, such as 127.0.0.1 or ::1");
  }
  if (typeof port !== "number" || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw invalid("admin.port", "has to be a whole number from 0 to 65535");
  }
  if (typeof token !== "string" || token.length < TOKEN_LENGTH_MIN || !TOKEN.test(token)) {
    throw invalid(
      "admin.token",
      `has to be at least ${TOKEN_LENGTH_MIN} visible characters of ASCII without spaces`,
    );
  }
}

function invalid(place: string, problem: string): EdgeError {
  return new EdgeError("INVALID_CONFIG", `${place} ${problem}`, { details: { place } });
}
