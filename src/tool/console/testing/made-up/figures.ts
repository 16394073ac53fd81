import type {
  Figures,
  LinkFigures,
  Mark,
  OwnFigure,
  PartFigures,
  RequestFigures,
  RequirementStatus,
} from "../../../control-api/index.ts";
import type { PartModel } from "../../../design/model.ts";
import { cpuAt, errorShareAt, isHurt, latencyMsAt, memoryAt, rateAt } from "./measures.ts";
import { firstVictim, type MadeUpSystem, snapshotOf } from "./system.ts";

/** What the map would show at a moment. */
export function figuresAt(system: MadeUpSystem, timeMs: number): Figures {
  const snapshot = snapshotOf(system);
  const parts = system.model.parts.map((part, index): PartFigures => {
    const replicas = (snapshot.parts[index]?.replicas ?? []).map((one) => ({
      id: one.id,
      state: one.state,
      cpu: cpuAt(one.id, timeMs),
      memoryBytes: memoryAt(one.id, timeMs),
      restarts: one.restarts,
      sinceMs: one.sinceMs,
    }));
    return {
      name: part.name,
      cpu: replicas.reduce((sum, one) => sum + one.cpu, 0),
      memoryBytes: replicas.reduce((sum, one) => sum + one.memoryBytes, 0),
      requests: requestsAt(system, part.name, timeMs),
      own: ownAt(part, timeMs),
      replicas,
    };
  });
  const links = system.links.map(
    ({ from, to }): LinkFigures => ({
      from,
      to,
      requests: {
        ...requestsAt(system, `${from}→${to}`, timeMs),
        source: from.startsWith("front") ? "edge" : "spans",
      },
      connections: 10,
    }),
  );
  return { timeMs, state: snapshot.state, parts, links };
}

function requestsAt(system: MadeUpSystem, name: string, timeMs: number): RequestFigures {
  return {
    perSecond: rateAt(name, timeMs),
    errorShare: errorShareAt(system, name, timeMs),
    p50Ms: latencyMsAt(system, name, timeMs, 0.5),
    p99Ms: latencyMsAt(system, name, timeMs, 0.99),
  };
}

function ownAt(part: PartModel, timeMs: number): OwnFigure[] {
  if (part.kind === "cache") {
    return [
      { label: "hit ratio", value: 0.94 + Math.sin(timeMs / 50_000) * 0.02, unit: "share" },
      { label: "keys", value: 12_400, unit: "count" },
    ];
  }
  if (part.kind !== "database") return [];
  const backends = 17 + Math.round(Math.sin(timeMs / 30_000) * 3);
  return [
    { label: "connections", value: backends, unit: "count" },
    { label: "cache hits", value: 0.997, unit: "share" },
  ];
}

/** The death of a replica and its return. */
export function marksOf(system: MadeUpSystem): Mark[] {
  const replica = firstVictim(system);
  const part = replica.split(".")[0] ?? "";
  return [
    { id: "1", kind: "death", fromMs: system.deathMs, part, text: `${replica} was killed (SIGKILL)` },
    { id: "2", kind: "restart", fromMs: system.deathMs + 8_000, part, text: `${replica} is ready again` },
  ];
}

const WINDOW_MS = 60_000;

/** A latency that is met, an availability that is not, a traffic of which little is known. */
export function requirementsAt(system: MadeUpSystem, timeMs: number): RequirementStatus[] {
  const entry = system.model.parts.findLast(({ kind }) => kind === "edge")?.name ?? "";
  const windows = Array.from({ length: 60 }, (_, index) => timeMs - (60 - index) * WINDOW_MS).map(
    (fromMs) => ({
      fromMs,
      isHurt: isHurt(system, fromMs) || isHurt(system, fromMs + WINDOW_MS / 2),
      p99: latencyMsAt(system, entry, fromMs, 0.99),
    }),
  );
  const p99 = latencyMsAt(system, entry, timeMs, 0.99);
  return [
    {
      id: "latency.p99",
      title: "p99 latency",
      unit: "ms",
      required: 200,
      bound: "at-most",
      measured: p99,
      recent: p99,
      state: "met",
      sentence: `99 % of requests took at most ${p99.toFixed(1)} ms; 200 ms are allowed`,
      windows: windows.map(({ fromMs, p99: measured, isHurt: hurt }) => ({
        fromMs,
        measured: hurt ? measured * 6 : measured,
        state: hurt ? "not-met" : "met",
      })),
      windowMs: WINDOW_MS,
      budget: {
        allowedShare: 0.01,
        requests: 1_200_000,
        bad: 900,
        remaining: 0.925,
        burn5m: 0.4,
        burn1h: 0.08,
      },
    },
    {
      id: "availability",
      title: "availability",
      unit: "share",
      required: 0.9999,
      bound: "at-least",
      measured: 0.9994,
      recent: 1,
      state: "not-met",
      sentence: "99.94 % of requests were answered; 99.99 % are required",
      windows: windows.map(({ fromMs, isHurt: hurt }) => ({
        fromMs,
        measured: hurt ? 0.91 : 1,
        state: hurt ? "not-met" : "met",
      })),
      windowMs: WINDOW_MS,
      budget: { allowedShare: 0.0001, requests: 1_200_000, bad: 720, remaining: -5, burn5m: 0, burn1h: 6 },
    },
    {
      id: "traffic",
      title: "peak traffic",
      unit: "per-second",
      required: 6_944,
      bound: "at-least",
      predicted: 8_200,
      state: "unknown",
      sentence: "A peak of 6,944 requests per second was not reached yet",
      windows: [],
      windowMs: WINDOW_MS,
    },
  ];
}
