import { LONGEST_TIMER_MS } from "../../../blocks/time/timer-range.ts";
import type {
  FixedAnswerConfig,
  MirrorConfig,
  RedirectConfig,
  RetryConfig,
  RewriteConfig,
  RouteTimeoutsConfig,
  SplitConfig,
} from "../config/index.ts";
import { problemOfField } from "./field-edits.ts";
import { isHostName } from "./host-name.ts";
import { isMalformed, type PathPattern, parsePath } from "./path-pattern.ts";
import { isRecord, isWhole, type RouteProblem, unknownKeys } from "./route-problem.ts";
import { parseRedirect, parseRewrite } from "./target-template.ts";

const SPLIT_KEYS = { to: true, weight: true } as const satisfies Record<keyof SplitConfig, true>;
const REDIRECT_KEYS = { status: true, to: true } as const satisfies Record<keyof RedirectConfig, true>;
const ANSWER_KEYS = { status: true, body: true, contentType: true } as const satisfies Record<
  keyof FixedAnswerConfig,
  true
>;
const REWRITE_KEYS = {
  path: true,
  host: true,
  requestHeaders: true,
  responseHeaders: true,
} as const satisfies Record<keyof RewriteConfig, true>;
const MIRROR_KEYS = { to: true, share: true } as const satisfies Record<keyof MirrorConfig, true>;
const TIMEOUT_KEYS = { responseMs: true, totalMs: true, idleMs: true } as const satisfies Record<
  keyof RouteTimeoutsConfig,
  true
>;
const RETRY_KEYS = {
  attempts: true,
  perTryMs: true,
  statuses: true,
  idempotent: true,
} as const satisfies Record<keyof RetryConfig, true>;

/** Each weight, so that sums stay whole numbers. */
const WEIGHT_MAX = 1_000_000;
const RETRIES_MAX = 10;
const NAME_CHARACTERS_MAX = 200;

/** Finds problems in one field of a route, which stands at `place`. */
type Check = (value: unknown, place: string) => RouteProblem[];

/** What is wrong with what a route does with its requests. Pure. */
export function problemsOfAction(
  route: Record<string, unknown>,
  place: string,
  isUpstream: (name: string) => boolean,
): RouteProblem[] {
  const path = typeof route.path === "string" ? parsePath(route.path) : undefined;
  // A template cannot be judged beside a path that is malformed itself.
  const pattern = path === undefined || isMalformed(path) ? undefined : path;
  const checks: Record<string, Check> = {
    name: problemsOfName,
    to: (value, at) => problemsOfTo(value, at, isUpstream),
    redirect: (value, at) => problemsOfRedirect(value, at, pattern),
    answer: problemsOfAnswer,
    rewrite: (value, at) => problemsOfRewrite(value, at, pattern),
    mirror: (value, at) => problemsOfMirror(value, at, isUpstream),
    timeouts: problemsOfTimeouts,
    retries: problemsOfRetries,
    bodyBytes: (value, at) => wholes({ "": value }, at, 0, Number.MAX_SAFE_INTEGER),
  };
  return [
    ...problemsOfChoice(route, place),
    ...Object.entries(checks).flatMap(([key, check]) =>
      route[key] === undefined ? [] : check(route[key], `${place}.${key}`),
    ),
  ];
}

/** What is wrong with a fixed answer; an upstream's fallback is one too. */
export function problemsOfAnswer(answer: unknown, place: string): RouteProblem[] {
  if (!isRecord(answer)) return [{ place, problem: "is no answer", mend: "write it as in { status: 503 }" }];
  const { status, body, contentType } = answer;
  const problems = unknownKeys(answer, ANSWER_KEYS, place);
  if (!isWhole(status, 200, 599))
    problems.push({ place: `${place}.status`, problem: "is no status", mend: "use 200 to 599" });
  if (body !== undefined && typeof body !== "string") {
    problems.push({ place: `${place}.body`, problem: "is no text", mend: "put it in quotes" });
  }
  if ((status === 204 || status === 304) && body !== undefined && body !== "") {
    problems.push({ place: `${place}.body`, problem: `cannot go with ${status}`, mend: "leave it out" });
  }
  if (contentType !== undefined && (contentType === "" || problemOfField("Content-Type", contentType))) {
    const mend = "write it as in application/json; charset=utf-8";
    problems.push({ place: `${place}.contentType`, problem: "is no media type", mend });
  }
  return problems;
}

