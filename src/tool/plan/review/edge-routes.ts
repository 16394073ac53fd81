import { RouteTable } from "../../../engines/edge/routing/route-table.ts";
import type { EdgeModel, HttpListenerModel, ListenerModel, RouteModel } from "../../design/edge-model.ts";
import { targetsOf } from "../../design/edge-targets.ts";
import type { RequestClassModel } from "../../design/plan-model.ts";

/** The routes of an edge, each with its place in the design. Pure. */

/** A listener, and how a design names it. */
export interface PlacedListener<Listener extends ListenerModel = ListenerModel> {
  readonly listener: Listener;
  /** `front`, or `front.listeners[0]` for those beside the main one. */
  readonly place: string;
}

/** A route, and how a design names it. */
export interface PlacedRoute {
  readonly route: RouteModel;
  /** `front.routes[0]`. */
  readonly place: string;
}

/** What an edge listens at. */
export function listenersOf({ name, listeners }: EdgeModel): readonly PlacedListener[] {
  return listeners.map((listener, at) => ({
    listener,
    place: at === 0 ? name : `${name}.listeners[${at - 1}]`,
  }));
}

/** Those that speak HTTP. */
export function httpListenersOf(edge: EdgeModel): readonly PlacedListener<HttpListenerModel>[] {
  return listenersOf(edge).flatMap(({ listener, place }) =>
    listener.kind === "http" ? [{ listener, place }] : [],
  );
}

/** Every route of a listener. */
export function routesOf({ listener, place }: PlacedListener<HttpListenerModel>): readonly PlacedRoute[] {
  return listener.routes.map((route, at) => ({ route, place: `${place}.routes[${at}]` }));
}

/**
 * The route by which an edge leads to a service: of the requests of that class, where it says what they ask for; else the first that leads
 * there. None for what is passed through as bytes.
 */
export function routeTo(
  edge: EdgeModel,
  service: string,
  requests: RequestClassModel | undefined,
): PlacedRoute | undefined {
  const listeners = httpListenersOf(edge);
  if (requests !== undefined && requests.to === edge.name) {
    for (const listener of listeners) {
      const found = routeOf(routesOf(listener), requests);
      if (found && targetsOf(found.route).includes(service)) return found;
    }
  }
  return listeners.flatMap(routesOf).find(({ route }) => targetsOf(route).includes(service));
}

function routeOf(
  routes: readonly PlacedRoute[],
  { method, path }: RequestClassModel,
): PlacedRoute | undefined {
  const table = new RouteTable(routes.map((placed) => ({ match: placed.route, to: placed })));
  // A parameter stands for any segment; its name will do.
  const target = path.replaceAll("/:", "/");
  const found = table.route(target, { method, host: undefined, fields: [] });
  return found.kind === "routed" ? found.to : undefined;
}
