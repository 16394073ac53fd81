import type {
  ExemplarPoint,
  HeatmapAnswer,
  MetricAnswer,
  MetricInfo,
  MetricQuery,
  Series,
} from "../../../control-api/index.ts";
import { cpuAt, errorShareAt, latencyMsAt, memoryAt, noise, rateAt } from "./measures.ts";
import { type MadeUpSystem, replicasOf } from "./system.ts";
import { slowTraceIds } from "./traces.ts";

type Shape = Pick<MetricInfo, "name" | "kind" | "unit" | "description"> & {
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
};

const PROCESS: readonly Shape[] = [
  { name: "process.cpu.utilization", kind: "gauge", unit: "1", description: "Processors in use" },
  { name: "process.memory.usage", kind: "gauge", unit: "By", description: "Resident memory" },
];
const SERVER: Shape = {
  name: "http.server.request.duration",
  kind: "histogram",
  unit: "s",
  description: "Duration of HTTP server requests",
  attributes: {
    "http.response.status_code": ["200", "302", "404", "503"],
    "http.route": ["/*"],
    "http.request.method": ["GET", "POST"],
  },
};
const BY_KIND: Readonly<Record<string, readonly Shape[]>> = {
  edge: [
    SERVER,
    { ...SERVER, name: "http.client.request.duration", attributes: { "trestle.peer": ["shortener"] } },
  ],
  service: [
    SERVER,
    {
      name: "nodejs.eventloop.delay.p99",
      kind: "gauge",
      unit: "s",
      description: "Event loop delay, 99th percentile",
    },
    {
      name: "v8js.memory.heap.used",
      kind: "gauge",
      unit: "By",
      description: "Used heap",
      attributes: { "v8js.heap.space.name": ["new_space", "old_space"] },
    },
    { name: "shortener.clicks", kind: "counter", unit: "{click}", description: "Clicks that were counted" },
  ],
  cache: [
    {
      name: "redis.commands.processed",
      kind: "counter",
      unit: "{command}",
      description: "Commands",
      attributes: { "trestle.user": ["shortener"] },
    },
    { name: "redis.keyspace.hits", kind: "counter", unit: "{event}", description: "Keys that were there" },
    {
      name: "redis.keyspace.misses",
      kind: "counter",
      unit: "{event}",
      description: "Keys that were not there",
    },
    { name: "redis.memory.used", kind: "gauge", unit: "By", description: "Memory of keys and values" },
    { name: "redis.clients.connected", kind: "gauge", unit: "{client}", description: "Open connections" },
    { name: "redis.command.duration", kind: "histogram", unit: "s", description: "Duration of commands" },
  ],
  database: [
    { name: "postgresql.backends", kind: "gauge", unit: "1", description: "Open connections" },
    {
      name: "postgresql.commits",
      kind: "counter",
      unit: "1",
      description: "Transactions that were committed",
    },
    {
      name: "postgresql.rollbacks",
      kind: "counter",
      unit: "1",
      description: "Transactions that were rolled back",
    },
    { name: "postgresql.db_size", kind: "gauge", unit: "By", description: "Size on disk" },
    { name: "postgresql.blks_hit", kind: "counter", unit: "1", description: "Pages found in memory" },
  ],
};

/** What the parts have reported. */
export function metricInfos(system: MadeUpSystem, part: string | undefined): MetricInfo[] {
  return system.model.parts
    .filter(({ name }) => part === undefined || name === part)
    .flatMap(({ name, kind }) =>
      [...PROCESS, ...(BY_KIND[kind] ?? [])].map((shape) => ({
        attributes: {},
        ...shape,
        part: name,
        series: 1,
      })),
    );
}

/** One chart's values. */
export function answerOf(system: MadeUpSystem, query: MetricQuery): MetricAnswer {
  const points = query.points ?? 300;
  const stepMs = Math.max(1_000, Math.ceil((query.toMs - query.fromMs) / points / 1_000) * 1_000);
  const steps = Math.min(2_000, Math.ceil((query.toMs - query.fromMs) / stepMs));
  const shape = metricInfos(system, query.part).find(({ name }) => name === query.name);
  const series = labelsOf(system, query).map(
    (labels): Series => ({
      labels,
      values: Array.from({ length: steps }, (_, step) => {
        const timeMs = query.fromMs + step * stepMs;
        return timeMs < system.startedMs ? null : valueAt(system, query, shape, labels, timeMs);
      }),
    }),
  );
  const isTimed = shape?.kind === "histogram" && query.as.startsWith("p");
  return {
    name: query.name,
    unit: shape?.unit ?? "1",
    kind: shape?.kind ?? "gauge",
    fromMs: query.fromMs,
    stepMs,
    steps,
    series: shape ? series : [],
    leftOut: 0,
    exemplars: isTimed ? exemplarsOf(system, query) : [],
  };
}

