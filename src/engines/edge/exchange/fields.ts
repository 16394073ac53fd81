import { lowerOf } from "../http/field-names.ts";

/**
 * What each header field means to a proxy. Fields that are not named here are end-to-end: sent on as they came, with their
 * case, order and duplicates.
 */
export type FieldKind =
  | "end-to-end"
  /** Belongs to one connection (RFC 9110, section 7.6.1), or to proxies that authenticate: never sent on. */
  | "hop"
  | "connection"
  /** What the client has proved to be: only the one who ended TLS may say it. See `CLIENT_CERTIFICATE_FIELDS`. */
  | "client-cert"
  | "content-length"
  | "expect"
  /** Say where the request came from. Believed only of trusted peers. */
  | "forwarded"
  | "x-forwarded"
  | "host"
  | "request-id"
  | "te"
  /** Which trace a request belongs to (W3C Trace Context). End-to-end, unless the edge takes part in traces itself. */
  | "trace"
  | "trailer"
  | "transfer-encoding"
  | "upgrade"
  | "via"
  | "x-forwarded-for"
  | "x-forwarded-host"
  | "x-forwarded-proto";

const KINDS = new Map<string, FieldKind>([
  ["connection", "connection"],
  ["content-length", "content-length"],
  ["expect", "expect"],
  ["forwarded", "forwarded"],
  ["host", "host"],
  ["http2-settings", "hop"],
  ["keep-alive", "hop"],
  ["proxy-authenticate", "hop"],
  ["proxy-authorization", "hop"],
  ["proxy-connection", "hop"],
  ["te", "te"],
  ["traceparent", "trace"],
  ["tracestate", "trace"],
  ["trailer", "trailer"],
  ["transfer-encoding", "transfer-encoding"],
  ["upgrade", "upgrade"],
  ["via", "via"],
  ["x-forwarded-for", "x-forwarded-for"],
  ["x-forwarded-host", "x-forwarded-host"],
  ["x-forwarded-proto", "x-forwarded-proto"],
  ["x-client-verify", "client-cert"],
  ["x-forwarded-client-cert", "client-cert"],
  ["x-real-ip", "x-forwarded"],
  ["client-cert", "client-cert"],
  ["client-cert-chain", "client-cert"],
  ["x-request-id", "request-id"],
]);

const X = 0x78;

/**
 * By the number of a name's characters: a bit for each letter that such a name above begins with. Nearly all fields that are not
 * named above are told apart by it.
 */
const LETTERS = new Uint32Array(64);
/** A bit for the third letter of each name above that begins with `x-`. */
let lettersOfX = 0;
for (const name of KINDS.keys()) {
  LETTERS[name.length] = (LETTERS[name.length] ?? 0) | bitOf(name.charCodeAt(0));
  if (name.startsWith("x-")) lettersOfX |= bitOf(name.charCodeAt(2));
}

/** The kind of a field, whatever its case. */
export function kindOf(name: string): FieldKind {
  const first = name.charCodeAt(0) | 0x20;
  if (first === X) {
    if ((lettersOfX & bitOf(name.charCodeAt(2))) === 0) return "end-to-end";
  } else if (((LETTERS[name.length] ?? 0) & bitOf(first)) === 0) return "end-to-end";
  const lower = lowerOf(name);
  return KINDS.get(lower) ?? kindOfOther(lower);
}

/**
 * Many servers hand fields to programs with `-` and `_` made one, so that `X_Forwarded_For` or `Content_Length` would count as the
 * real one: they are dropped.
 */
function kindOfOther(lower: string): FieldKind {
  const name = lower.includes("_") ? lower.replaceAll("_", "-") : lower;
  const kind = KINDS.get(name) ?? (name.startsWith("x-forwarded-") ? "x-forwarded" : "end-to-end");
  return name === lower || kind === "end-to-end" ? kind : "hop";
}

/** A letter's own of 26 bits, whatever its case; what is no letter shares another's. */
function bitOf(code: number): number {
  return 1 << (code & 0x1f);
}

/** Fields that must not arrive behind the body (RFC 9110, section 6.5.1): framing, routing, authentication and the like. */
const NOT_IN_TRAILERS =
  /^(?:age|authorization|cache-control|content-(?:encoding|length|range|type)|cookie|date|expires|host|if-.*|location|max-forwards|pragma|range|retry-after|set-cookie|vary|warning|www-authenticate)$/;

/** The trailers that are sent on, in pairs. `raw` is names and values in turn. */
export function trailersToSend(raw: readonly string[]): [string, string][] {
  const kept: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? "";
    if (kindOf(name) === "end-to-end" && !NOT_IN_TRAILERS.test(name.toLowerCase()))
      kept.push([name, raw[at + 1] ?? ""]);
  }
  return kept;
}

/**
 * The field names that `Connection` declares to be of this hop, in lower case; undefined when there are none. `raw` is
 * names and values in turn.
 */
export function nominatedIn(raw: readonly string[]): ReadonlySet<string> | undefined {
  let names: Set<string> | undefined;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? "";
    if (name.length !== 10 || kindOf(name) !== "connection") continue;
    const value = raw[at + 1] ?? "";
    // By far the most frequent values first.
    if (value === "keep-alive" || value === "close") continue;
    if (/^(?:keep-alive|close|upgrade)$/i.test(value)) continue;
    names ??= new Set();
    for (const token of value.split(",")) names.add(token.trim().toLowerCase());
  }
  return names;
}
