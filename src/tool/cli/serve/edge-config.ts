import type {
  EdgeConfig,
  EndpointConfig,
  HttpListenerConfig,
  RouteConfig,
  UpstreamConfig,
} from "../../../engines/edge/index.ts";
import { CliError } from "../errors.ts";

/** What the command line says of an edge in front of servers, without a configuration file. */
export interface QuickEdge {
  readonly host: string;
  readonly port: number;
  /** `http://host:port` or `https://host:port` each; together they take the requests that no route takes. */
  readonly to: readonly string[];
  /** `PATH=URL` each; one path may be named with several URLs. */
  readonly routes: readonly string[];
  /** A path of the upstreams that answers 2xx while they can serve. */
  readonly health?: string;
  /** Ends TLS with certificates of an authority that is kept in this folder. */
  readonly authorityFolder?: string;
  readonly workers?: number;
}

/** Makes an edge's configuration of command line options. Throws `BAD_ARGUMENT`. */
export function edgeConfigOf(
  options: QuickEdge,
): EdgeConfig & { readonly listeners: readonly HttpListenerConfig[] } {
  const { host, port, to, routes, health, authorityFolder, workers } = options;
  const byPath = new Map<string, string[]>();
  for (const route of routes) {
    const cut = route.indexOf("=");
    if (cut <= 0)
      throw bad(`--route ${route} is not of the form PATH=URL, as in --route '/api/*=http://127.0.0.1:3000'`);
    const path = route.slice(0, cut);
    byPath.set(path, [...(byPath.get(path) ?? []), route.slice(cut + 1)]);
  }
  if (to.length > 0) byPath.set("/*", [...(byPath.get("/*") ?? []), ...to]);
  if (byPath.size === 0) {
    throw bad("an edge needs somewhere to send requests: --to URL, --route PATH=URL, or --config FILE");
  }

  const upstreams: Record<string, UpstreamConfig> = {};
  const routeConfigs: RouteConfig[] = [];
  for (const [path, urls] of byPath) {
    routeConfigs.push({ path, to: path });
    upstreams[path] = {
      ...upstreamOf(path, urls),
      ...(health === undefined ? {} : { health: { path: health } }),
    };
  }
  const tls = authorityFolder === undefined ? {} : { tls: { local: { folder: authorityFolder } } };
  return {
    listeners: [{ host, port, routes: routeConfigs, ...tls }],
    upstreams,
    ...(workers === undefined ? {} : { workers }),
  };
}

function upstreamOf(path: string, urls: readonly string[]): UpstreamConfig {
  const servers = urls.map(serverOf);
  const overTls = servers.filter((server) => server.overTls).length;
  if (overTls > 0 && overTls < servers.length)
    throw bad(`the servers of ${path} are reached by http:// and by https://: it has to be one of them`);
  return { endpoints: servers.map(({ endpoint }) => endpoint), ...(overTls > 0 ? { tls: {} } : {}) };
}

function serverOf(text: string): { readonly endpoint: EndpointConfig; readonly overTls: boolean } {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw bad(`${text} is not an http:// or https:// URL, as in http://127.0.0.1:3000`);
  if (url.pathname !== "/" || url.search !== "" || url.username !== "") {
    throw bad(`${text} may have a host and a port alone: the edge passes paths on as they come`);
  }
  const overTls = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (overTls ? 443 : 80) : Number(url.port);
  return { endpoint: { id: url.host, host, port }, overTls };
}

function bad(message: string): CliError {
  return new CliError("BAD_ARGUMENT", message);
}
