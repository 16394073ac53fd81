import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { problemsOfConfig } from "../../engines/edge/check.ts";
import type {
  BreakerConfig,
  EdgeConfig,
  EdgeLimits,
  HealthCheckConfig,
  HttpListenerConfig,
  ListenerTlsConfig,
  OutlierConfig,
  RouteConfig,
  TcpListenerConfig,
  UdpListenerConfig,
  UpstreamBoundsConfig,
  UpstreamConfig,
  UpstreamTlsConfig,
} from "../../engines/edge/config/index.ts";
import { checkSystem } from "../design/check/system.ts";
import type {
  EdgeModel,
  HttpListenerModel,
  LimitsModel,
  RouteModel,
  TcpListenerModel,
  TlsModel,
  UdpListenerModel,
} from "../design/edge-model.ts";
import { cache, database, edge, type Part, service, system } from "../design/index.ts";
import type { ServiceModel } from "../design/model.ts";
import type {
  BoundsModel,
  BreakerModel,
  HealthModel,
  OutliersModel,
  UpstreamModel,
  UpstreamTlsModel,
} from "../design/upstream-model.ts";
import { edgeConfigOf, urlsOf } from "./edge-config.ts";
import { temporaryFolder } from "./testdata/stage.ts";
import { endpointAt, upstreamOf } from "./upstream-config.ts";

const folders = { designFolder: "/design", stateFolder: "/state" };
// A file that is there, wherever a certificate is asked for.
const here = { certificate: "./edge-config.test.ts", key: "./edge-config.test.ts" };

const api = service("api", {
  command: ["api"],
  health: { path: "/healthz", interval: "500 ms", timeout: 100, statuses: [200], unhealthyAfter: 2 },
  upstream: {
    balance: { algorithm: "consistent-hash", key: { cookie: "sid" }, loadFactor: 2 },
    weights: [3, 2],
    affinity: { cookie: "sid", maxAge: "1 h" },
    outliers: { failureShare: "20%", ejection: "10 s" },
    panic: "30%",
    slowStart: "5 s",
    bounds: { connections: 10, pendingTimeout: "1.5 s" },
    breaker: { failureShare: "40%", open: "2 s", fallback: { status: 503, body: "later" } },
  },
});
const next = service("next", {
  command: ["next"],
  health: "process",
  upstream: { breaker: true, outliers: false },
});
const outside = service("outside", {
  url: "https://api.example.com",
  health: "tcp",
  upstream: { tls: { serverName: "api.internal", authority: "./edge-config.test.ts" }, protocol: "http2" },
});
const front = edge("front", {
  port: 8443,
  tls: { certificates: [here], clients: { authority: here.key, required: false }, session: "1 h" },
  trustedProxies: 2,
  routes: [
    {
      path: "/*",
      to: [
        { to: api, weight: 9 },
        { to: next, weight: 1 },
      ],
      timeouts: { total: "2 s" },
      retries: 2,
    },
    {
      path: "/users/:id",
      headers: { "x-beta": { prefix: "1" } },
      query: { q: false },
      to: api,
      rewrite: "/{id}",
    },
    { path: "/out/*", to: outside, mirror: { to: next, share: "10%" }, bodySize: "1 MiB" },
    { path: "/old", redirect: "/new" },
  ],
  listeners: [
    { port: 0, routes: [{ path: "/*", redirect: "https://{host}{path}" }] },
    { port: 5433, tcp: { to: database("links"), idleTimeout: "1 min" } },
    { port: 6380, tcp: { servers: { "*.hot.example.com": cache("hot") } }, acceptProxy: true },
    { port: 5353, udp: { to: next, sessions: 10 } },
    { port: 9443, routes: [{ path: "/*", to: api }], tls: true, http2: false },
  ],
  workers: 2,
  accessLog: { to: "./access.jsonl", share: "1%", slow: "500 ms" },
  admin: { port: 9901, token: "0123456789abcdef" },
  limits: { bodySize: "2 MiB", headerFields: 50, idleTimeout: "30 s" },
});

function modelsOf(...parts: Part[]) {
  const { model, findings } = checkSystem(system("shop", { parts }), {
    folder: import.meta.dirname,
    environment: {},
  });
  assert.deepEqual(findings, []);
  const named = <Model>(name: string) => model.parts.find((part) => part.name === name) as Model;
  return { edge: named<EdgeModel>("front"), service: (name: string) => named<ServiceModel>(name) };
}

