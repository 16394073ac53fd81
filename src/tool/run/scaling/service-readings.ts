import type { ReplicaReading } from "../../../blocks/autoscale/index.ts";
import { fallbackOf, targetsOfEdge } from "../../design/edge-targets.ts";
import type { SystemModel } from "../../design/model.ts";
import type { ScalingMetricName } from "../../design/scaling-model.ts";
import { reported } from "../telemetry/figures/windows.ts";
import type { GaugeReader, MetricReader, Selection } from "../telemetry/metric-reader.ts";
import type { ReplicaNow } from "./scaled-service.ts";

/** The edge between services, which is no part of the design. */
const INTERNAL_EDGE = "internal-edge";
/** Edges and the usage of processes are told every second or two: what was not told for so long is not known. */
const STALE_MS = 10_000;

/** Usage is that of up to so long before it is told. */
const USAGE_LAG_MS = 2_000;
/** What a replica that has just become ready uses is read over no less than this. */
const USAGE_WINDOW_MS_MIN = 5_000;

const ATTEMPTS = "http.client.request.duration";
/** Those that wait for a connection are counted among them. */
const UNDER_WAY = "trestle.edge.upstream.requests.active";
const CPU = "process.cpu.utilization";
const MEMORY = "process.memory.usage";

/** What a service does now, as an `autoscaler` takes it. */
export interface ServiceReadings {
  readonly replicas: readonly ReplicaReading[];
  /** What is read once for all replicas. */
  readonly totals: Readonly<Record<string, number | undefined>>;
}

export interface ReadingOptions {
  readonly reader: MetricReader & GaugeReader;
  readonly service: string;
  /** The edges over which it is reached: `edgesTo`. */
  readonly edges: readonly string[];
  /** Over how long is read, up to now, in milliseconds. */
  readonly windowMs: number;
}

/**
 * Reads what a service does from the run's metrics: requests as the edges before it count them, since a service says nothing of
 * itself, processor time and memory as its processes are measured from outside. A metric is undefined when what tells it was silent: an
 * edge that is down, processes elsewhere than on Linux. Pure.
 */
export function readService(
  { reader, service, edges, windowMs }: ReadingOptions,
  metrics: readonly ScalingMetricName[],
  keepers: Iterable<ReplicaNow>,
  nowMs: number,
): ServiceReadings {
  const fromMs = nowMs - windowMs;
  const asked = (name: ScalingMetricName) => metrics.includes(name);
  const heard = edges.length > 0 && edges.every((edge) => isHeard(reader, edge, service));
  const totals: Record<string, number | undefined> = {};
  if (heard && asked("requestsPerSecond"))
    totals.requestsPerSecond = sumOver(edges, (edge) =>
      ratePerSecond(reader, edge, service, nowMs, windowMs),
    );
  if (heard && asked("concurrency"))
    totals.concurrency = sumOver(edges, (edge) => {
      const of = toService(UNDER_WAY, edge, service);
      return reader.meanBy(of, "part", fromMs, nowMs).get(edge) ?? 0;
    });
  const memory = asked("memory")
    ? reader.lastBy({ name: MEMORY, part: service }, "replica", STALE_MS)
    : new Map<string, number>();
  const replicas = Array.from(keepers, (keeper) => {
    const { id } = keeper.job;
    const usedMs = usageWindowMs(keeper, nowMs, windowMs);
    const cpu = asked("cpu")
      ? reader.meanBy({ name: CPU, part: service, replica: id }, "replica", nowMs - usedMs, nowMs).get(id)
      : undefined;
    return readingOf(keeper, { cpu, memory: memory.get(id) }, nowMs, usedMs + USAGE_LAG_MS);
  });
  return { replicas, totals };
}

/** The edges that lead to a service, the one between services among them. */
export function edgesTo(service: string, { parts }: SystemModel): readonly string[] {
  const fallbacks = new Map<string, string>();
  for (const part of parts) {
    const fallback = part.kind === "service" ? fallbackOf(part) : undefined;
    if (fallback !== undefined) fallbacks.set(part.name, fallback);
  }
  const leadsTo = (targets: readonly string[]): boolean => {
    const reached = new Set(targets);
    // A set that grows while it is gone through comes to what was added, too.
    for (const name of reached) {
      const fallback = fallbacks.get(name);
      if (fallback !== undefined) reached.add(fallback);
    }
    return reached.has(service);
  };
  const edges = parts.flatMap((part) =>
    part.kind === "edge" && part.url === undefined && leadsTo(targetsOfEdge(part)) ? [part.name] : [],
  );
  const used = parts.flatMap((part) => ("uses" in part ? Object.values(part.uses) : []));
  return leadsTo(used) ? [...edges, INTERNAL_EDGE] : edges;
}

/** Edges tell what is under way at each service they lead to with every report, also when that is nothing. */
function isHeard(reader: MetricReader, edge: string, service: string): boolean {
  return reader.last(toService(UNDER_WAY, edge, service), STALE_MS) !== undefined;
}

function ratePerSecond(
  reader: MetricReader,
  edge: string,
  service: string,
  nowMs: number,
  windowMs: number,
): number {
  const of = toService(ATTEMPTS, edge, service);
  const { fromMs, toMs } = reported(reader, of, nowMs, windowMs, STALE_MS);
  return reader.increase(of, fromMs, toMs) / (windowMs / 1_000);
}

function toService(name: string, edge: string, service: string): Selection {
  return { name, part: edge, where: { "trestle.peer": service } };
}

function sumOver(edges: readonly string[], amount: (edge: string) => number): number {
  return edges.reduce((sum, edge) => sum + amount(edge), 0);
}

/** What a replica used before it was ready is what its start has cost: one that has just begun to serve is read since then. */
function usageWindowMs({ state, sinceMs }: ReplicaNow, nowMs: number, windowMs: number): number {
  const servedMs = state.is === "ready" ? nowMs - sinceMs - USAGE_LAG_MS : windowMs;
  return Math.min(windowMs, Math.max(USAGE_WINDOW_MS_MIN, servedMs));
}

function readingOf(
  { state, sinceMs }: ReplicaNow,
  metrics: ReplicaReading["metrics"],
  nowMs: number,
  windowMs: number,
): ReplicaReading {
  switch (state.is) {
    case "ready":
      // Its start is put as late as it can have been: what the start itself cost is in no reading that is counted then.
      return { metrics, startedMs: sinceMs, readyChangedMs: sinceMs, readAtMs: nowMs, windowMs };
    case "starting":
      return { metrics, ready: false, startedMs: sinceMs };
    case "waiting":
    case "failed":
    case "gave-up":
      return { metrics: {}, ready: false, phase: "pending" };
    case "stopping":
    case "stopped":
    case "done":
      return { metrics: {}, phase: "ending" };
  }
}
