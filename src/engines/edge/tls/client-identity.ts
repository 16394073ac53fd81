import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { alternativeNames } from "./certificate-names.ts";

/**
 * Fields, in lower case, by which an upstream is told of a client's certificate. Whatever a client sends under these names has to
 * be taken away, on every listener, so that none can be forged.
 */
export const CLIENT_CERTIFICATE_FIELDS: ReadonlySet<string> = new Set([
  "x-client-verify",
  "x-forwarded-client-cert",
  "client-cert",
  "client-cert-chain",
]);

/** A certificate beyond that is told by its hash and names only: heads of messages have bounds. */
const WHOLE_BYTES_MAX = 4_096;
/** Names of each kind that are told. */
const NAMES_MAX = 16;
/** A subject or name beyond that is left out: cut short, it might be somebody else's. */
const NAME_LENGTH_MAX = 512;

/**
 * What an upstream is told of the client at the other end of a connection that asked for a certificate: names and values in turn,
 * to be computed once for a connection.
 *
 * - `X-Client-Verify`: `SUCCESS`, `NONE` (it showed none) or `FAILED:CODE` (OpenSSL's, such as `CERT_HAS_EXPIRED`).
 * - With `SUCCESS` only, `X-Forwarded-Client-Cert`: `Hash=…;Subject="…";URI=…;DNS=…`, as Envoy writes it: SHA-256 of the certificate
 *   in hexadecimal, the subject after RFC 4514, and alternative names. What could be misread is quoted.
 * - With `SUCCESS` only, `Client-Cert` (RFC 9440): the certificate itself, in base 64 between colons; left out beyond 4 KiB.
 */
export function clientCertificateFields(socket: TLSSocket, nowMs: number): readonly string[] {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return ["X-Client-Verify", "NONE"];
  const problem = clientProblem(socket, certificate, nowMs);
  if (problem !== undefined) return ["X-Client-Verify", `FAILED:${problem}`];
  const fields = ["X-Client-Verify", "SUCCESS", "X-Forwarded-Client-Cert", forwardedOf(certificate)];
  const { raw } = certificate;
  if (raw.length <= WHOLE_BYTES_MAX) fields.push("Client-Cert", `:${raw.toString("base64")}:`);
  return fields;
}

/**
 * Why a client's certificate is not valid: OpenSSL's code. Undefined when it is. A resumed session is judged by what it was when it
 * began, so that the end of the certificate's time is looked at again.
 */
export function clientProblem(
  socket: TLSSocket,
  certificate: X509Certificate,
  nowMs: number,
): string | undefined {
  if (!socket.authorized)
    return /^[A-Z0-9_]{1,64}$/.exec(String(socket.authorizationError))?.[0] ?? "UNKNOWN";
  return Date.parse(certificate.validTo) <= nowMs ? "CERT_HAS_EXPIRED" : undefined;
}

function forwardedOf(certificate: X509Certificate): string {
  const hash = certificate.fingerprint256.replaceAll(":", "").toLowerCase();
  const parts = [`Hash=${hash}`];
  const subject = quoted(subjectOf(certificate));
  if (subject.length <= NAME_LENGTH_MAX) parts.push(`Subject=${subject}`);
  const names = alternativeNames(certificate.subjectAltName ?? "");
  for (const kind of ["URI", "DNS"]) {
    const some = names.filter((one) => one.kind === kind).slice(0, NAMES_MAX);
    for (const { value } of some) {
      const safe = visible(value);
      if (safe.length > NAME_LENGTH_MAX) continue;
      parts.push(`${kind}=${/^[A-Za-z0-9:/?@._~*+-]+$/.test(safe) ? safe : quoted(safe)}`);
    }
  }
  return parts.join(";");
}

/** The subject in one line, the most particular attribute first (RFC 4514). Node has escaped each line so already. */
function subjectOf(certificate: X509Certificate): string {
  return visible(certificate.subject.split("\n").reverse().join(","));
}

/** Characters beyond ASCII, and those that control, as RFC 4514 escapes them: a backslash and the byte of UTF-8. */
function visible(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (one) =>
    [...Buffer.from(one)].map((byte) => `\\${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
