import type { CacheModel, SystemModel } from "../../design/model.ts";
import { defaultOf } from "../defaults/index.ts";
import type { Profile } from "../profile/profile.ts";
import type { Machine, ResolvedClass, ResolvedSystem } from "../resolved-model.ts";
import { visitsOf } from "../visits.ts";
import { assumedKeys, type CacheFacts, cacheFacts, type ReadingClass } from "./caches.ts";
import { partOf } from "./parts.ts";
import { classesOf, type IncomingClass } from "./requests.ts";
import { Resolution } from "./resolution.ts";
import { type Traffic, trafficOf } from "./traffic.ts";
import { wayOf } from "./ways.ts";

/** What a design is resolved with. */
export interface ResolveOptions {
  /** Measured times and hit ratios: they stand where the design states none. */
  readonly profile?: Profile | undefined;
  /** Requests per second of the whole at the peak, in place of those that the design states. From 0. */
  readonly loadPerSecond?: number | undefined;
  /** The one machine on which everything runs. Default: each place has a processor when it needs one. */
  readonly here?: Machine | undefined;
}

/**
 * A checked design as a plan sees it: requests by class with their rates, the way of each through the parts, and of each part what a plan needs;
 * all of it with its source, and what was taken for granted in sentences. Every checked design has an answer, also one that states no
 * requests, no traffic and nothing of its parts. Numbers are finite, but for queues that nothing bounds. Pure.
 */
export function resolveSystem(model: SystemModel, options: ResolveOptions = {}): ResolvedSystem {
  const { profile, loadPerSecond } = options;
  const here = machineOf(options);
  const resolution = new Resolution(model, profile, here);
  const traffic = trafficOf(resolution, loadPerSecond);
  const incoming = resolution.parts.length === 0 ? [] : classesOf(resolution);
  const contents = contentsOf(resolution, incoming, traffic);
  const classes = incoming.map((one) => resolvedClass(resolution, one, incoming, traffic));
  if (profile !== undefined)
    resolution.assume(
      `What was measured is of ${profile.machine.name} (${profile.machine.cores} cores), run ${profile.run}; elsewhere it takes longer or shorter.`,
    );
  return {
    name: model.name,
    classes,
    parts: resolution.parts.map((part) => partOf(resolution, part, contents.get(part.name))),
    ...(here === undefined ? {} : { here }),
    assumptions: resolution.assumptions,
  };
}

function machineOf({ here, profile }: ResolveOptions): Machine | undefined {
  if (here === undefined || profile === undefined) return here;
  const { otherCpuMs, turnMs, background } = profile;
  return {
    ...(otherCpuMs === undefined ? {} : { otherCpuMs }),
    ...(turnMs === undefined ? {} : { turnMs }),
    ...(background === undefined ? {} : { background }),
    ...here,
  };
}

/** What caches hold, one after the other: what one answers does not come to those behind it. */
function contentsOf(
  resolution: Resolution,
  incoming: readonly IncomingClass[],
  traffic: Traffic,
): ReadonlyMap<string, CacheFacts> {
  const contents = new Map<string, CacheFacts>();
  const caches = resolution.parts.filter((part): part is CacheModel => part.kind === "cache");
  const daily = readsPerDay(incoming, traffic);
  for (const cache of caches) {
    const reading = incoming.map((one): ReadingClass => ({ ...one, way: wayOf(resolution, one) }));
    const facts = cacheFacts(resolution, cache, reading, daily);
    contents.set(cache.name, facts);
    resolution.hitRatios.set(cache.name, facts.cache.hitRatio);
  }
  return contents;
}

/** Undefined where nothing says how many there are. */
function readsPerDay(incoming: readonly IncomingClass[], traffic: Traffic): number | undefined {
  if (!traffic.isStated) return undefined;
  const reads = incoming.filter(({ kind }) => kind === "read").reduce((sum, { share }) => sum + share, 0);
  return traffic.average.value * reads * 86_400;
}

function resolvedClass(
  resolution: Resolution,
  one: IncomingClass,
  incoming: readonly IncomingClass[],
  traffic: Traffic,
): ResolvedClass {
  const { name, kind, share, source } = one;
  const way = wayOf(resolution, one);
  const daily = readsPerDay(incoming, traffic);
  const keys = one.keys ?? (kind === "read" ? keysOf(resolution, way, daily) : undefined);
  return {
    name,
    kind,
    perSecond: traffic.average.value * share,
    peakPerSecond: traffic.peak.value * share,
    ...bodiesOf(resolution, one),
    ...(keys === undefined ? {} : { keys }),
    way,
    source,
  };
}

/** Where a class that reads says nothing of its keys and comes to a cache, those with which its hits were reckoned. */
function keysOf(
  resolution: Resolution,
  way: ResolvedClass["way"],
  daily: number | undefined,
): ResolvedClass["keys"] {
  const visited = visitsOf(way);
  const comesToCache = [...visited.keys()].some((name) => resolution.part(name)?.kind === "cache");
  return comesToCache ? assumedKeys(resolution, daily) : undefined;
}

/** Bodies: as the class has them, else as `requires.data`; else a read brings none, and a write is answered with none. */
function bodiesOf({ model }: Resolution, { kind, requestBytes, responseBytes }: IncomingClass) {
  const { data } = model.requires;
  const usual = data?.recordBytes ?? defaultOf("data.body").value;
  return {
    requestBytes: requestBytes ?? data?.requestBytes ?? (kind === "write" ? usual : 0),
    responseBytes: responseBytes ?? data?.responseBytes ?? (kind === "read" ? usual : 0),
  };
}
