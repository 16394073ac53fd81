import type { SystemModel } from "../../design/model.ts";

/** A small shortener, as the checked model of a design. */
export const demoModel: SystemModel = {
  version: 1,
  name: "shortener",
  requires: {},
  parts: [
    { kind: "database", name: "links" },
    { kind: "cache", name: "hot", memoryBytes: 64 * 1024 ** 2 },
    {
      kind: "service",
      name: "shortener",
      program: { run: "./service.ts" },
      folder: ".",
      uses: { links: "links", hot: "hot" },
      environment: {},
      replicas: 2,
      health: { kind: "http", path: "/healthz" },
      startTimeoutMs: 30_000,
      stopTimeoutMs: 10_000,
    },
    {
      kind: "edge",
      name: "front",
      listeners: [
        {
          kind: "http",
          host: "127.0.0.1",
          port: 8080,
          routes: [{ path: "/*", to: "shortener" }],
          http2: true,
          trustedHops: 0,
          acceptProxy: false,
        },
      ],
      workers: 1,
      limits: {},
    },
  ],
};
