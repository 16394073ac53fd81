import type { Clock } from "../../blocks/time/index.ts";
import type { EdgeLimits } from "./config/index.ts";
import type { CopyRoom } from "./exchange/copied-request.ts";
import type { RequestIds } from "./exchange/request-id.ts";
import type { AttemptObserver } from "./observe/attempt-meter.ts";
import type { ExchangeObserver } from "./observe/exchange-record.ts";
import type { CompiledRoute } from "./routing/compiled-route.ts";
import type { RouteTable } from "./routing/route-table.ts";
import type { Timeouts } from "./timeouts.ts";
import type { Tracer } from "./trace/tracer.ts";
import type { Upstream } from "./upstream/upstream.ts";
import type { Watch } from "./watch.ts";

/** What all requests of one edge share. */
export interface EdgeRuntime {
  readonly clock: Clock;
  /** Names this edge among others in `Via`, as in `Via: 1.1 trestle-4fk2m81x0c`. */
  readonly name: string;
  readonly requestIds: RequestIds;
  readonly watch: Watch;
  /** For what a route says of time; limits are looked at by the watch. */
  readonly timeouts: Timeouts;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** Of requests that are copied to mirrors. */
  readonly copies: CopyRoom;
  /** Told of each exchange that is over. */
  observer: ExchangeObserver | undefined;
  /** Told of each attempt with an upstream; undefined where nobody wants to know. */
  attempts: AttemptObserver | undefined;
  /** Takes part in traces; undefined where the edge does not. */
  tracer: Tracer | undefined;
  /** Replaced by an update, as is the next field. */
  limits: EdgeLimits;
  documentationUrl: string;
  /** Set once the edge closes: what is under way is finished, and no connection is kept. */
  closing: boolean;
}

/** A route as exchanges follow it. */
export type SiteRoute = CompiledRoute<Upstream>;

/** What the requests of one listener share; an update replaces it as a whole. */
export interface Site {
  readonly routes: RouteTable<SiteRoute>;
  /** How many proxies in front are believed; may be `Infinity`. */
  readonly trustedHops: number;
}
