// Everything here compiles: what the language allows, in each of its forms.
import { cache, database, edge, type ServicePart, service, system, task } from "trestle";

const links = database("links", { migrations: "./migrations", url: process.env.DATABASE });
const hot = cache("hot", { memory: "64MiB" });
cache("warm", { memory: 67_108_864 });
const outside = service("outside", { url: "http://127.0.0.1:9000" });
const seed = task("seed", { command: ["python3", "seed.py"], uses: { links }, timeout: "5 minutes" });
const first: ServicePart = service("first", { run: "./first.ts", uses: () => ({ second, outside }) });
const second = service("second", {
  command: ["python3", "app.py"],
  folder: "./second",
  uses: { links, hot, seed },
  environment: { LOG_LEVEL: "debug" },
  replicas: 3,
  health: "/healthz",
  startTimeout: "1.5 min",
  stopTimeout: 500,
});
service("scaled", { run: "./first.ts", replicas: { max: 6 } });
service("scaled-by-much", {
  run: "./first.ts",
  replicas: {
    min: 2,
    max: 20,
    target: { cpu: "150%", requestsPerSecond: 200, concurrency: 8, memory: "200 MiB" },
    scaleUp: { stabilization: "30 s", policies: [{ percent: 50, period: "1 min" }], tolerance: "5%" },
    scaleDown: {
      policies: [
        { replicas: 1, period: "1 min" },
        { percent: 10, period: 60_000 },
      ],
      select: "min",
    },
    predictive: { by: "requestsPerSecond", headroom: "30%", lead: "10 min" },
  },
});
service("scaled-up-alone", { run: "./first.ts", replicas: { max: 3, scaleDown: false, predictive: true } });
service("planned", {
  run: "./first.ts",
  uses: { links, hot },
  plan: {
    work: {
      default: { time: "2 ms" },
      read: {
        time: "300 us",
        spread: 0.5,
        calls: { hot: 1, links: { share: "2%", timeout: "200 ms", retries: 1 } },
      },
    },
    concurrency: 100,
    availability: "99.9%",
    failover: "5 s",
    zones: 3,
    pricePerMonth: 25,
    disk: "2 TB",
  },
});
const front = edge("front", {
  port: 0,
  host: "0.0.0.0",
  routes: () => [
    { path: "/a", to: first },
    { path: "/b/*", to: second },
  ],
});
const beyond = edge("beyond", { url: "https://example.com" });

export default system("everything", {
  requires: {
    traffic: { rate: "200M/day", peak: 3, reads: "90%" },
    latency: { p50: "500 us", p90: "50 ms", p95: 100, p99: "0.2 s", p999: "1 second" },
    availability: 0.999,
    durability: "99.999999999%",
    retention: "5 years",
    data: { recordSize: "500 B", recordsPerDay: "2.5M", requestSize: "1 kB", responseSize: "2 KiB" },
    growthPerYear: "50%",
  },
  requests: {
    read: {
      to: front,
      request: "GET /a/:id",
      share: "90%",
      keys: { count: "1M", skew: 0.9 },
      responseSize: "2 kB",
    },
    write: { to: front, request: "POST /b", kind: "write", requestSize: "1 kB" },
  },
  telemetry: {
    traces: { share: "1%", perSecond: 20, slow: "250 ms", trustClients: false },
    forward: "http://127.0.0.1:4318",
    record: false,
  },
  parts: [front, beyond],
});

// ---- what an edge can be told ----

const next = service("next", {
  command: ["next"],
  health: { path: "/healthz", interval: "500 ms", statuses: [200, 204], bodyIncludes: "ok" },
  upstream: {
    balance: { algorithm: "consistent-hash", key: { header: "x-user" }, loadFactor: 1.5 },
    affinity: { cookie: "sid", maxAge: "1 h" },
    outliers: { consecutiveErrors: 3, failureShare: "20%", ejection: "10 s" },
    panic: "30%",
    slowStart: "5 s",
    bounds: { connections: 100, pending: 10, pendingTimeout: "1 s" },
    breaker: { failureShare: "50%", open: "2 s", fallback: second },
  },
});
const dns = service("dns", { command: ["dns"], health: "process" });
const grpc = service("grpc", {
  command: ["grpc"],
  health: "tcp",
  upstream: { protocol: "http2", outliers: false },
});
edge("everything", {
  port: 8443,
  tls: {
    certificates: [{ certificate: "a.pem", key: "a-key.pem" }],
    minVersion: "TLSv1.3",
    clients: { authority: "b.pem" },
  },
  trustedProxies: "all",
  routes: [
    {
      path: "/*",
      to: [
        { to: second, weight: 95 },
        { to: next, weight: 5 },
      ],
    },
    {
      path: "/users/:id",
      host: ["a.example.com"],
      methods: ["GET"],
      headers: { "x-beta": true, "x-old": false },
      to: next,
    },
    {
      path: "/q",
      query: { page: { prefix: "1" } },
      contentTypes: ["application/json"],
      to: next,
      rewrite: "/{path}",
    },
    { path: "/old/*", redirect: { to: "/new/{rest}", status: 301 } },
    { path: "/older/*", redirect: "/new/{rest}" },
    { path: "/gone", answer: { status: 410, body: "gone" } },
    {
      path: "/m",
      to: second,
      mirror: { to: next, share: "10%" },
      timeouts: { total: "2 s" },
      retries: 2,
      bodySize: "1 MiB",
    },
  ],
  listeners: [
    { port: 5433, tcp: links },
    { port: 6380, tcp: { servers: { "hot.example.com": hot }, idleTimeout: "5 min" } },
    { port: 5353, udp: { to: dns, sessions: 100 } },
    { port: 50_051, routes: [{ path: "/*", to: grpc }], tls: true },
  ],
  workers: 4,
  accessLog: { to: "./access.jsonl", share: "1%" },
  admin: 9901,
  limits: { bodySize: "1 MiB", idleTimeout: "1 min" },
});
edge("database", { port: 5434, tcp: () => links, acceptProxy: true });
