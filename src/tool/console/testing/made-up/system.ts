import type { PartSnapshot, ReplicaSnapshot, State, SystemSnapshot } from "../../../control-api/index.ts";
import type { PartModel, ServiceModel, SystemModel } from "../../../design/model.ts";

/** A system that is not there, for tests of the page: its design, who uses whom, and what its replicas are doing. */
export interface MadeUpSystem {
  readonly model: SystemModel;
  readonly links: readonly { readonly from: string; readonly to: string; readonly share: number }[];
  /** When it began, in Unix milliseconds. */
  readonly startedMs: number;
  /** When a replica of the first service died; it was back eight seconds later. */
  readonly deathMs: number;
  readonly states: ReadonlyMap<string, State>;
  /** What was changed by actions: how many replicas a part has. */
  readonly replicas: Map<string, number>;
}

const READY: State = { is: "ready" };

/** The shortener, an hour old. */
export function shortener(nowMs: number): MadeUpSystem {
  const parts: PartModel[] = [
    { kind: "database", name: "links", migrations: "./migrations" },
    { kind: "cache", name: "hot", memoryBytes: 64 * 2 ** 20 },
    {
      ...service("shortener", { links: "links", hot: "hot" }, 2),
      environment: { NODE_OPTIONS: "--max-semi-space-size=4" },
    },
    edge("front", "shortener", 8080),
  ];
  return {
    model: { version: 1, name: "shortener", requires: REQUIRES, parts },
    links: linksOf(parts),
    startedMs: nowMs - 3_600_000,
    deathMs: nowMs - 360_000,
    states: new Map(),
    replicas: new Map([["shortener", 2]]),
  };
}

/** Fifty parts in five layers, two hundred replicas; some wait, one keeps failing. */
export function large(nowMs: number): MadeUpSystem {
  const databases = range(8).map((n): PartModel => ({ kind: "database", name: `store-${n}` }));
  const caches = range(6).map(
    (n): PartModel => ({ kind: "cache", name: `cache-${n}`, memoryBytes: 2 ** 28 }),
  );
  const deep = range(14).map((n) =>
    service(`domain-${n}`, { db: `store-${(n % 8) + 1}`, cache: `cache-${(n % 6) + 1}` }, 6),
  );
  const front = range(18).map((n) =>
    service(`api-${n}`, { one: `domain-${(n % 14) + 1}`, two: `domain-${((n + 4) % 14) + 1}` }, 5),
  );
  const edges = range(4).map((n) => edge(`edge-${n}`, `api-${n}`, 8080 + n));
  const parts = [...databases, ...caches, ...deep, ...front, ...edges];
  const failed: State = { is: "failed", reason: "it exited with code 1", looping: true, retryInMs: 12_000 };
  return {
    model: { version: 1, name: "marketplace", requires: REQUIRES, parts },
    links: linksOf(parts),
    startedMs: nowMs - 7_200_000,
    deathMs: nowMs - 240_000,
    states: new Map<string, State>([
      ["api-7.2", failed],
      ...range(6).map((n): [string, State] => [`domain-9.${n}`, { is: "waiting", for: "store-2" }]),
      ["store-2", { is: "starting", for: "its port" }],
    ]),
    replicas: new Map(),
  };
}

const REQUIRES: SystemModel["requires"] = {
  traffic: { dailyUsers: 1e7, requestsPerUserPerDay: 20, peak: 3, reads: 0.9 },
  latency: { p99Ms: 200 },
  availability: 0.9999,
  retentionMs: 5 * 365 * 86_400_000,
};

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function service(name: string, uses: Record<string, string>, replicas: number): ServiceModel {
  return {
    kind: "service",
    name,
    program: { run: "./service.ts" },
    folder: ".",
    uses,
    environment: {},
    replicas,
    startTimeoutMs: 30_000,
    stopTimeoutMs: 10_000,
  };
}

function edge(name: string, to: string, port: number): PartModel {
  return {
    kind: "edge",
    name,
    listeners: [
      {
        kind: "http",
        host: "127.0.0.1",
        port,
        routes: [{ path: "/*", to }],
        http2: true,
        trustedHops: 0,
        acceptProxy: false,
      },
    ],
    workers: 1,
    limits: {},
  };
}

function linksOf(parts: readonly PartModel[]): { from: string; to: string; share: number }[] {
  return parts.flatMap((part) => {
    if (part.kind === "service")
      return Object.values(part.uses).map((to) => ({ from: part.name, to, share: 0.8 }));
    if (part.kind !== "edge") return [];
    return part.listeners.flatMap((one) =>
      one.kind === "http"
        ? one.routes.flatMap(({ to }) => (typeof to === "string" ? [{ from: part.name, to, share: 1 }] : []))
        : [],
    );
  });
}

/** The names of a part's replicas. */
export function replicasOf(system: MadeUpSystem, part: PartModel): string[] {
  if (part.kind !== "service") return [part.name];
  return range(system.replicas.get(part.name) ?? part.replicas).map((n) => `${part.name}.${n}`);
}

/** The whole at one moment. */
export function snapshotOf(system: MadeUpSystem): SystemSnapshot {
  return {
    system: system.model.name,
    file: "system.ts",
    state: system.states.size > 0 ? "degraded" : "ready",
    pid: 4_000,
    memoryBytes: 92 * 2 ** 20,
    startedMs: system.startedMs,
    run: "2026-03-01T10-00-00",
    parts: system.model.parts.map((part) => partSnapshot(system, part)),
  };
}

const PORTS = { edge: 8080, service: 4101, cache: 6379, database: 5432, task: 0 };

function partSnapshot(system: MadeUpSystem, part: PartModel): PartSnapshot {
  const replicas = replicasOf(system, part).map((id, index): ReplicaSnapshot => {
    const isFirst = id === firstVictim(system);
    return {
      id,
      state: system.states.get(id) ?? READY,
      pid: 5_000 + index,
      port: PORTS[part.kind] + index,
      restarts: isFirst ? 1 : system.states.has(id) ? 9 : 0,
      sinceMs: isFirst ? system.deathMs + 8_000 : system.startedMs + 3_000,
      memoryBytes: 60 * 2 ** 20,
    };
  });
  const url = `${{ edge: "http", service: "http", cache: "redis", database: "postgres", task: "none" }[part.kind]}://127.0.0.1:${PORTS[part.kind]}`;
  return { name: part.name, kind: part.kind, url, external: false, replicas };
}

/** The replica that died once. */
export function firstVictim(system: MadeUpSystem): string {
  const part = system.model.parts.find(({ kind }) => kind === "service");
  return `${part?.name}.1`;
}