function problemsOfChoice(route: Record<string, unknown>, place: string): RouteProblem[] {
  const chosen = ["to", "redirect", "answer"].filter((key) => route[key] !== undefined);
  if (chosen.length !== 1) {
    const problem = chosen.length === 0 ? "leads nowhere" : `has both ${chosen.join(" and ")}`;
    return [{ place, problem, mend: "give it exactly one of to, redirect and answer" }];
  }
  if (route.to !== undefined) return [];
  const mend = `leave it out, or replace ${chosen[0]} by to`;
  const idle = ["mirror", "retries"].filter((key) => route[key] !== undefined);
  const { rewrite } = route;
  for (const key of ["path", "host", "requestHeaders"])
    if (isRecord(rewrite) && rewrite[key] !== undefined) idle.push(`rewrite.${key}`);
  return idle.map((key) => ({
    place: `${place}.${key}`,
    problem: "does nothing, since no upstream is asked",
    mend,
  }));
}

function problemsOfName(name: unknown, place: string): RouteProblem[] {
  if (
    typeof name === "string" &&
    name.length <= NAME_CHARACTERS_MAX &&
    /^[\x21-\x7e](?:[\x20-\x7e]*)$/.test(name)
  )
    return [];
  return [{ place, problem: "is no name", mend: `use 1 to ${NAME_CHARACTERS_MAX} characters of ASCII` }];
}

function problemsOfTo(to: unknown, place: string, isUpstream: (name: string) => boolean): RouteProblem[] {
  if (!Array.isArray(to)) return problemsOfUpstream(to, place, isUpstream);
  const problems: RouteProblem[] = [];
  const names = new Set<unknown>();
  let total = 0;
  for (const [at, split] of to.entries()) {
    const here = `${place}[${at}]`;
    if (!isRecord(split)) {
      problems.push({
        place: here,
        problem: "is no share",
        mend: 'write it as in { to: "next", weight: 5 }',
      });
      continue;
    }
    problems.push(...unknownKeys(split, SPLIT_KEYS, here));
    problems.push(...problemsOfUpstream(split.to, `${here}.to`, isUpstream));
    if (split.weight === undefined) {
      problems.push({ place: `${here}.weight`, problem: "is missing", mend: "write one, as in weight: 5" });
    } else problems.push(...wholes({ weight: split.weight }, here, 0, WEIGHT_MAX));
    if (names.has(split.to))
      problems.push({ place: `${here}.to`, problem: "has a share already", mend: "add the weights" });
    names.add(split.to);
    if (isWhole(split.weight, 0)) total += split.weight;
  }
  if (total === 0 && problems.length === 0) {
    problems.push({ place, problem: "gives no upstream a weight above 0", mend: "give one a weight of 1" });
  }
  return problems;
}

function problemsOfUpstream(
  name: unknown,
  place: string,
  isUpstream: (name: string) => boolean,
): RouteProblem[] {
  if (typeof name === "string" && isUpstream(name)) return [];
  const problem = `names the upstream ${String(name)}, which does not exist`;
  return [{ place, problem, mend: "add it to upstreams, or name another" }];
}

function problemsOfRedirect(
  redirect: unknown,
  place: string,
  pattern: PathPattern | undefined,
): RouteProblem[] {
  if (!isRecord(redirect))
    return [{ place, problem: "is no redirect", mend: 'write it as in { to: "/new" }' }];
  const problems = unknownKeys(redirect, REDIRECT_KEYS, place);
  const { status, to } = redirect;
  if (status !== undefined && ![301, 302, 303, 307, 308].includes(Number(status))) {
    problems.push({
      place: `${place}.status`,
      problem: "does not redirect",
      mend: "use 301, 302, 303, 307 or 308",
    });
  }
  problems.push(...problemsOfTemplate(to, `${place}.to`, pattern, parseRedirect));
  return problems;
}

function problemsOfTemplate(
  text: unknown,
  place: string,
  pattern: PathPattern | undefined,
  parse: typeof parseRewrite,
): RouteProblem[] {
  if (typeof text !== "string") return [{ place, problem: "is no text", mend: "put it in quotes" }];
  const parsed = pattern && parse(text, pattern);
  return parsed && isMalformed(parsed) ? [{ place, ...parsed }] : [];
}

