import type { ValueMatchConfig } from "../config/index.ts";
import { kindOf } from "../exchange/fields.ts";
import { parseHost } from "./host-name.ts";
import { isMalformed, parsePath } from "./path-pattern.ts";
import { isRecord, type RouteProblem, unknownKeys } from "./route-problem.ts";

const TOKEN = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/;
const METHOD = /^[A-Z][A-Z-]*$/;
const MEDIA_RANGE = /^[A-Za-z0-9!#$&\-.^_+]+\/(?:[A-Za-z0-9!#$&\-.^_+]+|\*)$/;
const VALUE_KEYS = {
  name: true,
  equals: true,
  prefix: true,
  absent: true,
} as const satisfies Record<keyof ValueMatchConfig, true>;
/** What the edge keeps to itself, so that no route sees it. */
const UNSEEN = new Set<string>([
  "connection",
  "hop",
  "host",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What is wrong with what a route asks of requests. Pure. */
export function problemsOfMatch(route: Record<string, unknown>, place: string): RouteProblem[] {
  return [
    ...problemsOfPath(route.path, `${place}.path`),
    ...problemsOfHosts(route.host, `${place}.host`),
    ...problemsOfList(route.methods, `${place}.methods`, problemOfMethod),
    ...problemsOfValues(route.headers, `${place}.headers`, problemOfHeaderName),
    ...problemsOfValues(route.query, `${place}.query`, (name) =>
      name === "" ? ["is empty", "name a parameter"] : undefined,
    ),
    ...problemsOfList(route.contentTypes, `${place}.contentTypes`, (type) =>
      MEDIA_RANGE.test(type)
        ? undefined
        : ["is no media type", "write it as in application/json or image/*, without parameters"],
    ),
  ];
}

/** What is wrong, and how to mend it. */
type Words = readonly [problem: string, mend: string];

function problemsOfPath(path: unknown, place: string): RouteProblem[] {
  if (typeof path !== "string") {
    return [{ place, problem: "is no path", mend: "write it as in /orders/*; /* is every path" }];
  }
  const parsed = parsePath(path);
  return isMalformed(parsed) ? [{ place, ...parsed }] : [];
}

function problemsOfHosts(host: unknown, place: string): RouteProblem[] {
  const problemOfHost = (one: string): Words | undefined => {
    const parsed = parseHost(one);
    return isMalformed(parsed) ? [parsed.problem, parsed.mend] : undefined;
  };
  if (typeof host !== "string") return problemsOfList(host, place, problemOfHost);
  const wrong = problemOfHost(host);
  return wrong ? [{ place, problem: wrong[0], mend: wrong[1] }] : [];
}

/** What is wrong with a list of strings that may be left out. */
function problemsOfList(
  list: unknown,
  place: string,
  problemOf: (one: string) => Words | undefined,
): RouteProblem[] {
  if (list === undefined) return [];
  if (!Array.isArray(list) || list.length === 0) {
    return [
      { place, problem: "is no list with something in it", mend: "leave it out where anything will do" },
    ];
  }
  const problems: RouteProblem[] = [];
  for (const [at, one] of list.entries()) {
    const wrong = typeof one === "string" ? problemOf(one) : (["is no text", "put it in quotes"] as const);
    const again: Words | undefined = list.indexOf(one) < at ? ["is there twice", "leave one out"] : undefined;
    const words = wrong ?? again;
    if (words) problems.push({ place: `${place}[${at}]`, problem: words[0], mend: words[1] });
  }
  return problems;
}

function problemsOfValues(
  list: unknown,
  place: string,
  problemOfName: (name: string) => Words | undefined,
): RouteProblem[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) return [{ place, problem: "is no list", mend: "write conditions in brackets" }];
  return list.flatMap((one: unknown, at) => {
    const here = `${place}[${at}]`;
    if (!isRecord(one)) {
      return [{ place: here, problem: "is no condition", mend: 'write it as in { name: "x", equals: "y" }' }];
    }
    const { name, equals, prefix, absent } = one;
    const problems = unknownKeys(one, VALUE_KEYS, here);
    const wrong: Words | undefined =
      typeof name === "string" ? problemOfName(name) : ["is no name", "put it in quotes"];
    if (wrong) problems.push({ place: `${here}.name`, problem: wrong[0], mend: wrong[1] });
    for (const [key, value] of [
      ["equals", equals],
      ["prefix", prefix],
    ] as const) {
      if (value !== undefined && typeof value !== "string")
        problems.push({ place: `${here}.${key}`, problem: "is no text", mend: "put it in quotes" });
    }
    if (absent !== undefined && absent !== true) {
      problems.push({ place: `${here}.absent`, problem: "is not true", mend: "leave it out" });
    }
    if ([equals, prefix, absent].filter((value) => value !== undefined).length > 1) {
      problems.push({
        place: here,
        problem: "has more than one condition",
        mend: "use one of equals, prefix and absent, and write another entry for another one",
      });
    }
    return problems;
  });
}

function problemOfMethod(method: string): Words | undefined {
  if (!METHOD.test(method))
    return ["is no method", "write it in capitals, as in GET: methods are told apart by case"];
  if (method === "CONNECT" || method === "TRACE") return ["is never served", "leave it out"];
  return undefined;
}

function problemOfHeaderName(name: string): Words | undefined {
  if (!TOKEN.test(name)) return ["is no name of a field", "use letters, digits and hyphens"];
  const kind = kindOf(name);
  if (kind === "host") return ["is asked for elsewhere", "set host on the route"];
  return UNSEEN.has(kind) ? ["belongs to one hop, and no route sees it", "use another field"] : undefined;
}
