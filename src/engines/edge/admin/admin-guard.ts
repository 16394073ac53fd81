import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isLoopback } from "./admin-config.ts";
import { AdminError } from "./admin-errors.ts";

/**
 * Throws `AdminError` `FORBIDDEN` for what a web page may have sent: requests that carry an `Origin`, and those for another host
 * than this machine, whose name an attacker's DNS server may have pointed here (DNS rebinding). Any port will do, so that a tunnel can
 * lead here.
 */
export function refusePages({ headers }: IncomingMessage): void {
  if (!isLoopback(hostNameIn(headers.host ?? ""))) {
    throw new AdminError(
      "FORBIDDEN",
      "the admin API answers at addresses of this machine alone: 127.0.0.1, [::1]",
    );
  }
  if (headers.origin !== undefined) throw new AdminError("FORBIDDEN");
}

/** Throws `AdminError` `UNAUTHORIZED` unless the request shows the token. How long it takes tells nothing of the token. */
export function requireToken({ headers }: IncomingMessage, token: string): void {
  const [scheme = "", given = "", ...more] = (headers.authorization ?? "").split(" ");
  const isSame = timingSafeEqual(digestOf(given), digestOf(token));
  if (!isSame || scheme.toLowerCase() !== "bearer" || more.length > 0) {
    throw new AdminError("UNAUTHORIZED", undefined, { headers: { "WWW-Authenticate": "Bearer" } });
  }
}

/** Of the same length whatever the text, as the comparison needs it. */
function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** The name or address in a `Host` field; empty when there is none. */
function hostNameIn(host: string): string {
  const [, bracketed, plain = ""] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(host) ?? [];
  return bracketed ?? plain.toLowerCase();
}
