import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { EdgeConfig, HttpListenerConfig } from "../../src/engines/edge/index.ts";
import { freePort } from "../machine/free-port.ts";
import { type ServerProcess, startServer, versionOf } from "../machine/server-process.ts";

/** HAProxy, with one thread and health checks; its own words for what our edge does. */
export async function startHaproxy(origin: number): Promise<ServerProcess> {
  const port = await freePort();
  return startServer({
    version: versionOf("haproxy", ["-v"], /version ([\d.]+)/, "haproxy"),
    port,
    configuration: () => `
global
  nbthread 1
  maxconn 8192
defaults
  mode http
  timeout connect 3s
  timeout client 60s
  timeout server 30s
  timeout http-request 10s
  option http-keep-alive
  option forwardfor
  http-reuse always
frontend front
  bind 127.0.0.1:${port}
  unique-id-format %[uuid()]
  unique-id-header X-Request-Id
  http-request set-header X-Forwarded-Proto http
  default_backend origin
backend origin
  option httpchk GET /healthz
  server origin 127.0.0.1:${origin} check inter 2s
`,
    command: (_folder, file) => ["haproxy", "-db", "-f", file],
    signal: "SIGTERM",
  });
}

/** Caddy as it comes, with health checks: it spreads over all processors by itself. */
export async function startCaddy(origin: number): Promise<ServerProcess> {
  const port = await freePort();
  return startServer({
    version: versionOf("caddy", ["version"], /v?([\d.]+)/, "caddy"),
    port,
    configuration: () => `
{
  admin off
  auto_https off
  log {
    level FATAL
  }
}
http://127.0.0.1:${port} {
  bind 127.0.0.1
  reverse_proxy 127.0.0.1:${origin} {
    health_uri /healthz
    health_interval 2s
    transport http {
      keepalive_idle_conns_per_host 256
    }
  }
}
`,
    command: (_folder, file) => ["caddy", "run", "--config", file, "--adapter", "caddyfile"],
    environment: { XDG_DATA_HOME: "/nonexistent", XDG_CONFIG_HOME: "/nonexistent" },
    signal: "SIGTERM",
  });
}

/**
 * Our edge as the supervisor starts it: twenty routes, health checks, metrics and all time limits on. `other`: where the first ten of them
 * lead, if elsewhere.
 */
export async function startOurs(origin: number, other = origin): Promise<ServerProcess> {
  const port = await freePort();
  const admin = await freePort();
  const main = join(import.meta.dirname, "..", "..", "src", "engines", "edge", "main.ts");
  const edge = fork(main, [], {
    execArgv: ["--max-semi-space-size=4"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const listening = once(edge, "message");
  edge.send({ type: "start", options: { config: configuration(port, admin, origin, other) } });
  const [said] = await listening;
  if (said?.type !== "listening") {
    edge.kill();
    throw new Error(`our edge did not begin to listen: ${JSON.stringify(said)}`);
  }
  return {
    version: "trestle",
    url: `http://127.0.0.1:${port}`,
    pid: edge.pid ?? 0,
    close: () => ended(edge),
  };
}

async function ended(edge: ChildProcess): Promise<void> {
  const exit = once(edge, "exit");
  edge.kill("SIGTERM");
  await exit;
}

function configuration(port: number, admin: number, origin: number, other: number): EdgeConfig {
  const routes: HttpListenerConfig["routes"] = [
    { path: "/*", to: "origin", timeouts: { totalMs: 600_000 }, retries: { attempts: 2, perTryMs: 20_000 } },
    ...Array.from({ length: 10 }, (_, at) => ({ path: `/service-${at}/*` as const, to: "other" })),
    ...Array.from({ length: 10 }, (_, at) => ({
      path: "/*" as const,
      host: `host-${at}.example.com`,
      to: "origin",
    })),
  ];
  return {
    listeners: [{ host: "127.0.0.1", port, routes }],
    upstreams: {
      origin: {
        endpoints: [{ id: "origin", host: "127.0.0.1", port: origin }],
        health: { path: "/healthz" },
        breaker: {},
      },
      other: { endpoints: [{ id: "other", host: "127.0.0.1", port: other }], health: { path: "/healthz" } },
    },
    limits: { connections: 12_000, bodyBytes: 2 ** 40, idleTimeoutMs: 600_000 },
    admin: { port: admin, token: "a-token-for-this-run-alone" },
  };
}
