/** The endpoints of one upstream, as callers write them. Pure. */

import type { EdgeConfig, EndpointConfig } from "../config/index.ts";
import { EdgeError } from "../errors.ts";
import { AdminError } from "./admin-errors.ts";

const KEYS: ReadonlySet<string> = new Set(["id", "host", "port", "weight"]);

/**
 * Reads `{ "endpoints": [{ "id", "host", "port", "weight"? }, …] }`. Throws `AdminError` `BAD_REQUEST` where that is no list of objects, and
 * `EdgeError` `INVALID_CONFIG` where an endpoint is not of its form; the values are checked with the configuration as a whole.
 */
export function endpointList(body: unknown, upstream: string): readonly EndpointConfig[] {
  if (!isRecord(body) || !Array.isArray(body.endpoints)) {
    throw new AdminError("BAD_REQUEST", 'the body has to be { "endpoints": [{ "id", "host", "port" }, …] }');
  }
  return body.endpoints.map((item: unknown, at) => {
    const place = `upstreams.${upstream}.endpoints[${at}]`;
    if (!isRecord(item)) throw invalid(place, "has to be an object");
    const unknown = Object.keys(item).find((key) => !KEYS.has(key));
    if (unknown !== undefined) throw invalid(`${place}.${unknown}`, "is nothing that an endpoint has");
    const { id, host, port, weight } = item;
    if (typeof id !== "string") throw invalid(`${place}.id`, "has to be a name");
    if (typeof host !== "string") throw invalid(`${place}.host`, "has to be an address");
    if (typeof port !== "number") throw invalid(`${place}.port`, "has to be a number");
    if (weight === undefined) return { id, host, port };
    if (typeof weight !== "number") throw invalid(`${place}.weight`, "has to be a number");
    return { id, host, port, weight };
  });
}

/** The configuration with other endpoints in one upstream. Throws `AdminError` `NOT_FOUND` when there is no such upstream. */
export function withEndpoints(
  config: EdgeConfig,
  upstream: string,
  endpoints: readonly EndpointConfig[],
): EdgeConfig {
  const before = Object.hasOwn(config.upstreams, upstream) ? config.upstreams[upstream] : undefined;
  if (!before) throw noUpstream(upstream);
  return { ...config, upstreams: { ...config.upstreams, [upstream]: { ...before, endpoints } } };
}

/** The endpoints of one upstream. Throws `AdminError` `NOT_FOUND` when there is no such upstream. */
export function endpointsOf(config: EdgeConfig, upstream: string): readonly EndpointConfig[] {
  const found = Object.hasOwn(config.upstreams, upstream) ? config.upstreams[upstream] : undefined;
  if (!found) throw noUpstream(upstream);
  return found.endpoints;
}

/** That the configuration knows no upstream of that name. */
export function noUpstream(upstream: string): AdminError {
  return new AdminError("NOT_FOUND", `there is no upstream ${upstream}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(place: string, problem: string): EdgeError {
  return new EdgeError("INVALID_CONFIG", `${place} ${problem}`, { details: { place } });
}
