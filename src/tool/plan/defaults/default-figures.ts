import { DEADLINE_OVERHEAD_BYTES, ENTRY_OVERHEAD_BYTES } from "../../../engines/cache/store/memory.ts";
import type { FigureUnit, Source } from "../figure.ts";

/** What a part does that nobody has measured or stated, and where that is from. */
export interface DefaultFigure {
  /** What is so by default, in a few words. */
  readonly title: string;
  readonly value: number;
  readonly unit: FigureUnit;
  readonly publication: string;
}

const EDGE_BENCH = "Trestle, `npm run bench -- edge` and `-- shortener`: processor time per request";
const CACHE_BENCH = "Trestle, `npm run bench -- shortener`: processor time per command";
const POSTGRES_BENCH = "Trestle, PostgreSQL 18 with the shortener's queries on a local SSD";
const EXPONENTIAL = "Kleinrock, Queueing Systems I (1975): the exponential law, where nothing more is known";
const ASSUMED = "Trestle's own assumption: measure it, or state it in the design";
const ONE_INSTANCE = "Google Compute Engine SLA and Azure Virtual Machines SLA, a single instance";
const HANDBOOK = "the handbook's back-of-the-envelope estimate";

/**
 * Every default of a plan, in the order in which the page `docs/plan-defaults.md` prints them. Values are of one place of one
 * replica on a processor of today; the least that an engine was measured with is not the default of somebody's own code.
 */
