import { type Malformed, malformed } from "./path-pattern.ts";

/** A `Host` beyond this is no name of the DNS (RFC 1035, section 2.3.4), with a port and room to spare. */
const HOST_CHARACTERS_MAX = 262;
const NAME = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;
const IPV6 = /^\[[0-9a-f:.]{2,45}\]$/;

const DOT = 0x2e;
const OPENING = 0x5b;
const CLOSING = 0x5d;

/** Which hosts a route takes: one name, or every name below one. */
export interface HostPattern {
  /** In lower case, without port and trailing dot; of a wildcard what follows its `*.`. */
  readonly name: string;
  readonly isWildcard: boolean;
}

/** Reads a route's host, or says what is wrong with it. */
export function parseHost(host: string): HostPattern | Malformed {
  const isWildcard = host.startsWith("*.");
  const written = isWildcard ? host.slice(2) : host;
  if (written.includes("*")) {
    return malformed(
      "has a star where none can stand",
      'write it as in "*.example.com"; any host is the default',
    );
  }
  if (/^(?:[^:]+|\[.*\]):[0-9]*$/.test(written)) {
    return malformed("has a port", "leave it out: ports do not count");
  }
  const name = hostName(written);
  if (isHostName(name) && !(isWildcard && name.startsWith("["))) return { name, isWildcard };
  return malformed("is no host name", "write it as in api.example.com, without scheme and path");
}

/**
 * The name in a `Host` (RFC 9110, section 7.2): in lower case, without port and without the dot that may end a name. `""` when
 * there is none, or one so long that it cannot be a name.
 */
export function hostName(host: string | undefined): string {
  if (host === undefined || host.length > HOST_CHARACTERS_MAX) return "";
  let end = host.length;
  // A colon inside of brackets is the address's own: [::1]:8080.
  const colon = host.lastIndexOf(":");
  if (colon >= 0 && (host.charCodeAt(0) !== OPENING || host.charCodeAt(colon - 1) === CLOSING)) {
    if (isDigits(host, colon + 1)) end = colon;
  }
  if (end > 0 && host.charCodeAt(end - 1) === DOT) end--;
  return (end === host.length ? host : host.slice(0, end)).toLowerCase();
}

/** Whether nothing but digits follows, if anything does. */
function isDigits(text: string, start: number): boolean {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

/** Whether a name that `hostName` gave is one: labels of letters, digits, hyphens and underscores, or an address. */
export function isHostName(name: string): boolean {
  return name.length <= 253 && (NAME.test(name) || IPV6.test(name));
}

/** What a table keeps for the hosts of its routes: a value for each name, each wildcard, and all others. Plain data. */
export interface HostIndex<Value> {
  readonly names: ReadonlyMap<string, Value>;
  /** By the name below which they take. */
  readonly wildcards: ReadonlyMap<string, Value>;
  /** Of the wildcard's name that has most: so many are cut off a host at most. */
  readonly wildcardLabelsMax: number;
  /** For every host, and for requests without one. */
  readonly any: Value | undefined;
}

/**
 * Where in a host the longest name begins that a wildcard may have: after a dot, with so many labels behind it at most.
 * -1 when there is none. The next shorter one begins after the next dot.
 */
export function firstWildcardDot(host: string, labelsMax: number): number {
  let dot = -1;
  let at = host.length;
  for (let labels = 0; labels < labelsMax; labels++) {
    at = at > 0 ? host.lastIndexOf(".", at - 1) : -1;
    // A dot at the very beginning has no label before it.
    if (at <= 0) break;
    dot = at;
  }
  return dot;
}
