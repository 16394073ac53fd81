import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** Why a request is turned away. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/** Lets in those who may ask a server on loopback. */
export interface Guard {
  /** Refuses whoever asks for another host: a name that somebody made to lead here (DNS rebinding). */
  refusalOfHost(request: Pick<IncomingMessage, "headersDistinct">): Refusal | undefined;
  /** Refuses web pages of other origins, whatever they send. That of the console's page is this server's. */
  refusalOfOrigin(headers: IncomingHttpHeaders): Refusal | undefined;
  /** Refuses whoever does not show the token. There are no cookies: a browser would send those to every port of this host. */
  refusalOfToken(headers: IncomingHttpHeaders): Refusal | undefined;
}

/** A guard for the server at a port. */
export function guardOf(port: number, token: string): Guard {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const wanted = digest(`Bearer ${token}`);
  return {
    refusalOfHost({ headersDistinct: { host = [] } }) {
      // Of several, another server on the way may have read another (RFC 9112, section 3.2).
      const [only = "", ...more] = host;
      if (more.length === 0 && hosts.includes(only)) return undefined;
      return { status: 403, message: `this API answers at 127.0.0.1:${port} alone` };
    },
    refusalOfOrigin({ host = "", origin, "sec-fetch-site": site }) {
      const isOwn = origin === undefined || origin === `http://${host}`;
      const comesFromElsewhere = site === "cross-site" || site === "same-site";
      if (isOwn && !comesFromElsewhere) return undefined;
      return { status: 403, message: "this API is not for web pages of other origins" };
    },
    refusalOfToken({ authorization = "" }) {
      if (timingSafeEqual(digest(authorization), wanted)) return undefined;
      return { status: 401, message: "the token of control.json is missing or wrong" };
    },
  };
}

/** Of one length, whatever was sent. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
