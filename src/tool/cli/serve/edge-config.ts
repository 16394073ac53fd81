import type {
  EdgeConfig,
  EndpointConfig,
  HttpListenerConfig,
  RouteConfig,
  UpstreamConfig,
} from "../../../engines/edge/index.ts";
import { CliError } from "../errors.ts";

export interface ServeEdgeOptions {
  readonly host: string;
  readonly port: number;
  /** `http://host:port` each; together they take the requests that no route takes. */
  readonly to: readonly string[];
  /** `PATH=URL` each; one path may be named with several URLs. */
  readonly routes: readonly string[];
  /** A path of the upstreams that answers 2xx while they can serve. */
  readonly health?: string;
  readonly json: boolean;
}

/** Makes an edge's configuration of command line options. Throws `BAD_ARGUMENT`. */
export function edgeConfigOf(
  options: Pick<ServeEdgeOptions, "host" | "port" | "to" | "routes" | "health">,
): EdgeConfig & { readonly listeners: readonly HttpListenerConfig[] } {
  const { host, port, to, routes, health } = options;
  const byPath = new Map<string, string[]>();
  for (const route of routes) {
    const cut = route.indexOf("=");
    if (cut <= 0)
      throw bad(`--route ${route} is not of the form PATH=URL, as in --route '/api/*=http://127.0.0.1:3000'`);
    const path = route.slice(0, cut);
    byPath.set(path, [...(byPath.get(path) ?? []), route.slice(cut + 1)]);
  }
  if (to.length > 0) byPath.set("/*", [...(byPath.get("/*") ?? []), ...to]);
  if (byPath.size === 0) throw bad("an edge needs somewhere to send requests: --to URL, or --route PATH=URL");

  const upstreams: Record<string, UpstreamConfig> = {};
  const routeConfigs: RouteConfig[] = [];
  for (const [path, urls] of byPath) {
    routeConfigs.push({ path, to: path });
    upstreams[path] = {
      endpoints: urls.map(endpointOf),
      ...(health === undefined ? {} : { health: { path: health } }),
    };
  }
  return { listeners: [{ host, port, routes: routeConfigs }], upstreams };
}

function endpointOf(text: string): EndpointConfig {
  const url = URL.parse(text);
  if (url?.protocol !== "http:") throw bad(`${text} is not an http:// URL, as in http://127.0.0.1:3000`);
  if (url.pathname !== "/" || url.search !== "" || url.username !== "") {
    throw bad(`${text} may have a host and a port alone: the edge passes paths on as they come`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return { id: url.host, host, port: url.port === "" ? 80 : Number(url.port) };
}

function bad(message: string): CliError {
  return new CliError("BAD_ARGUMENT", message);
}
