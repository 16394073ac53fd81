import { DEFAULT_LIMITS } from "../../../engines/edge/limits.ts";
import { RouteTable } from "../../../engines/edge/routing/route-table.ts";
import type { EdgeModel, RouteModel } from "../../design/edge-model.ts";
import { targetsOfEdge } from "../../design/edge-targets.ts";
import type { ServiceModel } from "../../design/model.ts";
import type { CallsModel, RequestClassModel } from "../../design/plan-model.ts";
import { defaultOf } from "../defaults/index.ts";
import type { Call, Stay } from "../resolved-model.ts";
import type { Passed, Resolution } from "./resolution.ts";
import { type ClassKind, serviceTime, statedWork } from "./service-times.ts";

/** What is asked for where a class comes in. */
export interface Asked extends ClassKind, Pick<RequestClassModel, "method" | "path" | "to"> {
  /** The part that an edge leads it to, where that is known rather than what is asked for. */
  readonly target?: string;
}

/**
 * The way of a class of requests through the parts. A part that is come to by several ways is one and the same stay in all of them, so
 * that a way is as large as the design. Pure.
 */
export function wayOf(resolution: Resolution, asked: Asked): Stay {
  const known = new Map<string, Stay>();
  const stayAt = (name: string): Stay | undefined => {
    const part = resolution.part(name);
    if (part === undefined) return undefined;
    let stay = known.get(name);
    if (stay === undefined) {
      const calls = callsOf(resolution, part, asked, stayAt);
      stay = { part: name, time: serviceTime(resolution, part, asked, calls.length === 0), calls };
      known.set(name, stay);
    }
    return stay;
  };
  const way = stayAt(asked.to);
  if (way === undefined) throw new TypeError(`requests come in at ${asked.to}, which is no part`);
  return way;
}

type StayAt = (name: string) => Stay | undefined;

function callsOf(resolution: Resolution, part: Passed, asked: Asked, stayAt: StayAt): readonly Call[] {
  if (part.kind === "edge") return callsOfEdge(resolution, part, asked, stayAt);
  if (part.kind === "service") return callsOfService(resolution, part, asked, stayAt);
  return [];
}

// ---- edges ----

function callsOfEdge(resolution: Resolution, edge: EdgeModel, asked: Asked, stayAt: StayAt): readonly Call[] {
  if (edge.listeners.length === 0) return [];
  const route = routeOf(edge, asked);
  if (route === undefined) return passedThrough(resolution, edge, asked, stayAt);
  const { to, mirror, retries, timeouts } = route;
  const shared = to === undefined ? [] : typeof to === "string" ? [{ to, weight: 1 }] : to;
  const weights = shared.reduce((sum, { weight }) => sum + weight, 0);
  const timeoutMs = Math.min(
    retries?.perTryMs ?? Number.POSITIVE_INFINITY,
    timeouts?.totalMs ?? Number.POSITIVE_INFINITY,
    timeouts?.responseMs ?? edge.limits.responseTimeoutMs ?? DEFAULT_LIMITS.responseTimeoutMs,
  );
  const call = (name: string, share: number): Call[] => {
    const stay = stayAt(name);
    if (stay === undefined || share === 0) return [];
    const networkMs = networkTo(resolution, name);
    return [
      { to: stay, times: 1, share, timeoutMs, retries: retries?.attempts ?? 1, budget: true, networkMs },
    ];
  };
  return [
    ...shared.flatMap((one) => call(one.to, weights > 0 ? one.weight / weights : 0)),
    ...(mirror === undefined
      ? []
      : call(mirror.to, mirror.share ?? 1).map((one): Call => ({ ...one, retries: 0, detached: true }))),
  ];
}

/** TCP and UDP know no paths: the first part that connections are led to. */
function passedThrough(
  resolution: Resolution,
  edge: EdgeModel,
  asked: Asked,
  stayAt: StayAt,
): readonly Call[] {
  const isHttp = edge.listeners.some(({ kind }) => kind === "http");
  const target = asked.target ?? (isHttp ? undefined : targetsOfEdge(edge)[0]);
  const stay = target === undefined ? undefined : stayAt(target);
  if (target === undefined || stay === undefined) {
    resolution.assume(
      `No route of ${edge.name} takes ${asked.method} ${asked.path} (${asked.name}): it answers such requests itself.`,
    );
    return [];
  }
  const networkMs = networkTo(resolution, target);
  return [{ to: stay, times: 1, share: 1, retries: 0, budget: false, networkMs }];
}

function routeOf(edge: EdgeModel, { method, path, to, target: wanted }: Asked): RouteModel | undefined {
  if (wanted !== undefined && to === edge.name) return routeTo(edge, wanted);
  // A parameter stands for any segment: its name will do.
  const target = path.replaceAll("/:", "/");
  for (const listener of edge.listeners) {
    if (listener.kind !== "http") continue;
    const table = new RouteTable(listener.routes.map((route) => ({ match: route, to: route })));
    const host = hostOf(listener.routes);
    for (const name of [undefined, ...host]) {
      const found = table.route(target, { method, host: name, fields: [] });
      if (found.kind === "routed") return found.to;
    }
  }
  return undefined;
}