function problemsOfRewrite(
  rewrite: unknown,
  place: string,
  pattern: PathPattern | undefined,
): RouteProblem[] {
  if (!isRecord(rewrite))
    return [{ place, problem: "is no rewrite", mend: 'write it as in { path: "/{rest}" }' }];
  const { path, host, requestHeaders, responseHeaders } = rewrite;
  const problems = unknownKeys(rewrite, REWRITE_KEYS, place);
  if (path !== undefined) problems.push(...problemsOfTemplate(path, `${place}.path`, pattern, parseRewrite));
  if (host !== undefined && !(typeof host === "string" && isAuthority(host))) {
    const mend = "write it as in api.example.com or 127.0.0.1:8080";
    problems.push({ place: `${place}.host`, problem: "is no host", mend });
  }
  problems.push(...problemsOfFields(requestHeaders, `${place}.requestHeaders`));
  problems.push(...problemsOfFields(responseHeaders, `${place}.responseHeaders`));
  return problems;
}

function isAuthority(host: string): boolean {
  return isHostName(host.replace(/:[0-9]{1,5}$/, "").toLowerCase());
}

function problemsOfFields(fields: unknown, place: string): RouteProblem[] {
  if (fields === undefined) return [];
  if (!isRecord(fields))
    return [{ place, problem: "names no fields", mend: 'write it as in { "X-From": "edge" }' }];
  const seen = new Set<string>();
  const problems: RouteProblem[] = [];
  for (const [name, value] of Object.entries(fields)) {
    const again = { problem: "is there twice, in another case", mend: "leave one out" };
    const wrong = problemOfField(name, value) ?? (seen.has(name.toLowerCase()) ? again : undefined);
    if (wrong) problems.push({ place: `${place}.${name}`, ...wrong });
    seen.add(name.toLowerCase());
  }
  return problems;
}

function problemsOfMirror(
  mirror: unknown,
  place: string,
  isUpstream: (name: string) => boolean,
): RouteProblem[] {
  if (!isRecord(mirror)) return [{ place, problem: "is no mirror", mend: 'write it as in { to: "next" }' }];
  const { to, share = 1 } = mirror;
  const problems = unknownKeys(mirror, MIRROR_KEYS, place);
  problems.push(...problemsOfUpstream(to, `${place}.to`, isUpstream));
  if (!(typeof share === "number" && share > 0 && share <= 1)) {
    problems.push({ place: `${place}.share`, problem: "is no share", mend: "use a number above 0 to 1" });
  }
  return problems;
}

function problemsOfTimeouts(timeouts: unknown, place: string): RouteProblem[] {
  if (!isRecord(timeouts))
    return [{ place, problem: "is no timeouts", mend: "write it as in { responseMs: 500 }" }];
  const { responseMs, totalMs, idleMs } = timeouts;
  return [
    ...unknownKeys(timeouts, TIMEOUT_KEYS, place),
    ...wholes({ responseMs, totalMs, idleMs }, place, 1, LONGEST_TIMER_MS),
  ];
}

function problemsOfRetries(retries: unknown, place: string): RouteProblem[] {
  if (!isRecord(retries))
    return [{ place, problem: "is no retries", mend: "write it as in { attempts: 2 }" }];
  const { attempts, perTryMs, statuses, idempotent } = retries;
  const problems = [
    ...unknownKeys(retries, RETRY_KEYS, place),
    ...wholes({ attempts }, place, 0, RETRIES_MAX),
    ...wholes({ perTryMs }, place, 1, LONGEST_TIMER_MS),
  ];
  if (
    statuses !== undefined &&
    !(Array.isArray(statuses) && statuses.every((one) => isWhole(one, 400, 599)))
  ) {
    const mend = "list statuses from 400 to 599, as in [502, 503]";
    problems.push({ place: `${place}.statuses`, problem: "holds what is no failure", mend });
  }
  if (idempotent !== undefined && typeof idempotent !== "boolean") {
    problems.push({
      place: `${place}.idempotent`,
      problem: "is neither true nor false",
      mend: "use true or false",
    });
  }
  return problems;
}

/** What is wrong with whole numbers that may be left out, by name; the name `""` is the place itself. */
function wholes(values: Record<string, unknown>, place: string, min: number, max: number): RouteProblem[] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && !isWhole(value, min, max))
    .map(([name]) => ({
      place: name === "" ? place : `${place}.${name}`,
      problem: "is out of range",
      mend: `use a whole number from ${min}${max < Number.MAX_SAFE_INTEGER ? ` to ${max}` : ""}`,
    }));
}
