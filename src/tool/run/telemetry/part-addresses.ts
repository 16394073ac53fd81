import type { Attributes } from "../../../blocks/telemetry/otlp/model.ts";
import { endpointAt } from "../upstream-config.ts";
import type { Sender } from "./part-directory.ts";

/** What a directory has to know of a part; the supervisor's own parts are like this. */
export interface ListeningPart {
  readonly name: string;
  /** Where its users reach it. */
  readonly url?: string | undefined;
  readonly moreUrls?: readonly string[];
  readonly keepers: Iterable<{
    /** `port` is where it listens on loopback. */
    readonly job: { readonly id: string; port?(): number | undefined };
    readonly child?: { readonly pid: number | undefined } | undefined;
  }>;
}

/** Which part listens where, and which process belongs to whom, at one moment. */
export class AddressBook {
  readonly #names = new Set<string>();
  readonly #replicas = new Map<string, Sender>();
  readonly #processes = new Map<number, Sender>();
  /** By port, on this machine. */
  readonly #near = new Map<number, string>();
  /** By `host:port`, and by `host` alone. An empty name says that several parts are there. */
  readonly #far = new Map<string, string>();

  constructor(parts: Iterable<ListeningPart>) {
    for (const part of parts) {
      this.#names.add(part.name);
      for (const { job, child } of part.keepers) {
        const replica = { part: part.name, replica: job.id };
        this.#replicas.set(job.id, replica);
        if (child?.pid !== undefined) this.#processes.set(child.pid, replica);
        const port = job.port?.();
        // A service that uses its own port's number elsewhere is told apart by its URL, which is read after all replicas.
        if (port !== undefined) this.#near.set(port, part.name);
      }
      if (part.url !== undefined) this.#enter(part.name, part.url);
      for (const url of part.moreUrls ?? []) this.#enter(part.name, url);
    }
  }

  has(part: string): boolean {
    return this.#names.has(part);
  }

  replica(id: string): Sender | undefined {
    return this.#replicas.get(id);
  }

  replicaOfProcess(pid: number): Sender | undefined {
    return this.#processes.get(pid);
  }

  /** The part at an address. Without a port: the only one that has its host, elsewhere than on this machine. */
  partAt(host: string, port: number | undefined): string | undefined {
    const name = plainHost(host);
    if (isThisMachine(name)) return port === undefined ? undefined : this.#near.get(port);
    return this.#far.get(port === undefined ? name : `${name}:${port}`) || undefined;
  }

  #enter(part: string, url: string): void {
    const address = addressOf(url);
    if (!address) return;
    const { host, port } = address;
    if (isThisMachine(host)) {
      if (port !== undefined) this.#near.set(port, part);
      return;
    }
    const keys = port === undefined ? [host] : [host, `${host}:${port}`];
    for (const key of keys) {
      const other = this.#far.get(key);
      this.#far.set(key, other === undefined || other === part ? part : "");
    }
  }
}

/** A host and a port. */
export interface Address {
  readonly host: string;
  /** Undefined where neither the URL nor its scheme says it. */
  readonly port: number | undefined;
}

/** Where the other end of a client's span or metric is, by the present and the older names of OpenTelemetry's conventions. */
export function addressIn(attributes: Attributes): Address | undefined {
  const host =
    attributes["server.address"] ?? attributes["net.peer.name"] ?? attributes["network.peer.address"];
  const port = attributes["server.port"] ?? attributes["net.peer.port"] ?? attributes["network.peer.port"];
  const url = attributes["url.full"] ?? attributes["http.url"];
  const told = typeof url === "string" ? addressOf(url) : undefined;
  if (typeof host !== "string" || host === "") return told;
  return { host, port: portOf(port) ?? told?.port };
}

/** The address in a URL, its host in the form in which hosts are compared. Undefined when there is none. */
export function addressOf(url: string): Address | undefined {
  const endpoint = endpointAt("", url);
  return endpoint && { host: plainHost(endpoint.host), port: endpoint.port || undefined };
}

function portOf(value: unknown): number | undefined {
  const port = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof port === "number" && Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
}

/** Lower case, without brackets, and without the dot that ends a name of DNS. */
function plainHost(host: string): string {
  // Nearly all are like this already.
  if (host === "127.0.0.1" || host === "localhost") return host;
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  return (bare.endsWith(".") ? bare.slice(0, -1) : bare).toLowerCase();
}

function isThisMachine(host: string): boolean {
  return host === "127.0.0.1" || host === "localhost" || host === "::1" || host === "::ffff:127.0.0.1";
}
