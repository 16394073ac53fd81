/**
 * Reads a request's target (RFC 9112, section 3.2) into the path that routes are matched against. Pure.
 *
 * A path is read twice: strictly, as RFC 3986 compares paths (only unreserved characters are decoded, everything else is
 * data), and loosely, as a careless server may (`%2F` and `\` are slashes, `//` is one slash). The router refuses a target
 * whose readings lead to different routes. Dot segments are refused in either reading: every client resolves them before
 * it sends, so that only an attack or an accident carries them. nginx and Envoy (with normalize_path) resolve them instead
 * and then must rewrite what they send on; the edge sends the target on as it came.
 */
export type Target =
  | { readonly kind: "path"; readonly strict: string; readonly loose: string }
  | { readonly kind: "refused"; readonly problem: string };

const SLASH = 0x2f;
const DOT = 0x2e;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const QUESTION = 0x3f;
const HASH = 0x23;

/**
 * Where the path of a target in origin form ends (before its query, if any), when the path can be read in one way only and as
 * it stands, as nearly all can; -1 when `readTarget` has to look at it.
 */
export function plainPathEnd(target: string): number {
  if (target.charCodeAt(0) !== SLASH) return -1;
  let before = SLASH;
  for (let at = 1; at < target.length; at++) {
    const code = target.charCodeAt(at);
    if (code === QUESTION) return isPlainQuery(target, at) ? at : -1;
    if (code <= 0x20 || code >= 0x7f || code === HASH || code === PERCENT || code === BACKSLASH) return -1;
    if (before === SLASH && (code === SLASH || code === DOT)) return -1;
    before = code;
  }
  return target.length;
}

/** Reads a target in origin form, `/path?query`. */
export function readTarget(target: string): Target {
  if (target.charCodeAt(0) !== SLASH) return refused("has to begin with a slash");
  for (let at = 0; at < target.length; at++) {
    const code = target.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f) return refused("holds a character that has to be percent-encoded");
    if (code === HASH) return refused("holds a fragment");
  }
  const end = target.indexOf("?");
  return readPath(end < 0 ? target : target.slice(0, end));
}

function isPlainQuery(target: string, question: number): boolean {
  for (let at = question + 1; at < target.length; at++) {
    const code = target.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f || code === HASH) return false;
  }
  return true;
}

/**
 * The origin form of a target that may be in absolute form, `http://host/path` (which a server has to accept: RFC 9112,
 * section 3.2.2). Undefined when it names another host than the request's `Host` does, since the two would disagree. OPTIONS
 * of a host without a path asks about the server as a whole, `*` (section 3.2.4).
 */
export function originForm(target: string, host: string | undefined, method = "GET"): string | undefined {
  if (target.charCodeAt(0) === SLASH) return target;
  const absolute = /^https?:\/\/([^/?#]+)(.*)$/i.exec(target);
  if (!absolute) return target;
  const [, authority = "", rest = ""] = absolute;
  if (authority.toLowerCase() !== host?.toLowerCase()) return undefined;
  if (rest === "" && method === "OPTIONS") return "*";
  return rest.charCodeAt(0) === SLASH ? rest : `/${rest}`;
}

function readPath(path: string): Target {
  let strict = "";
  let loose = "";
  for (let at = 0; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (code === PERCENT) {
      const hex = path.slice(at + 1, at + 3);
      if (!/^[0-9a-f]{2}$/i.test(hex)) return refused("holds a % that two hexadecimal digits do not follow");
      const decoded = Number.parseInt(hex, 16);
      if (decoded < 0x20 || decoded === 0x7f) return refused("holds an encoded control character");
      strict += isUnreserved(decoded) ? String.fromCharCode(decoded) : `%${hex.toUpperCase()}`;
      loose += decoded === BACKSLASH ? "/" : String.fromCharCode(decoded);
      at += 2;
    } else {
      strict += path[at];
      loose += code === BACKSLASH ? "/" : path[at];
    }
  }
  // A path parameter hides a dot segment from some servers and not from others: `/..;x/`.
  if (/(^|\/)\.\.?(;[^/]*)?(\/|$)/.test(loose)) return refused("holds a dot segment");
  return { kind: "path", strict, loose: loose.replace(/\/{2,}/g, "/") };
}

/** RFC 3986, section 2.3: these mean the same whether they are percent-encoded or not. */
function isUnreserved(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === DOT ||
    code === 0x5f ||
    code === 0x7e
  );
}

function refused(problem: string): Target {
  return { kind: "refused", problem };
}
