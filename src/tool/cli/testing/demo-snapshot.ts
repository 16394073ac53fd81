import type { SystemSnapshot } from "../../run/index.ts";

const MIB = 1024 ** 2;

/** The small shortener of `demo-model.ts` while it runs; one replica is in a crash loop. */
export const demoSnapshot: SystemSnapshot = {
  system: "shortener",
  file: "/srv/shortener/system.ts",
  state: "degraded",
  pid: 4000,
  memoryBytes: 60 * MIB,
  startedMs: 1_000_000,
  run: "20260101T000000Z-0001",
  parts: [
    {
      name: "links",
      kind: "database",
      url: "postgres://shortener@127.0.0.1:20001/links",
      external: false,
      replicas: [
        {
          id: "links",
          state: { is: "ready" },
          pid: 4001,
          port: 20001,
          restarts: 0,
          sinceMs: 1_000_400,
          memoryBytes: 40 * MIB,
        },
      ],
    },
    { name: "hot", kind: "cache", url: "redis://127.0.0.1:20002", external: true, replicas: [] },
    {
      name: "shortener",
      kind: "service",
      external: false,
      replicas: [
        {
          id: "shortener.1",
          state: { is: "ready" },
          pid: 4003,
          port: 20003,
          restarts: 2,
          sinceMs: 1_060_000,
          memoryBytes: 70 * MIB,
        },
        {
          id: "shortener.2",
          state: { is: "failed", reason: "exited with code 1", looping: true, retryInMs: 30_000 },
          restarts: 12,
          sinceMs: 1_100_000,
        },
      ],
    },
    {
      name: "front",
      kind: "edge",
      url: "http://127.0.0.1:8080",
      moreUrls: ["http://127.0.0.1:9901/metrics"],
      external: false,
      replicas: [
        {
          id: "front",
          state: { is: "ready" },
          pid: 4005,
          port: 8080,
          restarts: 0,
          sinceMs: 1_001_000,
          memoryBytes: 62 * MIB,
        },
      ],
    },
  ],
};
