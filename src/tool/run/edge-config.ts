import { join, resolve } from "node:path";
import type {
  AdminConfig,
  EdgeConfig,
  ListenerConfig,
  ListenerTlsConfig,
  TelemetryConfig,
} from "../../engines/edge/config/index.ts";
import type { EdgeModel, ListenerModel, TlsModel } from "../design/edge-model.ts";
import type { PartHost } from "./part.ts";
import { secretAt } from "./secret.ts";
import { METRICS_INTERVAL_MS, type TelemetryTarget } from "./telemetry/telemetry-target.ts";

/** What of the surroundings matters for an edge's configuration. */
type Folders = Pick<PartHost, "designFolder" | "stateFolder">;

/**
 * What an edge's configuration says besides its upstreams, as the design says it. `ports` are those of its listeners, in their order, where the
 * design leaves them open.
 */
export function edgeConfigOf(
  model: EdgeModel,
  ports: readonly number[],
  folders: Folders,
): Omit<EdgeConfig, "upstreams"> {
  const { name, listeners, workers, accessLog, admin, limits } = model;
  return {
    listeners: listeners.map((listener, at) => ({
      ...listenerOf(listener, name, folders),
      port: ports[at] ?? listener.port,
    })),
    workers,
    limits,
    ...(accessLog ? { accessLog: { ...accessLog, to: logPath(accessLog.to, folders) } } : {}),
    ...(admin ? { admin: adminOf(admin, name, folders) } : {}),
  };
}

/** What an edge tells of itself, and to whom. */
export function edgeTelemetry(
  name: string,
  { endpoint, headers, namespace, traces }: TelemetryTarget,
): TelemetryConfig {
  const { share, perSecondMax, slowMs, trustClients } = traces;
  return {
    endpoint,
    headers,
    service: { name, namespace },
    metricsIntervalMs: METRICS_INTERVAL_MS,
    traces: { share, perSecondMax, slowMs, ...(trustClients === undefined ? {} : { trust: trustClients }) },
  };
}

/** Where an edge is reached from this machine, in the order of its listeners; its metrics at the end, if operators have a port. */
export function urlsOf({ listeners, admin }: Omit<EdgeConfig, "upstreams">): string[] {
  const urls = listeners.map((one) => `${schemeOf(one)}://${hostInUrl(one.host)}:${one.port}`);
  return admin ? [...urls, `http://${hostInUrl(admin.host ?? "127.0.0.1")}:${admin.port}/metrics`] : urls;
}

function hostInUrl(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

/** What is spoken at an address, as URLs name it. */
function schemeOf(listener: ListenerConfig): string {
  if (listener.kind === "udp" || listener.kind === "tcp") return listener.kind;
  return listener.tls ? "https" : "http";
}

/** Where the development authority of an edge keeps its root: `root.pem` is what clients may trust. */
export function authorityFolder(stateFolder: string, edge: string): string {
  return join(stateFolder, edge, "authority");
}

function listenerOf(listener: ListenerModel, name: string, folders: Folders): ListenerConfig {
  if (listener.kind === "udp") return listener;
  const { tls, ...rest } = listener;
  return tls ? { ...rest, tls: tlsOf(tls, name, folders) } : rest;
}

function tlsOf(
  { certificates, local, clients, ...rest }: TlsModel,
  name: string,
  { designFolder, stateFolder }: Folders,
): ListenerTlsConfig {
  const here = (path: string) => resolve(designFolder, path);
  return {
    ...rest,
    ...(certificates
      ? {
          certificates: certificates.map(({ certificateFile, keyFile }) => ({
            certificateFile: here(certificateFile),
            keyFile: here(keyFile),
          })),
        }
      : {}),
    ...(local ? { local: { ...local, folder: authorityFolder(stateFolder, name) } } : {}),
    ...(clients ? { clients: { ...clients, authorityFile: here(clients.authorityFile) } } : {}),
  };
}

function adminOf(
  { port, token }: NonNullable<EdgeModel["admin"]>,
  name: string,
  { stateFolder }: Folders,
): AdminConfig {
  return { port, token: token ?? secretAt(join(stateFolder, name, "admin-token")) };
}

function logPath(to: string, { designFolder }: Folders): string {
  return to === "stdout" ? to : resolve(designFolder, to);
}
