/**
 * What each header field means to a proxy. Fields that are not named here are end-to-end: sent on as they came, with their
 * case, order and duplicates.
 */
export type FieldKind =
  | "end-to-end"
  /** Belongs to one connection (RFC 9110, section 7.6.1), or to proxies that authenticate: never sent on. */
  | "hop"
  | "connection"
  /** What the client has proved to be (RFC 9440): only the one who ended TLS may say it. */
  | "client-cert"
  | "content-length"
  | "expect"
  /** Say where the request came from. Believed only of trusted peers. */
  | "forwarded"
  | "x-forwarded"
  | "host"
  | "request-id"
  | "te"
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
  ["trailer", "trailer"],
  ["transfer-encoding", "transfer-encoding"],
  ["upgrade", "upgrade"],
  ["via", "via"],
  ["x-forwarded-for", "x-forwarded-for"],
  ["x-forwarded-host", "x-forwarded-host"],
  ["x-forwarded-proto", "x-forwarded-proto"],
  ["x-real-ip", "x-forwarded"],
  ["client-cert", "client-cert"],
  ["client-cert-chain", "client-cert"],
  // Programs that are handed fields as variables cannot tell them from the real ones.
  ["client_cert", "hop"],
  ["client_cert_chain", "hop"],
  ["client-cert_chain", "hop"],
  ["client_cert-chain", "hop"],
  ["x-request-id", "request-id"],
]);

/** Bit n is set when a named field has n characters: most fields are told apart by their length alone. */
const LENGTHS = [...KINDS.keys()].reduce((bits, name) => bits | (1 << name.length), 0);

/** The kind of a field, whatever its case. */
export function kindOf(name: string): FieldKind {
  const { length } = name;
  const first = name.charCodeAt(0) | 0x20;
  if (first === 0x78 /* x */) return kindOfX(name.toLowerCase());
  if (length > 30 || (LENGTHS & (1 << length)) === 0) return "end-to-end";
  return KINDS.get(name.toLowerCase()) ?? "end-to-end";
}

/** Many servers hand fields to programs with `-` and `_` made one, so that `X_Forwarded_For` would count as the real one. */
function kindOfX(lower: string): FieldKind {
  const name = lower.includes("_") ? lower.replaceAll("_", "-") : lower;
  const kind = KINDS.get(name) ?? (name.startsWith("x-forwarded-") ? "x-forwarded" : "end-to-end");
  return name === lower || kind === "end-to-end" ? kind : "hop";
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
    if (/^(?:keep-alive|close|upgrade)$/i.test(value)) continue;
    names ??= new Set();
    for (const token of value.split(",")) names.add(token.trim().toLowerCase());
  }
  return names;
}
