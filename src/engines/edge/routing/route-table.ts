import type { RouteMatchConfig } from "../config/index.ts";
import { firstWildcardDot, type HostIndex, hostName, parseHost } from "./host-name.ts";
import { isMalformed, parsePath } from "./path-pattern.ts";
import { insertPath, type PathDraft, type PathNode, pathDraft, sealPaths, searchPaths } from "./path-trie.ts";
import {
  compareConditions,
  conditionsOf,
  meets,
  methodsOf,
  type RouteConditions,
  type RoutedRequest,
} from "./route-conditions.ts";
import { plainPathEnd, readTarget } from "./target.ts";

/** What the table makes of a request. */
export type Routing<Route> =
  | Routed<Route>
  /** Some route would take the request if it had another method. `allow`: those methods, as `Allow` lists them. */
  | { readonly kind: "method-not-allowed"; readonly allow: string }
  | { readonly kind: "none" }
  | { readonly kind: "refused"; readonly problem: string };

interface Routed<Route> {
  readonly kind: "routed";
  readonly to: Route;
}

/** What requests a route takes, and what it is. Checked already: see `route-problems.ts`. */
export interface TableEntry<Route> {
  readonly match: RouteMatchConfig;
  readonly to: Route;
}

/** One of the routes of a host and a path pattern. */
interface Candidate<Route> {
  /** Undefined for any. */
  readonly methods: readonly string[] | undefined;
  readonly conditions: RouteConditions | undefined;
  readonly routed: Routed<Route>;
}

/** Those of one host and pattern, in the order in which they are tried. */
type Group<Route> = readonly Candidate<Route>[];

/**
 * Finds the most specific route that takes a request. Pure, and immutable once built.
 *
 * The host decides first: its exact name, then the longest wildcard, then routes for any host; then the path (see
 * `path-pattern.ts`), then which has more conditions (see `compareConditions`), then the order of the configuration. A route
 * whose host, path or conditions do not fit leaves the request to the next one in that order, whatever its host and path.
 *
 * A look-up costs as much as the host has labels and the path has segments that any route looks at, and not more for more
 * routes. It cuts nothing out of an ordinary target, and reads fields and query only for routes that ask about them.
 */
export class RouteTable<Route> {
  readonly #hosts: HostIndex<PathNode<Group<Route>>>;
  readonly #knowsHosts: boolean;

  constructor(entries: Iterable<TableEntry<Route>>) {
    this.#hosts = hostIndex(entries);
    this.#knowsHosts = this.#hosts.names.size + this.#hosts.wildcards.size > 0;
  }

  /**
   * The route of a request for `target`, in origin form or `*` (RFC 9112, section 3.2); refused when its path can be read so
   * that it leads elsewhere.
   */
  route(target: string, request: RoutedRequest): Routing<Route> {
    const end = plainPathEnd(target);
    if (end >= 0) return this.#find(target, end, request);
    if (target === "*" && request.method === "OPTIONS") return this.#find(target, SERVER, request);
    const read = readTarget(target);
    if (read.kind === "refused") return read;
    const query = target.indexOf("?");
    const behind = query < 0 ? "" : target.slice(query);
    const found = this.#find(read.strict + behind, read.strict.length, request);
    if (read.loose === read.strict) return found;
    const other = this.#find(read.loose + behind, read.loose.length, request);
    return found === other || (found.kind === other.kind && found.kind !== "routed") ? found : ELSEWHERE;
  }

