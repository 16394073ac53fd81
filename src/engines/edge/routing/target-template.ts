import { hostName, isHostName } from "./host-name.ts";
import { isMalformed, type Malformed, malformed, type PathPattern } from "./path-pattern.ts";
import { readTarget } from "./target.ts";

/**
 * Where a route leads on to, as in `/v2/{rest}` or `https://{host}{path}`, read once. Pure.
 *
 * `{path}` is the path of the request, `{rest}` what the star of its route stands for, `{host}` the name in its `Host` (lower
 * case, without a port), and `{name}` a parameter of its route. What is inserted is what came, percent-encoding and all, and
 * cannot become more than it stands for: it holds no control character and no `?` (a target with one is refused), it never makes
 * a dot segment, nor a path that begins with two slashes, which browsers and some servers take for a host; a host is inserted only
 * when it is a name, and stands alone between a scheme and a path; in a query, what divides parameters is encoded.
 */
export interface TargetTemplate {
  readonly pieces: readonly Piece[];
  /** Whether it inserts the host: then a request has to name one. */
  readonly needsHost: boolean;
  /** Whether it has a query of its own; else the request's is kept. */
  readonly hasQuery: boolean;
  /** What stands behind the query, from `#` on. */
  readonly fragment: string;
}

/** A text, or what is inserted. */
type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "path" }
  | { readonly kind: "host" }
  /** The path from a segment on, without the slash before it. */
  | { readonly kind: "rest"; readonly segment: number }
  | { readonly kind: "segment"; readonly segment: number }
  | { readonly kind: "segment-in-query"; readonly segment: number };