function labelsOf(system: MadeUpSystem, { by, part, name, where }: MetricQuery): Record<string, string>[] {
  if (by === undefined) return [{}];
  if (by === "part") {
    return metricInfos(system, part)
      .filter((one) => one.name === name)
      .map((one) => ({ part: one.part }));
  }
  const found = system.model.parts.find((one) => one.name === part);
  if (by === "replica") return found ? replicasOf(system, found).map((replica) => ({ replica })) : [];
  const values = metricInfos(system, part).find((one) => one.name === name)?.attributes[by] ?? [];
  return values.filter((value) => matches(value, where?.[by])).map((value) => ({ [by]: value }));
}

function matches(value: string, condition: string | undefined): boolean {
  if (condition === undefined) return true;
  return condition.endsWith("*") ? value.startsWith(condition.slice(0, -1)) : value === condition;
}

const STATUS_SHARES: Readonly<Record<string, number>> = { 200: 0.07, 302: 0.89, 404: 0.04 };
const RANKS: Readonly<Record<string, number>> = {
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
  mean: 0.6,
};

function valueAt(
  system: MadeUpSystem,
  query: MetricQuery,
  shape: Shape | undefined,
  labels: Readonly<Record<string, string>>,
  timeMs: number,
): number | null {
  const name = labels.part ?? query.part ?? "";
  const label = labels.part === undefined ? Object.values(labels).join(" ") : "";
  if (query.name === "process.cpu.utilization") return cpuAt(labels.replica ?? `${name}.1`, timeMs);
  if (query.name === "process.memory.usage") return memoryAt(labels.replica ?? `${name}.1`, timeMs);
  const rank = RANKS[query.as];
  if (rank !== undefined) return latencyMsAt(system, name, timeMs, rank) / 1_000;
  if (query.as === "rate" || query.as === "sum-rate") {
    if (query.where?.["error.type"] || query.where?.["http.response.status_code"] === "5*") {
      return rateAt(name, timeMs) * errorShareAt(system, name, timeMs);
    }
    if (label === "503") return rateAt(name, timeMs) * errorShareAt(system, name, timeMs);
    return (
      rateAt(query.name.startsWith("http") ? name : query.name, timeMs) *
      (label ? (STATUS_SHARES[label] ?? 0.3) : 1)
    );
  }
  if (shape?.unit === "By") return memoryAt(`${query.name}${label}`, timeMs);
  if (shape?.unit === "s") return 0.0012 * (0.6 + noise(query.name, Math.floor(timeMs / 4_000)));
  return Math.round(rateAt(query.name + label, timeMs) / 20);
}

function exemplarsOf(
  system: MadeUpSystem,
  { fromMs, toMs, part = "" }: Pick<MetricQuery, "fromMs" | "toMs" | "part">,
): ExemplarPoint[] {
  return slowTraceIds(fromMs, toMs).map(({ traceId, timeMs }) => ({
    timeMs,
    value: latencyMsAt(system, part, timeMs, 0.9 + noise(traceId, 1) * 0.0985) / 1_000,
    traceId,
  }));
}

/** OpenTelemetry's advice for durations in seconds. */
const BOUNDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5,
];

/** Counts by bucket over time. */
export function heatmapOf(system: MadeUpSystem, query: MetricQuery): HeatmapAnswer {
  const points = query.points ?? 120;
  const stepMs = Math.max(1_000, Math.ceil((query.toMs - query.fromMs) / points / 1_000) * 1_000);
  const steps = Math.ceil((query.toMs - query.fromMs) / stepMs);
  const name = query.part ?? "";
  const counts = Array.from({ length: steps }, (_, step) => {
    const timeMs = query.fromMs + step * stepMs;
    const row = [...BOUNDS, 0].map(() => 0);
    if (timeMs < system.startedMs) return row;
    for (let rank = 0.005; rank < 1; rank += 0.005) {
      const value = latencyMsAt(system, name, timeMs, rank) / 1_000;
      const at = BOUNDS.findIndex((bound) => value <= bound);
      const index = at < 0 ? BOUNDS.length : at;
      row[index] = (row[index] ?? 0) + (rateAt(name, timeMs) * stepMs) / 200_000;
    }
    return row.map(Math.round);
  });
  return {
    name: query.name,
    unit: "s",
    fromMs: query.fromMs,
    stepMs,
    bounds: BOUNDS,
    counts,
    exemplars: exemplarsOf(system, query),
  };
}