  #find(target: string, end: number, request: RoutedRequest): Routing<Route> {
    const routed = this.#search(target, end, request, firstMatching);
    if (routed !== undefined) return routed;
    const allowed = new Set<string>();
    this.#search(target, end, request, (group, path, pathEnd, asked) => {
      for (const { methods = [], conditions } of group as Group<Route>) {
        if (conditions === undefined || meets(conditions, path, pathEnd, asked))
          for (const method of methods) allowed.add(method);
      }
      return undefined;
    });
    return allowed.size === 0 ? NONE : { kind: "method-not-allowed", allow: [...allowed].join(", ") };
  }

  #search(
    target: string,
    end: number,
    request: RoutedRequest,
    choose: typeof firstMatching<Route>,
  ): Routed<Route> | undefined {
    const { any } = this.#hosts;
    const routed = this.#knowsHosts ? this.#searchHosts(target, end, request, choose) : undefined;
    return routed ?? (any && searchHost(any, target, end, request, choose));
  }

  #searchHosts(
    target: string,
    end: number,
    request: RoutedRequest,
    choose: typeof firstMatching<Route>,
  ): Routed<Route> | undefined {
    const { names, wildcards, wildcardLabelsMax } = this.#hosts;
    const host = hostName(request.host);
    const exact = names.get(host);
    let routed = exact && searchHost(exact, target, end, request, choose);
    let dot = wildcardLabelsMax > 0 ? firstWildcardDot(host, wildcardLabelsMax) : -1;
    while (routed === undefined && dot >= 0) {
      const wildcard = wildcards.get(host.slice(dot + 1));
      routed = wildcard && searchHost(wildcard, target, end, request, choose);
      dot = host.indexOf(".", dot + 1);
    }
    return routed;
  }
}

/** In the place of a path's end: the request is about the server as a whole, and only `/*` takes it. */
const SERVER = 0;
const NONE = { kind: "none" } as const;
const ELSEWHERE = { kind: "refused", problem: "can be read so that it leads to another route" } as const;

function searchHost<Route>(
  root: PathNode<Group<Route>>,
  target: string,
  end: number,
  request: RoutedRequest,
  choose: typeof firstMatching<Route>,
): Routed<Route> | undefined {
  if (end === SERVER) return root.below && choose(root.below, target, target.length, request);
  return searchPaths(root, target, 1, end, request, choose);
}

function firstMatching<Route>(
  group: Group<Route>,
  target: string,
  end: number,
  request: RoutedRequest,
): Routed<Route> | undefined {
  for (const { methods, conditions, routed } of group) {
    if (methods !== undefined && !methods.includes(request.method)) continue;
    if (conditions === undefined || meets(conditions, target, end, request)) return routed;
  }
  return undefined;
}

function hostIndex<Route>(entries: Iterable<TableEntry<Route>>): HostIndex<PathNode<Group<Route>>> {
  type Draft = PathDraft<TableEntry<Route>>;
  const names = new Map<string, Draft>();
  const wildcards = new Map<string, Draft>();
  const any: Draft = pathDraft();
  let wildcardLabelsMax = 0;
  for (const entry of entries) {
    const pattern = checked(parsePath(entry.match.path));
    const { host } = entry.match;
    if (host === undefined) insertPath(any, pattern, entry);
    for (const one of host === undefined ? [] : typeof host === "string" ? [host] : host) {
      const { name, isWildcard } = checked(parseHost(one));
      if (isWildcard) wildcardLabelsMax = Math.max(wildcardLabelsMax, name.split(".").length);
      const drafts = isWildcard ? wildcards : names;
      const draft: Draft = drafts.get(name) ?? pathDraft();
      drafts.set(name, draft);
      insertPath(draft, pattern, entry);
    }
  }
  const seal = (drafts: ReadonlyMap<string, Draft>) =>
    new Map([...drafts].map(([name, draft]) => [name, sealPaths(draft, groupOf)] as const));
  return { names: seal(names), wildcards: seal(wildcards), wildcardLabelsMax, any: sealPaths(any, groupOf) };
}

function groupOf<Route>(entries: readonly TableEntry<Route>[]): Group<Route> {
  const sorted = [...entries].sort((one, other) => compareConditions(one.match, other.match));
  return sorted.map(({ match, to }) => ({
    methods: methodsOf(match),
    conditions: conditionsOf(match),
    routed: { kind: "routed", to },
  }));
}

/** Whoever builds a table has checked its routes. */
function checked<Parsed extends object>(parsed: Parsed): Exclude<Parsed, { problem: string }> {
  if (isMalformed(parsed)) throw new TypeError(`a checked route ${parsed.problem}`);
  return parsed as Exclude<Parsed, { problem: string }>;
}
