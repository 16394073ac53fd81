import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Why a sender is turned away: `host` or `origin` (403), or no right token (401). */
export interface SenderRefusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/** Says whether a request may come in, by its fields alone. Of HTTP/2, `:authority` stands for `host`. */
export type SenderGuard = (headers: IncomingHttpHeaders) => SenderRefusal | undefined;

/**
 * Keeps others of the machine out by a token, and web pages by that, by their `Origin`, and by the host that they ask for (DNS
 * rebinding). Tokens are compared by their digests, in a time that says nothing of where they differ.
 */
export function senderGuard(port: number, token: string): SenderGuard {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const wanted = digest(`Bearer ${token}`);
  return (headers) => {
    const host = headers.host ?? headers[":authority"];
    if (typeof host !== "string" || !hosts.includes(host))
      return { status: 403, message: `telemetry is received at 127.0.0.1:${port} alone` };
    if (headers.origin !== undefined || headers["sec-fetch-site"] !== undefined)
      return { status: 403, message: "telemetry is not received from web pages" };
    if (!timingSafeEqual(digest(headers.authorization ?? ""), wanted))
      return { status: 401, message: "the token in `authorization` is missing or wrong" };
    return undefined;
  };
}

/** Of one length, whatever was sent. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
