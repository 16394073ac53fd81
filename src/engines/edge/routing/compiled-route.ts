import type { Random } from "../../../blocks/time/index.ts";
import type { FixedAnswerConfig, RetryConfig, RouteConfig } from "../config/index.ts";
import { type FieldEdits, fieldEdits } from "./field-edits.ts";
import { isMalformed, type Malformed, type PathPattern, parsePath } from "./path-pattern.ts";
import { routeName } from "./route-name.ts";
import { RouteTable } from "./route-table.ts";
import { expandTarget, parseRedirect, parseRewrite, type TargetTemplate } from "./target-template.ts";
import { WeightedSplit } from "./weighted-split.ts";

/** A route as exchanges read it: nothing of it has to be interpreted any more. Every field is there, undefined where it says nothing. */
export interface CompiledRoute<Upstream> {
  /** Its name in metrics and logs. */
  readonly name: string;
  /** Where requests go, when that is one place. Exactly one of `to`, `split`, `redirect` and `answer` is defined. */
  readonly to: Upstream | undefined;
  /** Draws the place for each request, when there are several. */
  readonly split: WeightedSplit<Upstream> | undefined;
  readonly redirect: CompiledRedirect | undefined;
  readonly answer: CompiledAnswer | undefined;
  /** The target that the upstream sees, query included, for a target in origin form and its `Host`. */
  readonly rewrite: ((target: string, host: string | undefined) => string) | undefined;
  /** The `Host` that the upstream sees. */
  readonly rewriteHost: string | undefined;
  readonly requestFields: FieldEdits | undefined;
  readonly responseFields: FieldEdits | undefined;
  /** Whether `redirect` or `rewrite` inserts the host; `admit` refuses requests that name none. */
  readonly needsHost: boolean;
  readonly mirror: CompiledMirror<Upstream> | undefined;
  /** Those of `EdgeLimits` hold where these are undefined. */
  readonly responseMs: number | undefined;
  readonly totalMs: number | undefined;
  readonly idleMs: number | undefined;
  readonly bodyBytes: number | undefined;
  readonly retries: CompiledRetries;
}

/** Sends a client elsewhere. */
export interface CompiledRedirect {
  readonly status: number;
  /** The value of `Location` for a target in origin form and its `Host`. */
  readonly location: (target: string, host: string | undefined) => string;
}

/** The same answer for every request. A HEAD gets its fields alone. */
export interface CompiledAnswer {
  readonly status: number;
  /** Names and values in turn, with `Content-Length` unless the status has no body. */
  readonly fields: readonly string[];
  readonly body: Buffer;
}

export interface CompiledMirror<Upstream> {
  readonly to: Upstream;
  /** Draws whether the next request is copied. */
  readonly draw: () => boolean;
}

export interface CompiledRetries {
  /** Beside the first. */
  readonly attempts: number;
  readonly perTryMs: number | undefined;
  /** Undefined when none is asked for again. */
  readonly statuses: ReadonlySet<number> | undefined;
  /** Whether PUT and DELETE without a body are repeated too. */
  readonly idempotent: boolean;
}

/** What routes refer to. */
export interface RouteSurroundings<Upstream> {
  /** The upstream of a name. Names are checked already: throws for one that does not exist. */
  readonly upstreamOf: (name: string) => Upstream;
  /** Draws the shares of splits and mirrors. */
  readonly random: Random;
}

/** The table of a listener's routes, which are checked already: see `route-problems.ts`. */
export function compileRoutes<Upstream>(
  routes: readonly RouteConfig[],
  surroundings: RouteSurroundings<Upstream>,
): RouteTable<CompiledRoute<Upstream>> {
  return new RouteTable(routes.map((route) => ({ match: route, to: compileRoute(route, surroundings) })));
}

/** One route, which is checked already. */
export function compileRoute<Upstream>(
  route: RouteConfig,
  { upstreamOf, random }: RouteSurroundings<Upstream>,
): CompiledRoute<Upstream> {
  const { to, rewrite, mirror, timeouts = {} } = route;
  const pattern = checked(parsePath(route.path));
  const target = rewrite?.path === undefined ? undefined : checked(parseRewrite(rewrite.path, pattern));
  const redirect = route.redirect && checked(parseRedirect(route.redirect.to, pattern));
  const places = typeof to === "object" ? to.map((one) => ({ ...one, to: upstreamOf(one.to) })) : undefined;
  return {
    name: route.name ?? routeName(route),
    to: typeof to === "string" ? upstreamOf(to) : undefined,
    split: places && new WeightedSplit(places, random),
    redirect: redirect && { status: route.redirect?.status ?? 308, location: expansion(redirect) },
    answer: route.answer && compileAnswer(route.answer),
    rewrite: target && expansion(target),
    rewriteHost: rewrite?.host,
    requestFields: fieldEdits(rewrite?.requestHeaders),
    responseFields: fieldEdits(rewrite?.responseHeaders),
    needsHost: (target?.needsHost ?? false) || (redirect?.needsHost ?? false),
    mirror: mirror && { to: upstreamOf(mirror.to), draw: drawOf(mirror.share ?? 1, random) },
    responseMs: timeouts.responseMs,
    totalMs: timeouts.totalMs,
    idleMs: timeouts.idleMs,
    bodyBytes: route.bodyBytes,
    retries: compileRetries(route.retries ?? {}),
  };
}

/** An answer that is checked already; an upstream's fallback is one too. */
export function compileAnswer(answer: FixedAnswerConfig): CompiledAnswer {
  const { status, body: text = "", contentType = "text/plain; charset=utf-8" } = answer;
  const body = Buffer.from(text);
  // These have no body, and no length either (RFC 9110, section 8.6; a 304's would be that of another answer).
  if (status === 204 || status === 304) return { status, fields: [], body: Buffer.alloc(0) };
  const type = body.length === 0 ? [] : ["Content-Type", contentType];
  return { status, fields: [...type, "Content-Length", String(body.length)], body };
}

function compileRetries(retries: RetryConfig): CompiledRetries {
  const { attempts = 1, perTryMs, statuses = [], idempotent = false } = retries;
  return { attempts, perTryMs, statuses: statuses.length > 0 ? new Set(statuses) : undefined, idempotent };
}

function expansion(template: TargetTemplate): (target: string, host: string | undefined) => string {
  return (target, host) => expandTarget(template, target, host);
}

function drawOf(share: number, random: Random): () => boolean {
  return share >= 1 ? () => true : () => random() < share;
}

function checked<Parsed extends PathPattern | TargetTemplate>(parsed: Parsed | Malformed): Parsed {
  if (isMalformed(parsed)) throw new TypeError(`a checked route ${parsed.problem}`);
  return parsed;
}
