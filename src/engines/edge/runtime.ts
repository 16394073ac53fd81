import type { Clock } from "../../blocks/time/index.ts";
import type { EdgeLimits } from "./config/index.ts";
import type { RequestIds } from "./exchange/request-id.ts";
import type { CompiledRoute } from "./routing/compiled-route.ts";
import type { RouteTable } from "./routing/route-table.ts";
import type { Upstream } from "./upstream/upstream.ts";
import type { Watch } from "./watch.ts";

/** What all requests of one edge share. */
export interface EdgeRuntime {
  readonly clock: Clock;
  /** Names this edge among others in `Via`, as in `Via: 1.1 trestle-4fk2m81x0c`. */
  readonly name: string;
  readonly requestIds: RequestIds;
  readonly watch: Watch;
  /** Replaced by an update, as is the next field. */
  limits: EdgeLimits;
  documentationUrl: string;
  /** Set once the edge closes: what is under way is finished, and no connection is kept. */
  closing: boolean;
}

/** What the requests of one listener share; an update replaces it as a whole. */
export interface Site {
  readonly router: RouteTable<CompiledRoute<Upstream>>;
  readonly trustForwarded: boolean;
}
