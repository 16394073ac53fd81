import { DEFAULT_LIMITS } from "../../../engines/edge/limits.ts";
import { boundsOf } from "../../../engines/edge/upstream/bounds.ts";
import type { EdgeModel } from "../../design/edge-model.ts";
import type { ServiceModel } from "../../design/model.ts";
import type { HealthModel } from "../../design/upstream-model.ts";
import { type DefaultName, defaultOf, type Sourced } from "../defaults/index.ts";
import type { Source } from "../figure.ts";
import type { ResolvedPart } from "../resolved-model.ts";
import type { CacheFacts } from "./caches.ts";
import { given, type Passed, type Resolution, statedOr } from "./resolution.ts";

/** A part with what a plan needs of it, each field with where it is from. `contents` are those of a cache. Pure. */
export function partOf(resolution: Resolution, part: Passed, contents: CacheFacts | undefined): ResolvedPart {
  const { name, kind, plan } = part;
  const external = part.url !== undefined;
  const replicas = replicasOf(part);
  const places = statedOr(plan?.concurrency, `${name}.plan.concurrency`, USUAL[kind].places(external));
  const queueMax = queueOf(part, places.value);
  const balance = balanceOf(part);
  const availability = statedOr(
    plan?.availability,
    `${name}.plan.availability`,
    USUAL[kind].availability(external),
  );
  const failover = failoverOf(part);
  const zones = statedOrOne(plan?.zones, `${name}.plan.zones`);
  const copies = statedOrOne(plan?.copies, `${name}.plan.copies`);
  const diskBytes = kind === "database" ? plan?.diskBytes : undefined;
  const startup = kind === "service" && !external ? defaultOf("service.startup") : undefined;
  const upstream = part.kind === "service" ? upstreamOf(part) : undefined;
  const scaling = part.kind === "service" && !external ? part.scaling : undefined;
  if (!external && kind === "database" && plan?.copies === undefined)
    resolution.assume(`Nothing says how often what ${name} holds is kept: once, without a copy.`);
  return {
    name,
    kind,
    external,
    replicas: replicas.value,
    ...(scaling === undefined ? {} : { scaling }),
    places: places.value,
    queueMax: queueMax.value,
    balance: balance.value,
    availability: availability.value,
    failoverMs: failover.value,
    zones: zones.value,
    copies: copies.value,
    ...(diskBytes === undefined ? {} : { diskBytes }),
    ...(plan?.pricePerMonth === undefined ? {} : { pricePerMonth: plan.pricePerMonth }),
    ...(contents === undefined ? {} : { cache: contents.cache }),
    ...(startup === undefined ? {} : { startupMs: startup.value }),
    ...(upstream === undefined ? {} : { upstream }),
    sources: {
      replicas: replicas.source,
      ...(scaling === undefined ? {} : { scaling: given(`${name}.replicas`) }),
      places: places.source,
      queueMax: queueMax.source,
      balance: balance.source,
      availability: availability.source,
      failoverMs: failover.source,
      zones: zones.source,
      copies: copies.source,
      ...(diskBytes === undefined ? {} : { diskBytes: given(`${name}.plan.disk`) }),
      ...(plan?.pricePerMonth === undefined ? {} : { pricePerMonth: given(`${name}.plan.pricePerMonth`) }),
      ...(startup === undefined ? {} : { startupMs: startup.source }),
      ...(upstream === undefined ? {} : { upstream: given(`${name}.upstream`) }),
      ...contents?.sources,
    },
  };
}

interface Usual {
  readonly places: (external: boolean) => DefaultName;
  readonly availability: (external: boolean) => DefaultName;
  readonly failover: DefaultName;
}

const USUAL: Readonly<Record<Passed["kind"], Usual>> = {
  edge: {
    places: (external) => (external ? "outside.places" : "edge.places"),
    availability: (external) => (external ? "outside.availability" : "replica.availability"),
    failover: "edge.failover",
  },
  service: {
    places: (external) => (external ? "outside.places" : "service.places"),
    availability: (external) => (external ? "outside.availability" : "replica.availability"),
    failover: "service.failover",
  },
  cache: {
    places: () => "cache.places",
    availability: () => "replica.availability",
    failover: "cache.failover",
  },
  database: {
    places: () => "database.places",
    availability: () => "database.availability",
    failover: "database.failover",
  },
};

