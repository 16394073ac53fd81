import type { Random } from "../../../blocks/time/index.ts";
import type { RouteConfig } from "../config/index.ts";
import { RouteTable } from "./route-table.ts";
import { WeightedSplit } from "./weighted-split.ts";

/** A route as exchanges read it: nothing of it has to be interpreted any more. */
export interface CompiledRoute<Upstream> {
  /** Its name in metrics and logs. */
  readonly name: string;
  /** Where requests go, when that is one place. Exactly one of `to`, `split`, `redirect` and `answer` is defined. */
  readonly to: Upstream | undefined;
  /** Draws the place for each request, when there are several. */
  readonly split: WeightedSplit<Upstream> | undefined;
}

/** What routes refer to. */
export interface RouteSurroundings<Upstream> {
  /** The upstream of a name. Names are checked already: throws for one that does not exist. */
  readonly upstreamOf: (name: string) => Upstream;
  /** Draws the shares of splits and mirrors. */
  readonly random: Random;
}

/** The table of a listener's routes, which are checked already. */
export function compileRoutes<Upstream>(
  routes: readonly RouteConfig[],
  surroundings: RouteSurroundings<Upstream>,
): RouteTable<CompiledRoute<Upstream>> {
  return new RouteTable(routes.map((route) => ({ path: route.path, to: compileRoute(route, surroundings) })));
}

function compileRoute<Upstream>(
  route: RouteConfig,
  { upstreamOf, random }: RouteSurroundings<Upstream>,
): CompiledRoute<Upstream> {
  const { to } = route;
  return {
    name: route.name ?? route.path,
    to: typeof to === "string" ? upstreamOf(to) : undefined,
    split:
      to === undefined || typeof to === "string"
        ? undefined
        : new WeightedSplit(
            to.map(({ to: name, weight }) => ({ to: upstreamOf(name), weight })),
            random,
          ),
  };
}
