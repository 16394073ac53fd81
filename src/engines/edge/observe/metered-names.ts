import type { EdgeConfig } from "../config/index.ts";
import { routeName } from "../routing/route-name.ts";
import type { MeteredNames } from "./metrics-snapshot.ts";

/** What metrics are told of: nothing that a configuration does not name. `listeners`: as `host:port`, with the port in use. Pure. */
export function meteredNames(config: EdgeConfig, listeners: readonly string[]): MeteredNames {
  const routes = config.listeners.flatMap((listener) =>
    listener.kind === "tcp" || listener.kind === "udp" ? [] : listener.routes,
  );
  return {
    routes: routes.map((route) => route.name ?? routeName(route)),
    upstreams: Object.entries(config.upstreams).map(([name, { endpoints }]) => [
      name,
      endpoints.map(({ id }) => id),
    ]),
    listeners,
  };
}