const TEXT = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?[\]]|%[0-9A-Fa-f]{2})*$/;
/** A host that is written out or inserted whole, or a name below the inserted one; with a port or without. */
const AUTHORITY =
  /^(?:(?:[A-Za-z0-9-]+\.)*\{host\}|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
/** In the place of a host that is none: a name that leads nowhere, for good (RFC 2606). */
const NOWHERE = "invalid";

/** What may be inserted at the worst: nothing, slashes, and what some servers take for slashes or leave out, at both ends. */
const ENDS = ["", "x", "/", "\\", "%2F", ";"];
const WORST = ENDS.flatMap((first) => ENDS.flatMap((last) => [first + last, `${first}x${last}`]));

const SLASH = 0x2f;
const BACKSLASH = 0x5c;

/** Reads the target of a redirect: a path, or a URL of http or https. */
export function parseRedirect(text: string, pattern: PathPattern): TargetTemplate | Malformed {
  const hash = text.indexOf("#");
  const fragment = hash < 0 ? "" : text.slice(hash);
  const rest = hash < 0 ? text : text.slice(0, hash);
  if (!/^#?(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*$/.test(fragment))
    return malformed("has a fragment that is not plain text", "write it out, percent-encoded");
  const url = /^https?:\/\/(.*?)(?=[/?]|\{path\}|$)/i.exec(rest);
  if (!url && !isPathLike(rest)) {
    return malformed("is neither a path nor a URL", "write it as in /new/{rest} or https://{host}{path}");
  }
  if (url && !AUTHORITY.test(url[1] ?? "")) {
    return malformed(
      `has the host "${url[1]}"`,
      "write it out, or as {host}: nothing else that a client sends may choose where it is led",
    );
  }
  return parsePieces(rest, pattern, fragment);
}

/** Reads the path that an upstream sees. */
export function parseRewrite(text: string, pattern: PathPattern): TargetTemplate | Malformed {
  if (!isPathLike(text)) return malformed("is no path", "write it as in /v2/{rest}, or begin with {path}");
  if (/[?#]/.test(text)) return malformed("has a query or a fragment", "leave it out: the query is kept");
  const template = parsePieces(text, pattern, "");
  if (isMalformed(template)) return template;
  for (const value of WORST) {
    const target = joined(template.pieces, (piece) => {
      if (piece.kind === "rest") return value;
      if (piece.kind === "path") return `/${value}`;
      return value.replaceAll("/", "%2F") || "x";
    });
    if (readTarget(target).kind === "refused") {
      return malformed(
        "can become a path with a dot segment",
        "let no dots stand alone beside what is inserted",
      );
    }
  }
  return template;
}

/**
 * What a template becomes for a request. `target` is in origin form, accepted by the table, and of the pattern that the template
 * was read for; `host` is its `Host` as it came.
 */
export function expandTarget(template: TargetTemplate, target: string, host: string | undefined): string {
  const query = target.indexOf("?");
  const end = query < 0 ? target.length : query;
  const expanded = joined(template.pieces, (piece) => insertedFor(piece, target, end, host));
  const behind = template.hasQuery || query < 0 ? "" : target.slice(query);
  return withoutSecondSlash(expanded) + behind + template.fragment;
}

function isPathLike(text: string): boolean {
  return /^(?:\/(?![/\\])|\{path\})/.test(text);
}

function parsePieces(text: string, pattern: PathPattern, fragment: string): TargetTemplate | Malformed {
  const pieces: Piece[] = [];
  const question = text.indexOf("?");
  let at = 0;
  for (const part of text.split(/(\{[^{}]*\})/)) {
    if (part.startsWith("{")) {
      const isQuery = question >= 0 && at > question;
      const piece = parseInsert(part.slice(1, -1), pattern, isQuery);
      if (isMalformed(piece)) return piece;
      pieces.push(piece);
    } else if (!TEXT.test(part)) {
      return malformed(
        `has "${part}", which holds a character that cannot stand in a target`,
        "percent-encode it; braces stand only around names",
      );
    } else if (part !== "") pieces.push({ kind: "text", text: part });
    at += part.length;
  }
  return {
    pieces,
    needsHost: pieces.some(({ kind }) => kind === "host"),
    hasQuery: question >= 0,
    fragment,
  };
}

function parseInsert(name: string, pattern: PathPattern, isQuery: boolean): Piece | Malformed {
  const parameter = pattern.parameters.find((one) => one.name === name);
  if (parameter) {
    const { segment } = parameter;
    return isQuery ? { kind: "segment-in-query", segment } : { kind: "segment", segment };
  }
  if (name === "host") return { kind: "host" };
  if (name === "path" || name === "rest") {
    if (isQuery) return malformed(`has {${name}} in its query`, "insert only parameters and {host} there");
    if (name === "path") return { kind: "path" };
    if (pattern.isPrefix) return { kind: "rest", segment: pattern.segments.length };
    return malformed(
      "has {rest}, but its route has no star",
      "end the route's path with /*, or leave {rest} out",
    );
  }
  const known = ["path", "host", ...(pattern.isPrefix ? ["rest"] : [])];
  known.push(...pattern.parameters.map((one) => one.name));
  return malformed(
    `has {${name}}, which its route does not know`,
    `use ${known.map((one) => `{${one}}`).join(", ")}`,
  );
}

function joined(
  pieces: readonly Piece[],
  value: (piece: Exclude<Piece, { kind: "text" }>) => string,
): string {
  let text = "";
  for (const piece of pieces) text += piece.kind === "text" ? piece.text : value(piece);
  return text;
}

function insertedFor(
  piece: Exclude<Piece, { kind: "text" }>,
  target: string,
  end: number,
  host: string | undefined,
): string {
  switch (piece.kind) {
    case "path":
      // `OPTIONS *` has none.
      return target.charCodeAt(0) === SLASH ? target.slice(0, end) : "/";
    case "host": {
      const name = hostName(host);
      return isHostName(name) ? name : NOWHERE;
    }
    case "rest":
      return target.slice(segmentStart(target, end, piece.segment), end);
    case "segment":
      return segmentOf(target, end, piece.segment);
    case "segment-in-query":
      return segmentOf(target, end, piece.segment).replace(/[&=+;]/g, encodeURIComponent);
  }
}

function segmentOf(target: string, end: number, segment: number): string {
  const start = segmentStart(target, end, segment);
  const slash = target.indexOf("/", start);
  return target.slice(start, slash < 0 || slash > end ? end : slash);
}

/** Where a segment begins; `end` when the path has not so many. */
function segmentStart(target: string, end: number, segment: number): number {
  let slash = 0;
  for (let count = 0; count < segment; count++) {
    slash = target.indexOf("/", slash + 1);
    if (slash < 0) return end;
  }
  return Math.min(slash + 1, end);
}

/** What begins with `//` or `/\` is read as a host by browsers, and by servers that take targets for URLs. */
function withoutSecondSlash(target: string): string {
  if (target.charCodeAt(0) !== SLASH) return target;
  let at = 1;
  while (target.charCodeAt(at) === SLASH || target.charCodeAt(at) === BACKSLASH) at++;
  return at === 1 ? target : `/${target.slice(at)}`;
}
