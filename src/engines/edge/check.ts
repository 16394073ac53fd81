import type { EdgeConfig, EdgeLimits, ListenerConfig, UpstreamConfig } from "./config/index.ts";
import { EdgeError } from "./errors.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

/** Characters of a path that mean themselves and nothing else. */
const ROUTE = /^\/(?:[A-Za-z0-9\-._~!$&'()+,=:@]+\/)*(?:[A-Za-z0-9\-._~!$&'()+,=:@]+|\*)?$/;
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;

/** Throws `EdgeError` `INVALID_CONFIG`, naming the first place that is wrong, unless the configuration can be put in force. */
export function checkConfig(config: EdgeConfig): void {
  if (!isRecord(config) || !Array.isArray(config.listeners) || !isRecord(config.upstreams)) {
    throw invalid("config", "has to have listeners and upstreams");
  }
  if (config.listeners.length === 0) throw invalid("listeners", "has to name at least one address");
  for (const [name, upstream] of Object.entries(config.upstreams))
    checkUpstream(`upstreams.${name}`, upstream);
  for (const [at, listener] of config.listeners.entries())
    checkListener(`listeners[${at}]`, listener, config);
  checkLimits(config.limits ?? {});
}

function checkListener(place: string, listener: ListenerConfig, config: EdgeConfig): void {
  if (!isRecord(listener) || typeof listener.host !== "string" || listener.host === "") {
    throw invalid(`${place}.host`, "has to be an address, such as 127.0.0.1");
  }
  if (!isPort(listener.port, 0)) throw invalid(`${place}.port`, "has to be a whole number from 0 to 65535");
  const same = config.listeners.find((other) => other.host === listener.host && other.port === listener.port);
  if (listener.port !== 0 && same !== listener) throw invalid(`${place}.port`, "is another listener's too");
  if (!Array.isArray(listener.routes)) throw invalid(`${place}.routes`, "has to be a list");
  const paths = new Set<string>();
  for (const [at, route] of listener.routes.entries()) {
    const here = `${place}.routes[${at}]`;
    if (
      !isRecord(route) ||
      typeof route.path !== "string" ||
      !ROUTE.test(route.path) ||
      DOT_SEGMENT.test(route.path)
    ) {
      throw invalid(`${here}.path`, "has to be a path such as /exact or /prefix/*, of plain characters");
    }
    if (paths.has(route.path))
      throw invalid(`${here}.path`, `leads from ${route.path}, as a route before it does`);
    paths.add(route.path);
    if (typeof route.to !== "string" || !Object.hasOwn(config.upstreams, route.to)) {
      throw invalid(`${here}.to`, `names the upstream ${String(route.to)}, which does not exist`);
    }
  }
}

function checkUpstream(place: string, upstream: UpstreamConfig): void {
  if (!isRecord(upstream) || !Array.isArray(upstream.endpoints)) {
    throw invalid(`${place}.endpoints`, "has to be a list");
  }
  const ids = new Set<string>();
  for (const [at, endpoint] of upstream.endpoints.entries()) {
    const here = `${place}.endpoints[${at}]`;
    if (!isRecord(endpoint) || typeof endpoint.id !== "string" || endpoint.id === "") {
      throw invalid(`${here}.id`, "has to be a name");
    }
    if (ids.has(endpoint.id)) throw invalid(`${here}.id`, `is ${endpoint.id}, as one before it is`);
    ids.add(endpoint.id);
    if (typeof endpoint.host !== "string" || endpoint.host === "") {
      throw invalid(`${here}.host`, "has to be an address");
    }
    if (!isPort(endpoint.port, 1)) throw invalid(`${here}.port`, "has to be a whole number from 1 to 65535");
  }
  const { health } = upstream;
  if (health === undefined) return;
  if (!isRecord(health) || typeof health.path !== "string" || !/^\/[\x21-\x7e]*$/.test(health.path)) {
    throw invalid(`${place}.health.path`, "has to be a path such as /healthz");
  }
  for (const key of ["intervalMs", "timeoutMs", "unhealthyAfter", "healthyAfter"] as const) {
    if (health[key] !== undefined && !isCount(health[key], 1)) {
      throw invalid(`${place}.health.${key}`, "has to be a whole number from 1 on");
    }
  }
}

function checkLimits(limits: Partial<EdgeLimits>): void {
  for (const key of Object.keys(DEFAULT_LIMITS) as (keyof EdgeLimits)[]) {
    const least = key === "bodyBytes" || key === "idleUpstreamConnections" ? 0 : 1;
    if (limits[key] !== undefined && !isCount(limits[key], least)) {
      throw invalid(`limits.${key}`, `has to be a whole number from ${least} on`);
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown, least: number): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least;
}

function isPort(value: unknown, least: number): boolean {
  return isCount(value, least) && Number(value) <= 65_535;
}

function invalid(place: string, problem: string): EdgeError {
  return new EdgeError("INVALID_CONFIG", `${place} ${problem}`, { details: { place } });
}
