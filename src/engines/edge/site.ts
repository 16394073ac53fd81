import type { Random } from "../../blocks/time/index.ts";
import type { HttpListenerConfig } from "./config/index.ts";
import { compileRoutes } from "./routing/compiled-route.ts";
import { RouteTable } from "./routing/route-table.ts";
import type { Site } from "./runtime.ts";
import type { Upstream } from "./upstream/upstream.ts";

/** Of a listener that is open before its configuration is in force: it answers 404. */
export const EMPTY_SITE: Site = { routes: new RouteTable([]), trustedHops: 0 };

/** What a listener's configuration, which is checked already, asks for. */
export function siteOf(
  { routes, trustedHops = 0 }: HttpListenerConfig,
  upstreams: ReadonlyMap<string, Upstream>,
  random: Random,
): Site {
  const upstreamOf = (name: string): Upstream => {
    const upstream = upstreams.get(name);
    if (!upstream) throw new Error(`a checked configuration leads to ${name}, which does not exist`);
    return upstream;
  };
  return {
    routes: compileRoutes(routes, { upstreamOf, random }),
    trustedHops: trustedHops === "all" ? Number.POSITIVE_INFINITY : trustedHops,
  };
}
