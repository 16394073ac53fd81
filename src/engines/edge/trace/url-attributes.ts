/**
 * What spans tell of a request's target. Nobody who reads traces should be let in anywhere by what they read: the values of what is
 * called like a secret are left out, as OpenTelemetry asks for `url.query` (https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/),
 * and so are names and passwords before a host. What stands in a path without a name cannot be told from any other. Pure.
 */

/** Bounds in characters; what is longer is cut. */
const PATH_LENGTH_MAX = 512;
const QUERY_LENGTH_MAX = 512;

/** Names whose values may let whoever reads them in, those of signed URLs of the large clouds among them. */
const SECRET_NAME = /auth|cookie|token|secret|key|pass|pwd|otp|credential|sig|session|code|jwt|bearer/i;

/** In absolute form (RFC 9112, section 3.2.2), with what may stand before a host. */
const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** `url.path`: the path of a target in whatever form, without scheme and host. */
export function urlPath(target: string): string {
  const question = target.indexOf("?");
  let path = question < 0 ? target : target.slice(0, question);
  if (path.charCodeAt(0) !== SLASH) path = path.replace(AUTHORITY, "") || "/";
  const bounded = path.slice(0, PATH_LENGTH_MAX);
  if (!bounded.includes(";")) return bounded;
  // Parameters of a segment, such as `;jsessionid=…`.
  return bounded.replace(/;[^;/]*/g, (parameter) => `;${redactedPair(parameter.slice(1))}`);
}

/** `url.query`: without the `?`; undefined when there is none. */
export function urlQuery(target: string): string | undefined {
  const question = target.indexOf("?");
  if (question < 0) return undefined;
  const query = target.slice(question + 1, question + 1 + QUERY_LENGTH_MAX);
  // Both part pairs, the latter for some servers alone (HTML 4.01, appendix B.2.2).
  return query.replace(/[^&;]+/g, redactedPair);
}

function redactedPair(pair: string): string {
  const equals = pair.indexOf("=");
  return equals >= 0 && isSecret(pair.slice(0, equals)) ? `${pair.slice(0, equals)}=REDACTED` : pair;
}

function isSecret(name: string): boolean {
  if (!name.includes("%")) return SECRET_NAME.test(name);
  try {
    return SECRET_NAME.test(decodeURIComponent(name));
  } catch {
    // Some server may find any name in it.
    return true;
  }
}

const SLASH = 0x2f;