/** An edge keeps no data: its copies are edges beside it, with as many workers each. */
function replicasOf(part: Passed): Sourced {
  if (part.kind === "service") return { value: part.replicas, source: given(`${part.name}.replicas`) };
  if (part.kind !== "edge") return { value: 1, source: language("the one that serves writes") };
  const { name, workers, plan } = part;
  const { copies } = plan ?? {};
  if (copies === undefined) return { value: workers, source: given(`${name}.workers`) };
  const value = workers * copies;
  return {
    value,
    source: {
      kind: "derived",
      formula: "workers × copies",
      filled: `${workers} × ${copies} = ${value}`,
      inputs: [],
    },
  };
}

/**
 * What may wait at each replica. An edge takes so many connections, each with one request at a time; a service gets no more than those
 * before it let through. Those who use a cache or a database wait in pools of their own, which nothing here bounds.
 */
function queueOf(part: Passed, places: number): Sourced {
  if (part.url === undefined && part.kind === "edge") return edgeQueue(part, places);
  if (part.url === undefined && part.kind === "service") return serviceQueue(part, places);
  return { value: Number.POSITIVE_INFINITY, source: language("nothing in the design bounds it") };
}

function edgeQueue({ name, limits, listeners }: EdgeModel, places: number): Sourced {
  const connections = limits.connections ?? DEFAULT_LIMITS.connections;
  const value = Math.max(0, connections * Math.max(1, listeners.length) - places);
  const source =
    limits.connections === undefined
      ? language(`limits.connections: ${connections} for each address`)
      : given(`${name}.limits.connections`);
  return { value, source };
}

function serviceQueue({ name, upstream, replicas }: ServiceModel, places: number): Sourced {
  const { connections, requests } = boundsOf(upstream?.bounds);
  const most = Math.min(connections, Math.ceil(requests / replicas));
  const source =
    upstream?.bounds?.connections === undefined && upstream?.bounds?.requests === undefined
      ? language(`upstream.bounds.connections: ${connections} to each replica`)
      : given(`${name}.upstream.bounds`);
  return { value: Math.max(0, most - places), source };
}

function balanceOf(part: Passed): { readonly value: string; readonly source: Source } {
  if (part.kind === "edge")
    return { value: "random", source: language("whichever process comes first takes the connection") };
  if (part.kind !== "service") return { value: "round-robin", source: language("there is one") };
  const { algorithm } = part.upstream?.balance ?? {};
  return algorithm === undefined
    ? { value: "round-robin", source: language("upstream.balance") }
    : { value: algorithm, source: given(`${part.name}.upstream.balance`) };
}

/** As the design says; else as long as the checks of its health take to find out, where it says how they are made; else of its kind. */
function failoverOf(part: Passed): Sourced {
  const { name, kind, plan } = part;
  const stated = plan?.failoverMs;
  const checked = part.kind === "service" && stated === undefined ? checkedFailover(part.health) : undefined;
  return checked ?? statedOr(stated, `${name}.plan.failover`, USUAL[kind].failover);
}

function checkedFailover(health: HealthModel | undefined): Sourced | undefined {
  if (health === undefined || health.kind === "process") return undefined;
  const { intervalMs, unhealthyAfter } = health;
  if (intervalMs === undefined && unhealthyAfter === undefined) return undefined;
  const every = intervalMs ?? 2_000;
  const times = unhealthyAfter ?? 3;
  const value = every * times;
  const filled = `${every} ms × ${times} = ${value} ms`;
  return {
    value,
    source: { kind: "derived", formula: "health.interval × health.unhealthyAfter", filled, inputs: [] },
  };
}

/** What the simulator needs of how callers guard a service; undefined where the design leaves all of it to the edge. */
function upstreamOf({ upstream, health }: ServiceModel): ResolvedPart["upstream"] {
  const { bounds, breaker, outliers, panicShare, slowStartMs } = upstream ?? {};
  const checks = health === undefined || health.kind === "process" ? undefined : health;
  const said = { bounds, breaker, health: checks, outliers, panicShare, slowStartMs };
  const present = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  return Object.keys(present).length === 0 ? undefined : present;
}

function statedOrOne(value: number | undefined, place: string): Sourced {
  return value === undefined
    ? { value: 1, source: language("1 unless the design says more") }
    : { value, source: given(place) };
}

/** What the design language has by default, rather than a kind of part. */
function language(what: string): Source {
  return { kind: "default", of: what, publication: "Trestle, docs/design-language.md" };
}
