import type { RouteConfig, RouteMatchConfig } from "../config/index.ts";
import { problemsOfAction } from "./action-problems.ts";
import { parseHost } from "./host-name.ts";
import { problemsOfMatch } from "./match-problems.ts";
import { isMalformed, parsePath } from "./path-pattern.ts";
import { isRecord, type RouteProblem, unknownKeys } from "./route-problem.ts";

const KEYS = {
  name: true,
  to: true,
  redirect: true,
  answer: true,
  rewrite: true,
  mirror: true,
  timeouts: true,
  retries: true,
  bodyBytes: true,
  path: true,
  host: true,
  methods: true,
  headers: true,
  query: true,
  contentTypes: true,
} as const satisfies Record<keyof RouteConfig, true>;

/**
 * Everything that is wrong with the routes of a listener, which may be any value; nothing when a table can be made of them.
 * `place` is where they stand, as in `listeners[0].routes`. Pure.
 */
export function problemsOfRoutes(
  routes: unknown,
  place: string,
  isUpstream: (name: string) => boolean,
): RouteProblem[] {
  if (!Array.isArray(routes)) return [{ place, problem: "is no list", mend: "write the routes in brackets" }];
  const problems: RouteProblem[] = [];
  const seen = new Map<string, number>();
  for (const [at, route] of routes.entries()) {
    const here = `${place}[${at}]`;
    const wrong = problemsOfRoute(route, here, isUpstream);
    problems.push(...wrong);
    if (wrong.length > 0) continue;
    const keys = matchKeys(route);
    const before = keys.map((key) => seen.get(key)).find((other) => other !== undefined);
    if (before !== undefined) {
      problems.push({
        place: `${here}.path`,
        problem: `leads from the same requests as ${place}[${before}], which takes them all`,
        mend: "leave one of them out, or give it a condition of its own",
      });
    }
    for (const key of keys) if (!seen.has(key)) seen.set(key, at);
  }
  return problems;
}

/** Everything that is wrong with one route by itself. */
export function problemsOfRoute(
  route: unknown,
  place: string,
  isUpstream: (name: string) => boolean,
): RouteProblem[] {
  if (!isRecord(route)) return [{ place, problem: "is no route", mend: "write it as in { path, to }" }];
  return [
    ...unknownKeys(route, KEYS, place),
    ...problemsOfMatch(route, place),
    ...problemsOfAction(route, place, isUpstream),
  ];
}

/** What a sound route takes, in one spelling: a key for each of its hosts. Two routes that share one take the same requests there. */
function matchKeys(match: RouteMatchConfig): string[] {
  const { path, host, methods, headers = [], query = [], contentTypes = [] } = match;
  const pattern = parsePath(path);
  if (isMalformed(pattern)) return [];
  const asked = JSON.stringify([
    pattern.segments.map((segment) => segment ?? null),
    pattern.isPrefix,
    methods === undefined ? null : [...new Set(methods)].sort(),
    headers.map(({ name, ...test }) => JSON.stringify([name.toLowerCase(), testKey(test)])).sort(),
    query.map(({ name, ...test }) => JSON.stringify([name, testKey(test)])).sort(),
    contentTypes.map((type) => type.toLowerCase()).sort(),
  ]);
  const hosts = host === undefined ? [undefined] : typeof host === "string" ? [host] : host;
  return hosts.map((one) => {
    const parsed = one === undefined ? undefined : parseHost(one);
    const name = parsed === undefined || isMalformed(parsed) ? "" : parsed.name;
    return `${parsed && !isMalformed(parsed) && parsed.isWildcard ? "*." : ""}${name} ${asked}`;
  });
}

function testKey(test: { equals?: string; prefix?: string; absent?: true }): (string | null)[] {
  return [test.equals ?? null, test.prefix ?? null, test.absent ? "absent" : null];
}
