import type { Clock } from "../../../blocks/time/index.ts";
import type { EdgeLimits } from "../config/index.ts";
import type { Watch } from "../watch.ts";
import type { UpstreamBounds, UpstreamLoad } from "./bounds.ts";
import type { UpstreamLink } from "./link.ts";

/**
 * The links to one endpoint, of whatever protocol: hands them out, keeps what can serve again, and lets those wait in line for
 * whom there is none. Laws: never more connections than the bound, tunnels included; who waits longest is served first; nobody
 * waits while a connection is free, or while one may be opened; every asker that was queued is called back exactly once, unless
 * it leaves before.
 */
export interface LinkPool {
  /** Open connections: in use, idle, and on their way. Without tunnels. */
  readonly connections: number;
  /** Of these, those that no request uses. */
  readonly idle: number;
  /** Askers that wait. */
  readonly pending: number;
  /**
   * A link for a request, which is the asker's from here on; or `"queued"`: the asker is called back, later; or `"full"`: there
   * is no place to wait in either. Throws what Node throws when there can be no connection to such an address.
   */
  take(asker: LinkAsker): UpstreamLink | "queued" | "full";
  /** The asker waits no more, and is not called back. Nothing happens when it does not wait. Takes constant time. */
  leave(asker: LinkAsker): void;
  /** Sends everybody who waits elsewhere (`onNoLink("elsewhere")`): the endpoint is not to be used now. */
  dismiss(): void;
  /** A tunnel was closed: it may have been one connection that somebody waits for. */
  roomMade(): void;
  applyLimits(limits: EdgeLimits, bounds: UpstreamBounds): void;
  /** Keeps no connection from now on: each is closed with its last answer, and the idle ones at once. Dismisses who waits. */
  retire(): void;
  /** Closes the connections that no request uses. */
  closeIdle(): void;
  /** Closes all connections, and dismisses who waits. */
  close(): void;
}

/** A request in search of a link. One object for each search, or the same one again once the search before is over. */
export interface LinkAsker {
  /** Whether the answer may switch the protocol: then the link is a connection made for it. */
  readonly switches: boolean;
  /** By which connection the request came. Looked at for upstreams with `sendProxy` only. */
  readonly client: LinkClient | undefined;
  /** Here is the link, which is the asker's from here on. Never called within `take`. */
  onLink(link: UpstreamLink): void;
  /** There will be none. Never called within `take`. */
  onNoLink(why: NoLink): void;
}

/** Why an asker gets no link: none was free in time (`pendingMs`), or the endpoint is not to be used any more: ask another. */
export type NoLink = "late" | "elsewhere";

/**
 * A client's connection, as a PROXY protocol header tells it. Requests with the same object may share a connection of an
 * upstream with `sendProxy`. A `Socket` is one.
 */
export interface LinkClient {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

/** What a pool is made of. */
export interface LinkPoolOptions {
  readonly host: string;
  readonly port: number;
  readonly limits: EdgeLimits;
  readonly bounds: UpstreamBounds;
  /** Of the upstream: the pool counts there who waits. */
  readonly load: UpstreamLoad;
  /** The endpoint's tunnels, which count as connections. */
  readonly tunnels: { readonly size: number };
  readonly clock: Clock;
  readonly watch: Watch;
}