test("all that a design says of an edge, its configuration says, and the edge takes it", () => {
  const models = modelsOf(front);
  const config: EdgeConfig = {
    ...edgeConfigOf(models.edge, [8443, 20_001, 5433, 6380, 5353, 9443], folders),
    upstreams: {
      api: upstreamOf(
        models.service("api"),
        [1, 2, 3].map((number) => ({ id: `api.${number}#1`, host: "127.0.0.1", port: 4_000 + number })),
        "/design",
      ),
      next: upstreamOf(models.service("next"), [], "/design"),
      outside: upstreamOf(
        models.service("outside"),
        [endpointAt("outside", "https://api.example.com") ?? assert.fail()],
        "/design",
      ),
      links: { endpoints: [endpointAt("links", "postgres://a:b@127.0.0.1:20002/links") ?? assert.fail()] },
      hot: { endpoints: [endpointAt("hot", "redis://[::1]") ?? assert.fail()] },
    },
  };
  assert.deepEqual(problemsOfConfig(config), []);
  const expected: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, "testdata", "whole-edge.json"), "utf8"),
  );
  assert.deepEqual(config, expected);
  assert.deepEqual(urlsOf(config), [
    "https://127.0.0.1:8443",
    "http://127.0.0.1:20001",
    "tcp://127.0.0.1:5433",
    "tcp://127.0.0.1:6380",
    "udp://127.0.0.1:5353",
    "https://127.0.0.1:9443",
    "http://127.0.0.1:9901/metrics",
  ]);
});

test("a design that says nothing more leaves everything to the edge's defaults", () => {
  const plain = service("api", { command: ["api"] });
  const models = modelsOf(edge("front", { routes: [{ path: "/*", to: plain }] }));
  assert.deepEqual(edgeConfigOf(models.edge, [8080], folders), {
    listeners: [
      {
        kind: "http",
        host: "127.0.0.1",
        port: 8080,
        routes: [{ path: "/*", to: "api" }],
        http2: true,
        trustedHops: 0,
        acceptProxy: false,
      },
    ],
    workers: 1,
    limits: {},
  });
  assert.deepEqual(upstreamOf(models.service("api"), [], "/design"), { endpoints: [] });
});

test("a token that the design does not name is made once, and kept where only its owner reads it", (t) => {
  const stateFolder = temporaryFolder(t);
  const { edge: model } = modelsOf(edge("front", { routes: [{ path: "/", redirect: "/a" }], admin: 9901 }));
  const config = () => edgeConfigOf(model, [], { ...folders, stateFolder });
  const { token = "" } = config().admin ?? {};
  assert.match(token, /^[\w-]{32}$/);
  assert.equal(config().admin?.token, token);
  assert.equal(readFileSync(join(stateFolder, "front", "admin-token"), "utf8").trim(), token);
});

/** The names that only one of two types has. */
type Different<One, Other> = Exclude<keyof One | keyof Other, keyof One & keyof Other>;

test("a setting that the edge has and the design cannot say does not compile here", () => {
  const said: readonly [
    Different<RouteConfig, RouteModel>,
    Different<HttpListenerConfig, HttpListenerModel>,
    Different<TcpListenerConfig, TcpListenerModel>,
    Different<UdpListenerConfig, UdpListenerModel>,
    Different<ListenerTlsConfig, TlsModel>,
    Different<EdgeLimits, LimitsModel>,
    // Where it is documented is for who runs it to say, upstreams are the design's services, and telemetry is the whole system's.
    Exclude<
      Different<EdgeConfig, EdgeModel>,
      "documentationUrl" | "upstreams" | "telemetry" | "kind" | "name" | "plan" | "url"
    >,
    // Endpoints are replicas; a health check is the service's own.
    Exclude<Different<UpstreamConfig, UpstreamModel>, "endpoints" | "health" | "weights">,
    Different<OutlierConfig, OutliersModel>,
    Different<UpstreamBoundsConfig, BoundsModel>,
    Different<BreakerConfig, BreakerModel>,
    Different<UpstreamTlsConfig, UpstreamTlsModel>,
    Different<HealthCheckConfig, Extract<HealthModel, { kind: "http" }>>,
  ][] = [];
  const none: readonly never[][] = said.map((names) => [...names]);
  assert.deepEqual(none, []);
});
