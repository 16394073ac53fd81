import { DEFAULT_LIMITS } from "../../../engines/edge/limits.ts";
import type { PartModel, ServiceModel, SystemModel } from "../../design/model.ts";
import type { RequestClassModel } from "../../design/plan-model.ts";
import type { PlanAnswer } from "../plan-answer.ts";
import type { Call, ResolvedClass, ResolvedPart, ResolvedSystem, Stay } from "../resolved-model.ts";
import { type PlacedRoute, routeTo } from "./edge-routes.ts";

/** What of an answer a review makes use of: how busy parts are, and how much the whole can take. */
export type ReviewedEstimate = Pick<PlanAnswer, "parts" | "bottleneck">;

/** A design as rules look at it: its parts by name, and every step that a request takes from one to the next. Pure. */
export interface ReviewedDesign {
  readonly model: SystemModel;
  readonly resolved: ResolvedSystem;
  readonly estimate?: ReviewedEstimate | undefined;
  readonly parts: ReadonlyMap<string, PartModel>;
  readonly resolvedParts: ReadonlyMap<string, ResolvedPart>;
  /** Of all classes of requests, the outer ones before the inner ones. */
  readonly hops: readonly Hop[];
}

/** A step of a request from one part to another that it waits for. */
export interface Hop {
  readonly requests: ResolvedClass;
  readonly from: PartModel;
  readonly to: PartModel;
  readonly call: Call;
  /** At the peak. */
  readonly perSecond: number;
  /** The step that led to `from`; none where the request came in there. */
  readonly outside?: Hop | undefined;
  /** Where its timeout and its retries stand, or would stand: `front.routes[0]`, `shop.plan.work.default.calls.prices`. */
  readonly place: string;
  /** Whether the design says anything of this call. */
  readonly isStated: boolean;
  /** The route, where an edge leads on by HTTP. */
  readonly route?: PlacedRoute | undefined;
  readonly timeout?: Timeout | undefined;
  /** Attempts after the first. */
  readonly retries: number;
  /** Whether a budget bounds those: always so at an edge. */
  readonly budget: boolean;
}

/** How long the outer side of a step waits. */
export interface Timeout {
  readonly ms: number;
  /** False: it is the edge's default. */
  readonly isStated: boolean;
}

/** More steps than any design has that a person wrote; what is beyond is not looked at. */
const HOPS_MAX = 10_000;

/** Looks up once what rules ask for. */
export function reviewedDesign(
  model: SystemModel,
  resolved: ResolvedSystem,
  estimate?: ReviewedEstimate,
): ReviewedDesign {
  const parts = new Map(model.parts.map((part) => [part.name, part]));
  const hops: Hop[] = [];
  for (const requests of resolved.classes) {
    const stated = model.requests?.find(({ name }) => name === requests.name);
    addHops({ parts, hops, requests, stated }, requests.way, requests.peakPerSecond, undefined);
  }
  const resolvedParts = new Map(resolved.parts.map((part) => [part.name, part]));
  return { model, resolved, estimate, parts, resolvedParts, hops };
}

/** The steps around one, the nearest first. */
export function outsideOf(hop: Hop): readonly Hop[] {
  const around: Hop[] = [];
  for (let at = hop.outside; at !== undefined; at = at.outside) around.push(at);
  return around;
}

/** The names of the parts along a way to a step, beginning where the request came in. */
export function trailOf(hop: Hop): readonly string[] {
  const steps = [hop, ...outsideOf(hop)].toReversed();
  const [first = hop] = steps;
  return [first.from.name, ...steps.map(({ to }) => to.name)];
}

/** Means that are known already: ways are trees, and rules ask for the same branch at each of its steps. */
const MEANS = new WeakMap<Stay, number>();

/** The mean time of a stay with all that it waits for, queues left out. */
export function meanMsOf(stay: Stay): number {
  const known = MEANS.get(stay);
  if (known !== undefined) return known;
  const ms = addedUp(stay);
  MEANS.set(stay, ms);
  return ms;
}

function addedUp({ time, calls }: Stay): number {
  const groups = new Map<string, number>();
  let sum = time.meanMs;
  for (const call of calls) {
    if (call.detached) continue;
    const ms = meanMsOfCall(call);
    if (call.group === undefined) sum += ms;
    else groups.set(call.group, Math.max(groups.get(call.group) ?? 0, ms));
  }
  return [...groups.values()].reduce((total, ms) => total + ms, sum);
}

/** What a call adds on average to the stay that makes it. */
export function meanMsOfCall({ times, share, networkMs, to }: Call): number {
  return times * share * (networkMs + meanMsOf(to));
}

interface Walk {
  readonly parts: ReadonlyMap<string, PartModel>;
  readonly hops: Hop[];
  readonly requests: ResolvedClass;
  readonly stated: RequestClassModel | undefined;
}

function addHops(walk: Walk, stay: Stay, perSecond: number, outside: Hop | undefined): void {
  const from = walk.parts.get(stay.part);
  if (from === undefined) return;
  for (const call of stay.calls) {
    const to = walk.parts.get(call.to.part);
    if (walk.hops.length >= HOPS_MAX) return;
    if (to === undefined) continue;
    const rate = perSecond * call.times * call.share;
    const common = { requests: walk.requests, from, to, call, perSecond: rate, outside };
    const hop: Hop = { ...common, ...leadOf(walk, from, to, call) };
    // Nobody waits for what is detached: no timeout is around what is behind it.
    if (!call.detached) walk.hops.push(hop);
    addHops(walk, call.to, rate, call.detached ? undefined : hop);
  }
}

type Lead = Pick<Hop, "place" | "isStated" | "route" | "timeout" | "retries" | "budget">;

function leadOf({ requests, stated }: Walk, from: PartModel, to: PartModel, call: Call): Lead {
  if (from.kind === "edge") {
    const route = routeTo(from, to.name, stated);
    if (route === undefined) return { place: from.name, isStated: false, retries: 0, budget: true };
    const { timeouts = {}, retries } = route.route;
    const said = [timeouts.totalMs, timeouts.responseMs ?? from.limits.responseTimeoutMs].filter(
      (ms) => ms !== undefined,
    );
    const ms = said.length > 0 ? Math.min(...said) : DEFAULT_LIMITS.responseTimeoutMs;
    return {
      place: route.place,
      isStated: timeouts.totalMs !== undefined || timeouts.responseMs !== undefined || retries !== undefined,
      route,
      timeout: { ms, isStated: said.length > 0 },
      retries: retries?.attempts ?? 1,
      budget: true,
    };
  }
  const { timeoutMs, retries, budget } = call;
  const timeout = timeoutMs === undefined ? undefined : { ms: timeoutMs, isStated: true };
  return { ...placeOfCall(from, to.name, requests.name), timeout, retries, budget };
}

function placeOfCall(
  from: PartModel,
  to: string,
  requests: string,
): { readonly place: string; readonly isStated: boolean } {
  if (from.kind !== "service") return { place: from.name, isStated: false };
  const use = useOf(from, to);
  const work = from.plan?.work;
  const name = work?.[requests] === undefined ? "default" : requests;
  const isStated = use !== undefined && work?.[name]?.calls?.[use] !== undefined;
  return { place: `${from.name}.plan.work.${name}.calls.${use ?? to}`, isStated };
}

/** The name under which a service uses a part. */
function useOf({ uses }: ServiceModel, part: string): string | undefined {
  return Object.keys(uses).find((use) => uses[use] === part);
}
