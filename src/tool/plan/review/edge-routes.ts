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
  const own = requests && routeOfRequests(edge, requests);
  if (own && targetsOf(own.route).includes(service)) return own;
  return httpListenersOf(edge)
    .flatMap(routesOf)
    .find(({ route }) => targetsOf(route).includes(service));
}

/** The route that takes the requests of a class which come in at that edge: the first listener that has one. */
export function routeOfRequests(edge: EdgeModel, requests: RequestClassModel): PlacedRoute | undefined {
  if (requests.to !== edge.name) return undefined;
  for (const listener of httpListenersOf(edge)) {
    const found = routeOf(routesOf(listener), requests);
    if (found) return found;
  }
  return undefined;
}

function routeOf(
  routes: readonly PlacedRoute[],
  { method, path }: RequestClassModel,
): PlacedRoute | undefined {
  const table = new RouteTable(routes.map((placed) => ({ match: placed.route, to: placed })));
  // No route is written for a segment that begins with a colon, so that a parameter is any segment.
  const found = table.route(path, { method, host: undefined, fields: [] });
  return found.kind === "routed" ? found.to : undefined;
}