export const DEFAULT_FIGURES = {
  "edge.proxied": {
    title: "an edge passes on a request and its answer",
    value: 0.032,
    unit: "ms",
    publication: EDGE_BENCH,
  },
  "edge.answered": {
    title: "an edge answers or redirects by itself",
    value: 0.017,
    unit: "ms",
    publication: EDGE_BENCH,
  },
  "edge.spread": {
    title: "spread of an edge's time",
    value: 1,
    unit: "count",
    publication: EXPONENTIAL,
  },
  "edge.places": {
    title: "requests that each worker of an edge computes at once: one event loop",
    value: 1,
    unit: "count",
    publication: "Node.js documentation, “The Node.js Event Loop”",
  },
  "service.time": {
    title: "a service's own work for a request; the least measured of a Node service is 0.04 ms",
    value: 1,
    unit: "ms",
    publication: ASSUMED,
  },
  "service.spread": {
    title: "spread of a service's time",
    value: 1,
    unit: "count",
    publication: EXPONENTIAL,
  },
  "service.places": {
    title: "requests that a service's replica computes at once: one event loop",
    value: 1,
    unit: "count",
    publication: "Node.js documentation, “The Node.js Event Loop”",
  },
  "service.startup": {
    title: "a replica of a service starts, until it can serve",
    value: 2_000,
    unit: "ms",
    publication: ASSUMED,
  },
  "outside.time": {
    title: "a service that stands outside answers",
    value: 20,
    unit: "ms",
    publication: ASSUMED,
  },
  "outside.places": {
    title: "requests that a service outside takes at once: its capacity is not ours to plan",
    value: 1_000,
    unit: "count",
    publication: ASSUMED,
  },
  "cache.command": {
    title: "a cache answers a command",
    value: 0.005,
    unit: "ms",
    publication: CACHE_BENCH,
  },
  "cache.spread": { title: "spread of a cache's time", value: 1, unit: "count", publication: EXPONENTIAL },
  "cache.places": {
    title: "commands that a cache works on at once",
    value: 1,
    unit: "count",
    publication: "Trestle's cache, as Redis and Valkey, runs commands one at a time",
  },
  "cache.item": {
    title: "an item with its key, where the design says nothing of sizes",
    value: 1_000,
    unit: "bytes",
    publication: HANDBOOK,
  },
  "cache.overhead": {
    title: "what an entry with an expiry takes beside its key and value",
    value: ENTRY_OVERHEAD_BYTES + DEADLINE_OVERHEAD_BYTES,
    unit: "bytes",
    publication: "Trestle's cache, as measured: src/engines/cache/store/memory.ts",
  },
  "cache.hits": {
    title: "reads that a cache answers, where neither keys nor traffic are stated",
    value: 0.8,
    unit: "share",
    publication: "the rule of 80 and 20, as the handbook uses it for caches",
  },
  "database.read": {
    title: "PostgreSQL answers a look-up by an index, from memory",
    value: 0.3,
    unit: "ms",
    publication: POSTGRES_BENCH,
  },
  "database.commit": {
    title: "PostgreSQL commits a small write, with its flush to disk",
    value: 2,
    unit: "ms",
    publication: POSTGRES_BENCH,
  },
  "database.commitCpu": {
    title: "share of a commit that is processor time; the rest waits for the disk",
    value: 0.15,
    unit: "share",
    publication: POSTGRES_BENCH,
  },
  "database.readCpu": {
    title: "share of a look-up that is processor time",
    value: 0.9,
    unit: "share",
    publication: POSTGRES_BENCH,
  },
  "database.spread": {
    title: "spread of a database's time",
    value: 1,
    unit: "count",
    publication: EXPONENTIAL,
  },
  "database.places": {
    title: "queries that a database works on at once: twice its processors, of which it has 4",
    value: 8,
    unit: "count",
    publication: "PostgreSQL wiki, “Number Of Database Connections”",
  },
  "network.loopback": {
    title: "a call on one machine, there and back",
    value: 0.03,
    unit: "ms",
    publication: "Trestle, `npm run bench -- shortener`, connections on loopback",
  },
  "network.zone": {
    title: "a call within a zone, there and back",
    value: 0.5,
    unit: "ms",
    publication:
      "J. Dean, “Designs, Lessons and Advice from Building Large Distributed Systems” (LADIS 2009)",
  },
  "network.crossZone": {
    title: "a call from zone to zone, there and back",
    value: 1,
    unit: "ms",
    publication: "Google Cloud, “Geography and regions”: usually below 1 ms; AWS: single-digit milliseconds",
  },
  "replica.availability": {
    title: "one replica, with the machine that it runs on, is up",
    value: 0.999,
    unit: "share",
    publication: ONE_INSTANCE,
  },
  "database.availability": {
    title: "one database server is up",
    value: 0.999,
    unit: "share",
    publication: "Azure Database for PostgreSQL SLA, without high availability",
  },
  "outside.availability": {
    title: "a service outside is up",
    value: 0.999,
    unit: "share",
    publication: ASSUMED,
  },
  "zone.availability": {
    title: "a zone is up: what redundancy within one cannot better",
    value: 0.9995,
    unit: "share",
    publication: "Azure Virtual Machines SLA, several instances of one availability set",
  },
  "repair.time": {
    title: "from a failure of a replica until it is back",
    value: 3_600_000,
    unit: "ms",
    publication: ASSUMED,
  },
  "service.failover": {
    title: "until a replica that is silent is out: 3 checks of 2 s, as edges do",
    value: 6_000,
    unit: "ms",
    publication: "Trestle's edge, docs/design-language.md, “Health”",
  },
  "edge.failover": {
    title: "until clients come to another edge",
    value: 30_000,
    unit: "ms",
    publication: ASSUMED,
  },
  "cache.failover": {
    title: "until a copy of a cache takes over",
    value: 15_000,
    unit: "ms",
    publication: "Valkey, valkey.conf: cluster-node-timeout 15000",
  },
  "database.failover": {
    title: "until a copy of a database takes over",
    value: 120_000,
    unit: "ms",
    publication: "Amazon RDS user guide, “High availability (Multi-AZ)”: typically 60 to 120 s",
  },
  "traffic.rate": {
    title: "requests per second, where nothing says how many come",
    value: 1,
    unit: "per-second",
    publication: ASSUMED,
  },
  "traffic.peak": {
    title: "the peak as a multiple of the average",
    value: 3,
    unit: "count",
    publication: HANDBOOK,
  },
  "traffic.reads": { title: "requests that only read", value: 0.9, unit: "share", publication: HANDBOOK },
  "traffic.unique": {
    title: "different things among a day's reads",
    value: 0.2,
    unit: "share",
    publication: HANDBOOK,
  },
  "traffic.skew": {
    title: "exponent of Zipf's law, by which things are asked for",
    value: 1,
    unit: "count",
    publication:
      "Breslau et al., “Web Caching and Zipf-like Distributions” (INFOCOM 1999): 0.64 to 0.83 at proxies, near 1 at origins",
  },
  "data.body": {
    title: "what a read answers, a write brings and a record takes",
    value: 1_000,
    unit: "bytes",
    publication: HANDBOOK,
  },
  "log.line": {
    title: "a line of an edge's access log",
    value: 450,
    unit: "bytes",
    publication: "Trestle's edge: src/engines/edge/observe/access-line.ts",
  },
} as const satisfies Readonly<Record<string, DefaultFigure>>;

export type DefaultName = keyof typeof DEFAULT_FIGURES;

/** A value with where it comes from. */
export interface Sourced {
  readonly value: number;
  readonly source: Source;
}

/** A default, with its source. */
export function defaultOf(name: DefaultName): Sourced {
  const { value, title, publication }: DefaultFigure = DEFAULT_FIGURES[name];
  return { value, source: { kind: "default", of: `${name}: ${title}`, publication } };
}
