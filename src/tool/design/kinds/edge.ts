import type { Place } from "../check/place.ts";
import { whole } from "../check/readers.ts";
import { isPlainObject, readList, readOptions } from "../check/values.ts";
import type { EdgeModel, ListenerModel } from "../edge-model.ts";
import { type CachePart, createPart, type DatabasePart, type EdgePart, type ServicePart } from "../part.ts";
import { type PlanFacts, readPlanFacts } from "../plan-facts.ts";
import type { Duration } from "../quantities/duration.ts";
import { LISTENER_OPTIONS, readListener, spokenIn } from "./edge/listeners.ts";
import {
  type AccessLog,
  type Admin,
  type Limits,
  readAccessLog,
  readAdmin,
  readLimits,
} from "./edge/operation.ts";
import type { Route } from "./edge/route-options.ts";
import type { TlsOptions } from "./edge/tls.ts";
import type { Kind, Need } from "./kind.ts";

/** The options of an edge: what it listens at and where that leads, or the URL of one that runs elsewhere. */
export type EdgeOptions =
  | (EdgeSettings & AddressOptions & (HttpOptions | TcpOptions | UdpOptions))
  | OutsideOptions;

/** One more address of an edge. Its port has to be given. */
export type Listener = AddressOptions & { readonly port: number } & (HttpOptions | TcpOptions | UdpOptions);

interface AddressOptions {
  /** Where it listens. 0 to 65535, 0 for any free one; default 8080 for HTTP. */
  readonly port?: number | undefined;
  /** The address it listens at. Default 127.0.0.1, this machine alone; `"0.0.0.0"` is all of IPv4, `"::"` everything. */
  readonly host?: string | undefined;
}

/** HTTP/1.1 and HTTP/2. */
interface HttpOptions {
  /**
   * Which requests lead to which services; at least one. The most specific route wins, whatever the order. A function that
   * returns them may name services that are defined further down.
   */
  readonly routes: readonly Route[] | (() => readonly Route[]);
  /** Ends TLS here. `true`: with certificates of an authority of this machine, for development. Default: plain text. */
  readonly tls?: boolean | TlsOptions | undefined;
  /** Whether HTTP/2 is spoken with those who offer it. Default true. */
  readonly http2?: boolean | undefined;
  /** How many proxies in front of it are believed what they say of clients. 0 to 100, or `"all"`; default 0. */
  readonly trustedProxies?: number | "all" | undefined;
  /** Whether connections begin with a PROXY protocol header, which is believed. Default false. */
  readonly acceptProxy?: boolean | undefined;
  readonly tcp?: undefined;
  readonly udp?: undefined;
}

/** Bytes, passed through as they are. */
interface TcpOptions {
  /** Where connections lead. */
  readonly tcp: TcpTarget | TcpRoutes | (() => TcpTarget | TcpRoutes);
  /** Ends TLS here, and passes on what is inside. Not with `servers`. Default: bytes pass as they are. */
  readonly tls?: boolean | TlsOptions | undefined;
  readonly acceptProxy?: boolean | undefined;
  readonly routes?: undefined;
  readonly udp?: undefined;
  readonly http2?: undefined;
  readonly trustedProxies?: undefined;
}

/** Datagrams. */
interface UdpOptions {
  /** Where datagrams lead: those of one client to one replica. */
  readonly udp: ServicePart | UdpRoute | (() => ServicePart | UdpRoute);
  readonly routes?: undefined;
  readonly tcp?: undefined;
  readonly tls?: undefined;
  readonly http2?: undefined;
  readonly trustedProxies?: undefined;
  readonly acceptProxy?: undefined;
}

/** What takes connections. */
export type TcpTarget = ServicePart | DatabasePart | CachePart;

/** Where connections lead. */
export interface TcpRoutes {
  /** Those that no entry of `servers` takes; without it, they are closed. */
  readonly to?: TcpTarget | undefined;
  /** By the name that a TLS client asks for, which is read and not answered: `{ "db.example.com": links }`, or `"*.example.com"`. */
  readonly servers?: Readonly<Record<string, TcpTarget>> | undefined;
  /** Silence in both directions after which a connection is closed. 0 (never) to 1 day; default 10 min. */
  readonly idleTimeout?: Duration | undefined;
}