/** The first route that leads to a part before any other. */
function routeTo({ listeners }: EdgeModel, target: string): RouteModel | undefined {
  const routes = listeners.flatMap((listener) => (listener.kind === "http" ? listener.routes : []));
  return routes.find(({ to }) => (typeof to === "string" ? to : to?.[0]?.to) === target);
}

/** Names by which a listener may be asked, a wildcard's star by any label. */
function hostOf(routes: readonly RouteModel[]): readonly string[] {
  const hosts = routes.flatMap(({ host = [] }) => host);
  return [...new Set(hosts.map((one) => one.replace(/^\*\./, "any.")))];
}

// ---- services ----

function callsOfService(
  resolution: Resolution,
  service: ServiceModel,
  asked: Asked,
  stayAt: StayAt,
): readonly Call[] {
  const stated = statedWork(service, asked.name)?.work.calls;
  const used = Object.entries(service.uses).flatMap(([use, name]) => {
    const part = resolution.part(name);
    return part === undefined ? [] : [{ use, part }];
  });
  if (stated !== undefined) {
    const called = used.filter(({ use }) => Object.hasOwn(stated, use));
    const order = Object.keys(stated);
    return called
      .toSorted((one, other) => order.indexOf(one.use) - order.indexOf(other.use))
      .flatMap(({ use, part }) => statedCall(resolution, part, stated[use], stayAt));
  }
  const parts = [...new Set(used.map(({ part }) => part))];
  const caches = parts.filter(({ kind }) => kind === "cache");
  const databases = parts.filter(({ kind }) => kind === "database");
  const others = parts.filter(({ kind }) => kind === "service" || kind === "edge");
  const isCacheAside = caches.length > 0 && databases.length > 0;
  const once = (part: Passed, more: Partial<Call> = {}) => plainCall(resolution, part, stayAt, more);
  if (!isCacheAside) return [...caches, ...databases, ...others].flatMap((part) => once(part));
  resolution.assume(
    `${service.name} reads ${names(caches)} first and ${names(databases)} where that has nothing; writes go to ${names(databases)}, and ${names(caches)} is told (cache-aside).`,
  );
  return [...cacheAside(resolution, asked, caches, databases, once), ...others.flatMap((part) => once(part))];
}

function cacheAside(
  resolution: Resolution,
  { kind }: Asked,
  caches: readonly Passed[],
  databases: readonly Passed[],
  once: (part: Passed, more?: Partial<Call>) => readonly Call[],
): readonly Call[] {
  if (kind === "write")
    return [
      ...databases.flatMap((part) => once(part)),
      ...caches.flatMap((part) => once(part, { optional: true })),
    ];
  // The last cache is asked when those before it have nothing: its misses are the database's reads.
  const calls: Call[] = [];
  let behind: Partial<Call> = {};
  let share = 1;
  for (const cache of caches) {
    calls.push(...once(cache, { ...behind, share, optional: true }));
    share *= 1 - (resolution.hitRatios.get(cache.name) ?? 0);
    behind = { onMissOf: cache.name };
  }
  calls.push(...databases.flatMap((part) => once(part, { ...behind, share })));
  // What was missing is put into the cache.
  calls.push(...caches.flatMap((part) => once(part, { ...behind, share, optional: true })));
  return calls;
}

function statedCall(
  resolution: Resolution,
  part: Passed,
  calls: CallsModel | undefined,
  stayAt: StayAt,
): readonly Call[] {
  if (calls === undefined) return [];
  const { times, share, group, timeoutMs, retries, budget } = calls;
  return plainCall(resolution, part, stayAt, {
    times,
    share,
    retries,
    budget,
    ...(group === undefined ? {} : { group }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

function plainCall(
  resolution: Resolution,
  part: Passed,
  stayAt: StayAt,
  more: Partial<Call>,
): readonly Call[] {
  const stay = stayAt(part.name);
  if (stay === undefined) return [];
  // Calls between services pass an edge on the caller's machine.
  const proxied = part.kind === "service" && part.url === undefined;
  const hop = proxied ? defaultOf("network.loopback").value + defaultOf("edge.proxied").value : 0;
  const networkMs = networkTo(resolution, part.name) + hop;
  return [{ to: stay, times: 1, share: 1, retries: 0, budget: false, networkMs, ...more }];
}

/**
 * The network to a part, there and back. Of a part that is spread over zones, the share of calls that come from another zone is
 * (zones - 1) / zones.
 */
function networkTo(resolution: Resolution, name: string): number {
  const part = resolution.part(name);
  if (part?.url !== undefined) return defaultOf("network.crossZone").value;
  if (resolution.here !== undefined) return defaultOf("network.loopback").value;
  const zones = part?.plan?.zones ?? 1;
  const { value: within } = defaultOf("network.zone");
  const { value: across } = defaultOf("network.crossZone");
  return within / zones + (across * (zones - 1)) / zones;
}

function names(parts: readonly Passed[]): string {
  return parts.map(({ name }) => name).join(" and ");
}
