import { resolve } from "node:path";
import type {
  EndpointConfig,
  HealthCheckConfig,
  UpstreamConfig,
  UpstreamTlsConfig,
} from "../../engines/edge/config/index.ts";
import type { ServiceModel } from "../design/model.ts";
import type { HealthModel, UpstreamTlsModel } from "../design/upstream-model.ts";

/** How an edge reaches a service, as its design says it. `endpoints` are those of the replicas that serve. */
export function upstreamOf(
  service: ServiceModel,
  endpoints: readonly EndpointConfig[],
  designFolder: string,
): UpstreamConfig {
  const { weights, tls, ...upstream } = service.upstream ?? {};
  const overTls = service.url?.startsWith("https:") ? { tls: tlsOf(tls ?? {}, designFolder) } : {};
  const health = service.health && checkOf(service.health);
  return {
    endpoints: weights ? endpoints.map((endpoint) => weighted(endpoint, weights)) : endpoints,
    ...upstream,
    ...overTls,
    ...(health ? { health } : {}),
  };
}

/** The one endpoint at which a URL is served: of a service, a database or a cache. Undefined when it names no host. */
export function endpointAt(id: string, url: string): EndpointConfig | undefined {
  const { protocol, hostname, port } = URL.parse(url) ?? {};
  if (!protocol || !hostname) return undefined;
  return { id, host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || (PORTS[protocol] ?? 0)) };
}

/** Where a protocol is served when its URL does not say. */
const PORTS: Readonly<Record<string, number>> = {
  "http:": 80,
  "https:": 443,
  "postgres:": 5432,
  "postgresql:": 5432,
  "redis:": 6379,
  "rediss:": 6379,
};

/** The check of a running replica; none where nothing can be asked. */
function checkOf(health: HealthModel): HealthCheckConfig | undefined {
  return health.kind === "process" ? undefined : health;
}

/** With the weight of its replica: the id of an endpoint is `api.2#1`, of the second replica. */
function weighted(endpoint: EndpointConfig, weights: readonly number[]): EndpointConfig {
  const number = Number(/\.(\d+)(?:#\d+)?$/.exec(endpoint.id)?.[1] ?? 1);
  return { ...endpoint, weight: weights[number - 1] ?? 1 };
}

function tlsOf(
  { authorityFile, certificate, ...rest }: UpstreamTlsModel,
  designFolder: string,
): UpstreamTlsConfig {
  const here = (path: string) => resolve(designFolder, path);
  return {
    ...rest,
    ...(authorityFile === undefined ? {} : { authorityFile: here(authorityFile) }),
    ...(certificate
      ? {
          certificate: {
            certificateFile: here(certificate.certificateFile),
            keyFile: here(certificate.keyFile),
          },
        }
      : {}),
  };
}
