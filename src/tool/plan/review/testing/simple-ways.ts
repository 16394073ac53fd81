import type { EdgeModel } from "../../../design/edge-model.ts";
import { targetsOf, targetsOfEdge } from "../../../design/edge-targets.ts";
import type { PartModel, ServiceModel, SystemModel } from "../../../design/model.ts";
import type { CallsModel, RequestClassModel } from "../../../design/plan-model.ts";
import { defaultOf } from "../../defaults/index.ts";
import type { Source } from "../../figure.ts";
import type { Call, ResolvedClass, ResolvedPart, ResolvedSystem, Stay } from "../../resolved-model.ts";
import { routeOfRequests } from "../edge-routes.ts";

/** A design resolved in the simplest way that the contract allows: stated work where there is some, defaults where there is none. Pure. */

const SOURCE: Source = { kind: "given", place: "a test" };
const HIT_RATIO = 0.9;

type Parts = ReadonlyMap<string, PartModel>;

/** Resolves a checked design. */
export function simplyResolved(model: SystemModel): ResolvedSystem {
  const { traffic } = model.requires;
  const { dailyUsers = 0, requestsPerUserPerDay = 0, peak = 3 } = traffic ?? {};
  const byUsers = (dailyUsers * requestsPerUserPerDay) / 86_400;
  const perSecond = traffic === undefined ? 1 : (traffic.requestsPerSecond ?? byUsers);
  const parts = new Map(model.parts.map((part) => [part.name, part]));
  const resolve = ({ name, kind, share, keys, to }: RequestClassModel, requests: RequestClassModel) =>
    ({
      name,
      kind,
      perSecond: perSecond * share,
      peakPerSecond: perSecond * share * peak,
      requestBytes: 0,
      responseBytes: 0,
      ...(keys ? { keys } : {}),
      way: stayAt(to, requests, parts),
      source: SOURCE,
    }) satisfies ResolvedClass;
  return {
    name: model.name,
    classes: (model.requests ?? usualRequests(model)).map((one) => resolve(one, one)),
    parts: model.parts.flatMap((part) => (part.kind === "task" ? [] : [resolvedPart(part)])),
    assumptions: [],
  };
}

/** Reads and writes at each edge alike. */
function usualRequests({ parts, requires }: SystemModel): RequestClassModel[] {
  const entries = parts.filter((part) => part.kind === "edge" && part.url === undefined);
  const reads = requires.traffic?.reads ?? 0.9;
  return entries.flatMap(({ name: to }): RequestClassModel[] => [
    { name: `${to}-read`, to, method: "GET", path: "/", share: reads / entries.length, kind: "read" },
    {
      name: `${to}-write`,
      to,
      method: "POST",
      path: "/",
      share: (1 - reads) / entries.length,
      kind: "write",
    },
  ]);
}

function stayAt(name: string, requests: RequestClassModel, parts: Parts): Stay {
  const part = parts.get(name);
  const stated = part && "plan" in part ? part.plan?.work : undefined;
  const work = stated?.[requests.name] ?? stated?.default;
  const { meanMs = usualMs(part, requests), spread = 1 } = work ?? {};
  return {
    part: name,
    time: { meanMs, spread, cpuShare: 1, source: SOURCE },
    calls: callsOf(part, work?.calls, requests, parts).map(({ to, ...rest }) => ({
      ...rest,
      to: stayAt(to, requests, parts),
    })),
  };
}

type Leading = Omit<Call, "to"> & { readonly to: string };

const ONCE = {
  times: 1,
  share: 1,
  retries: 0,
  budget: false,
  networkMs: defaultOf("network.loopback").value,
};

function callsOf(
  part: PartModel | undefined,
  stated: Readonly<Record<string, CallsModel>> | undefined,
  requests: RequestClassModel,
  parts: Parts,
): readonly Leading[] {
  if (part?.kind === "edge") return callsOfEdge(part, requests);
  if (part?.kind !== "service") return [];
  if (stated === undefined) return usualCalls(part, requests, parts);
  return Object.entries(stated).map(([use, calls]) => ({ ...ONCE, ...calls, to: part.uses[use] ?? use }));
}

function callsOfEdge(edge: EdgeModel, requests: RequestClassModel): readonly Leading[] {
  const route = routeOfRequests(edge, requests)?.route;
  const [to] = route ? targetsOf(route) : targetsOfEdge(edge);
  return to === undefined ? [] : [{ ...ONCE, to }];
}

function usualCalls({ uses }: ServiceModel, { kind }: RequestClassModel, parts: Parts): readonly Leading[] {
  const used = Object.values(uses).filter((name) => parts.get(name)?.kind !== "task");
  const cache = used.find((name) => parts.get(name)?.kind === "cache");
  return used.map((to): Leading => {
    if (to === cache) return { ...ONCE, to, optional: true };
    const isAside = parts.get(to)?.kind === "database" && cache !== undefined && kind === "read";
    return isAside ? { ...ONCE, to, share: 1 - HIT_RATIO, onMissOf: cache } : { ...ONCE, to };
  });
}

function usualMs(part: PartModel | undefined, { kind }: RequestClassModel): number {
  if (part?.kind === "edge") return defaultOf("edge.proxied").value;
  if (part?.kind === "cache") return defaultOf("cache.command").value;
  if (part?.kind === "database")
    return defaultOf(kind === "read" ? "database.read" : "database.commit").value;
  return defaultOf("service.time").value;
}

function resolvedPart(part: Exclude<PartModel, { kind: "task" }>): ResolvedPart {
  const { name, kind, plan } = part;
  const itemBytes = plan?.itemBytes ?? 1_000;
  return {
    name,
    kind,
    external: part.url !== undefined,
    replicas: part.kind === "service" ? part.replicas : part.kind === "edge" ? part.workers : 1,
    places: plan?.concurrency ?? (kind === "database" ? 8 : 1),
    queueMax: Number.POSITIVE_INFINITY,
    balance: "round-robin",
    availability: plan?.availability ?? 0.999,
    failoverMs: plan?.failoverMs ?? 6_000,
    zones: plan?.zones ?? 1,
    copies: plan?.copies ?? 1,
    ...(part.kind === "cache" ? { cache: contentsOf(part.memoryBytes, itemBytes) } : {}),
    sources: {},
  };
}

/** A cache of a gigabyte has most of what is asked for here, and a smaller one half of it. */
function contentsOf(memoryBytes: number, itemBytes: number): NonNullable<ResolvedPart["cache"]> {
  const hitRatio = memoryBytes >= 2 ** 30 ? HIT_RATIO : 0.5;
  return { memoryBytes, itemBytes, items: Math.floor(memoryBytes / itemBytes), hitRatio };
}