/** Where datagrams lead. */
export interface UdpRoute {
  readonly to: ServicePart;
  /** Silence in both directions after which a client may be led elsewhere. 1 ms to 1 day; default 30 s. */
  readonly idleTimeout?: Duration | undefined;
  /** Clients at once. 1 to 1,000,000; default 10,000. */
  readonly sessions?: number | undefined;
}

interface EdgeSettings {
  /** More addresses, each with its own routes. Default none. */
  readonly listeners?: readonly Listener[] | undefined;
  /** Processes that share its ports and the work. 1 to 64; default 1. */
  readonly workers?: number | undefined;
  /** A line of JSON for each request that is over; `true`: among the edge's logs. Default none. */
  readonly accessLog?: boolean | AccessLog | undefined;
  /** The port, on 127.0.0.1, of an HTTP server for operators, with metrics at `/metrics`. Default none. */
  readonly admin?: number | Admin | undefined;
  /** Bounds on what clients and services may ask of it. */
  readonly limits?: Limits | undefined;
  /** What `trestle plan` takes for granted of it. */
  readonly plan?: PlanFacts | undefined;
  /** Stands outside Trestle, at `http://` or `https://`: nothing is started, and this URL is handed on. */
  readonly url?: string | undefined;
}

interface OutsideOptions extends EdgeSettings, AddressOptions {
  readonly url: string;
  readonly routes?: undefined;
  readonly tcp?: undefined;
  readonly udp?: undefined;
}

/**
 * What the world talks to: a reverse proxy and balancer for HTTP/1.1, HTTP/2, TCP and UDP, over the replicas that are healthy.
 *
 * `name` is in lower case with hyphens (`front`), at most 40 characters, and unique in the system.
 */
export function edge(name: string, options: EdgeOptions): EdgePart {
  return createPart("edge", name, options, edge);
}

const SETTINGS = ["listeners", "workers", "accessLog", "admin", "limits", "plan", "url"] as const;
/** More addresses than a person would write. */
const LISTENERS_MAX = 100;
const DEFAULT_PORT = 8080;

export const EDGE: Kind<"edge"> = {
  kind: "edge",
  noun: "an edge",
  protocols: ["http:", "https:"],
  check(part, { place, folder, url }) {
    const options = readOptions(place, part.options, [...LISTENER_OPTIONS, ...SETTINGS], "an edge");
    const needs: Need[] = [];
    const saysNothing = url !== undefined && spokenIn(options).length === 0;
    const main = saysNothing
      ? []
      : [readListener(place, options, { folder, needs, defaultPort: DEFAULT_PORT })];
    const accessLog = readAccessLog(place.at("accessLog"), options.accessLog);
    const admin = readAdmin(place.at("admin"), options.admin);
    const plan = readPlanFacts(place.at("plan"), options.plan);
    const model: EdgeModel = {
      kind: "edge",
      name: part.name,
      listeners: [...main, ...readMore(place.at("listeners"), options.listeners, { folder, needs })],
      workers: whole(1, 64, "a number of processes")(place.at("workers"), options.workers ?? 1),
      ...(accessLog ? { accessLog } : {}),
      ...(admin ? { admin } : {}),
      limits: readLimits(place.at("limits"), options.limits),
      ...(plan === undefined ? {} : { plan }),
      ...(url === undefined ? {} : { url }),
    };
    return { model, needs };
  },
};

function readMore(
  place: Place,
  value: unknown,
  context: { readonly folder: string; readonly needs: Need[] },
): readonly ListenerModel[] {
  if (value === undefined) return [];
  const given = readList(place, value, "a list of addresses", "[{ port: 8443, routes: [ … ], tls: true }]");
  if (given.length > LISTENERS_MAX) {
    place.problem(`the edge has ${given.length} more addresses`, `The most is ${LISTENERS_MAX}.`);
    return [];
  }
  return given.flatMap((one, at) => {
    const options = readOptions(place.at(at), one, LISTENER_OPTIONS, "an address");
    return isPlainObject(one) ? [readListener(place.at(at), options, context)] : [];
  });
}
