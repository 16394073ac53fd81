import type { EdgeConfig } from "../../config/index.ts";

/** A sound configuration that says all that can be said. */
export const WHOLE_CONFIG = {
  listeners: [
    {
      kind: "http",
      host: "0.0.0.0",
      port: 443,
      tls: {
        certificates: [{ certificateFile: "a.pem", keyFile: "a-key.pem" }],
        local: { folder: "authority", names: ["localhost", "*.shop.localhost", "127.0.0.1"] },
        minVersion: "TLSv1.3",
        clients: { authorityFile: "people.pem", required: false },
        sessionMs: 0,
      },
      http2: false,
      trustedHops: "all",
      acceptProxy: true,
      routes: [
        {
          name: "orders",
          path: "/users/:id/orders",
          host: ["api.example.com", "*.example.com"],
          methods: ["GET", "POST"],
          headers: [{ name: "x-beta", equals: "1" }],
          query: [{ name: "draft", absent: true }],
          contentTypes: ["application/json"],
          to: [
            { to: "api", weight: 95 },
            { to: "next", weight: 5 },
          ],
          rewrite: {
            path: "/{id}",
            host: "api",
            requestHeaders: { "x-a": "b" },
            responseHeaders: { server: "" },
          },
          mirror: { to: "next", share: 0.1 },
          timeouts: { responseMs: 500, totalMs: 2_000, idleMs: 1_000 },
          retries: { attempts: 2, perTryMs: 200, statuses: [503], idempotent: true },
          bodyBytes: 1_000,
        },
        { path: "/old/*", redirect: { to: "/new/{rest}", status: 301 } },
        { path: "/gone", answer: { status: 410, body: "gone", contentType: "text/plain" } },
      ],
    },
    {
      kind: "tcp",
      host: "::",
      port: 443,
      to: "api",
      servers: [{ names: ["db.example.com", "*.db.example.com"], to: "next" }],
      acceptProxy: false,
      idleTimeoutMs: 0,
    },
    { kind: "udp", host: "0.0.0.0", port: 443, to: "next", idleTimeoutMs: 100, sessions: 5 },
  ],
  upstreams: {
    api: {
      endpoints: [{ id: "api.1", host: "127.0.0.1", port: 4_001, weight: 3 }],
      protocol: "http2",
      tls: {
        serverName: "api.example.com",
        authorityFile: "roots.pem",
        certificate: { certificateFile: "edge.pem", keyFile: "edge-key.pem" },
        insecure: false,
      },
      balance: { algorithm: "consistent-hash", key: { from: "header", name: "x-user" }, loadFactor: 1.5 },
      affinity: { by: "cookie", name: "sid", maxAgeMs: 60_000, secret: "0123456789abcdef" },
      health: {
        kind: "http",
        path: "/healthz",
        host: "api",
        statuses: [200, 204],
        bodyIncludes: "ok",
        intervalMs: 500,
        timeoutMs: 100,
        unhealthyAfter: 2,
        healthyAfter: 2,
      },
      outliers: {
        consecutiveErrors: 0,
        failureShare: 0,
        minimumRequests: 10,
        intervalMs: 1_000,
        ejectionMs: 1_000,
        maxEjectionMs: 5_000,
        maxEjectedShare: 1,
      },
      panicShare: 0,
      slowStartMs: 10_000,
      bounds: { connections: 10, pending: 0, pendingMs: 100, requests: 50, requestsPerConnection: 1_000 },
      breaker: {
        failureShare: 0.4,
        minimumRequests: 5,
        intervalMs: 1_000,
        openMs: 100,
        trials: 1,
        fallback: { to: "next" },
      },
    },
    next: {
      endpoints: [],
      sendProxy: "v2",
      balance: { algorithm: "least-response-time", decayMs: 500 },
      affinity: { by: "header", name: "x-user" },
      health: { kind: "tcp" },
      outliers: false,
      breaker: { fallback: { answer: { status: 503, body: "later" } } },
    },
  },
  limits: { bodyBytes: 0, idleUpstreamConnections: 0, connections: 10, idleTimeoutMs: 1_000 },
  documentationUrl: "https://example.com/errors",
  accessLog: { to: "access.jsonl", share: 0.1, always: false, slowMs: 0 },
  admin: { host: "::1", port: 0, token: "0123456789abcdef" },
  telemetry: {
    endpoint: "http://127.0.0.1:4318",
    headers: { authorization: "Bearer abc" },
    service: { name: "front", instance: "front.1", namespace: "shop" },
    metricsIntervalMs: 1_000,
    traces: { share: 0.01, perSecondMax: 0, slowMs: 250, trust: false },
  },
  workers: 64,
} as const satisfies EdgeConfig;

/** Where something stands in a configuration. */
export type Trail = readonly (string | number)[];

/** A copy with something else at a place; without a value, with nothing there. */
export function changed(config: unknown, [step, ...rest]: Trail, ...value: readonly unknown[]): unknown {
  if (step === undefined) return value[0];
  const inside: unknown = (config as Record<string | number, unknown>)[step];
  if (Array.isArray(config))
    return config.map((one, at) => (at === step ? changed(one, rest, ...value) : one));
  if (rest.length > 0 || value.length > 0)
    return { ...(config as object), [step]: changed(inside, rest, ...value) };
  return Object.fromEntries(Object.entries(config as object).filter(([name]) => name !== step));
}

/** Every place of a configuration, from the whole to its leaves. */
export function trailsOf(value: unknown, before: Trail = []): Trail[] {
  if (typeof value !== "object" || value === null) return [before];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [
    before,
    ...keys.flatMap((key) => trailsOf((value as Record<string | number, unknown>)[key], [...before, key])),
  ];
}
