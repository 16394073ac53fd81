import { Place } from "../../design/check/place.ts";
import type { EdgeModel, HttpListenerModel, RouteModel } from "../../design/edge-model.ts";
import { CACHE } from "../../design/kinds/cache.ts";
import { DATABASE } from "../../design/kinds/database.ts";
import { readRoutes } from "../../design/kinds/edge/routes.ts";
import { EDGE } from "../../design/kinds/edge.ts";
import type { Kind } from "../../design/kinds/kind.ts";
import { SERVICE } from "../../design/kinds/service.ts";
import type { CacheModel, DatabaseModel, ServiceModel } from "../../design/model.ts";
import { createPart } from "../../design/part.ts";
import { type Assignment, assign, type OwnNames, unfinished, unknown } from "./assignment.ts";
import { readWhole } from "./reading.ts";
import { type Settings, writtenOptions } from "./setting.ts";
import { CACHE_SETTINGS, DATABASE_SETTINGS, EDGE_SETTINGS, ROUTE, SERVICE_SETTINGS } from "./settings.ts";
import { namedPart, writtenReplicas } from "./written-models.ts";

/** A part of which something can be set. */
export type Settable = CacheModel | DatabaseModel | EdgeModel | ServiceModel;

/**
 * A part with some of its options set, read again as in a design. `classes` are the names of the requests' classes; undefined where the design
 * names none. Pure.
 */
export function setPart(
  part: Settable,
  assignments: readonly Assignment[],
  classes: readonly string[] | undefined,
): Settable {
  const ownNames = ownNamesOf(part, classes);
  switch (part.kind) {
    case "service":
      return setService(part, assignments, ownNames);
    case "edge":
      return setEdge(part, assignments, ownNames);
    case "cache": {
      const { memoryBytes, plan } = reread(CACHE, part, CACHE_SETTINGS, assignments, ownNames);
      return { ...part, memoryBytes, ...(plan === undefined ? {} : { plan }) };
    }
    case "database": {
      const { plan } = reread(DATABASE, part, DATABASE_SETTINGS, assignments, ownNames);
      return { ...part, ...(plan === undefined ? {} : { plan }) };
    }
  }
}

/** Classes of requests in `work`, and what a service uses in `calls`. */
function ownNamesOf(part: Settable, classes: readonly string[] | undefined): OwnNames {
  const uses = part.kind === "service" ? Object.keys(part.uses) : [];
  const known = classes && [...new Set([...classes, "default", ...Object.keys(part.plan?.work ?? {})])];
  return (path) => (path.at(-1) === "calls" ? uses : known);
}

/** Reads a part by its kind: what it says already, what is set, and what it needs beside. */
function reread<Name extends Settable["kind"]>(
  kind: Kind<Name>,
  part: Settable,
  settings: Settings,
  assignments: readonly Assignment[],
  ownNames: OwnNames,
  own: { readonly said?: Record<string, unknown>; readonly beside?: object; readonly url?: string } = {},
): ReturnType<Kind<Name>["check"]>["model"] {
  const options = { ...writtenOptions(part, settings), ...own.said };
  for (const assignment of assignments) assign(options, settings, assignment, 1, ownNames);
  return readWhole(assignments, (findings) => {
    const place = Place.call(findings, undefined, part.name);
    const written = createPart(kind.kind, part.name, { ...options, ...own.beside }, reread);
    return kind.check(written, { place, folder: "/", url: own.url ?? part.url }).model;
  });
}

function setService(
  part: ServiceModel,
  assignments: readonly Assignment[],
  ownNames: OwnNames,
): ServiceModel {
  const uses = Object.fromEntries(
    Object.entries(part.uses).map(([use, name]) => [use, namedPart("service", name)]),
  );
  const read = reread(SERVICE, part, SERVICE_SETTINGS, assignments, ownNames, {
    said: { replicas: writtenReplicas(part) },
    // What is run, and in which folder, is no setting.
    beside: { uses, ...(part.url === undefined ? { command: ["program"] } : {}) },
  });
  const { replicas, scaling, health, startTimeoutMs, stopTimeoutMs, upstream, plan } = read;
  const { scaling: _scaling, health: _health, upstream: before, plan: _plan, ...rest } = part;
  return {
    ...rest,
    replicas,
    ...(scaling === undefined ? {} : { scaling }),
    ...(health === undefined ? {} : { health }),
    startTimeoutMs,
    stopTimeoutMs,
    ...(upstream === undefined
      ? {}
      : { upstream: before?.tls === undefined ? upstream : { ...upstream, tls: before.tls } }),
    ...(plan === undefined ? {} : { plan }),
  };
}

function setEdge(part: EdgeModel, assignments: readonly Assignment[], ownNames: OwnNames): EdgeModel {
  const [ofRoutes, own] = [true, false].map((isOfRoute) =>
    assignments.filter((one) => isRouteSetting(one) === isOfRoute),
  );
  const edge = setRoutes(part, ofRoutes ?? []);
  if (own === undefined || own.length === 0) return edge;
  // What it listens at is no setting: it is read as one that stands elsewhere and does not say.
  const { workers, limits, plan } = reread(EDGE, part, EDGE_SETTINGS, own, ownNames, {
    url: "http://127.0.0.1",
  });
  return { ...edge, workers, limits, ...(plan === undefined ? {} : { plan }) };
}

function isRouteSetting({ steps }: Assignment): boolean {
  return steps[1] === "routes" || steps[1] === "listeners";
}

/** `front.routes[0].…` of the main address, `front.listeners[0].routes[0].…` of those beside it. */
function setRoutes(edge: EdgeModel, assignments: readonly Assignment[]): EdgeModel {
  let listeners = edge.listeners;
  const byRoute = Map.groupBy(assignments, ({ steps }) => JSON.stringify(steps.slice(0, routeAt(steps) + 1)));
  for (const group of byRoute.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { listenerAt, at } = placeOf(edge, first);
    listeners = listeners.map((listener, index) =>
      index === listenerAt && listener.kind === "http" ? withRoute(listener, at, group) : listener,
    );
  }
  return { ...edge, listeners };
}

/** Where in the steps the number of the route stands. */
function routeAt(steps: Assignment["steps"]): number {
  return steps[1] === "routes" ? 2 : 4;
}

function placeOf({ listeners }: EdgeModel, assignment: Assignment): { listenerAt: number; at: number } {
  const { steps } = assignment;
  const isMain = steps[1] === "routes";
  const listenerAt = isMain ? 0 : typeof steps[2] === "number" ? steps[2] + 1 : -1;
  const listener = listeners[listenerAt];
  if (!isMain && listener === undefined) throw unknown(assignment, typeof steps[2] === "number" ? 2 : 1, []);
  if (listener?.kind !== "http" || (!isMain && steps[3] !== "routes"))
    throw unknown(assignment, isMain ? 1 : 3, listener?.kind === "http" ? ["routes"] : []);
  const index = routeAt(steps);
  const at = steps[index];
  if (typeof at !== "number" || at >= listener.routes.length) {
    const numbers = listener.routes.map((_, route) => `[${route}]`);
    throw at === undefined ? unfinished(assignment, numbers) : unknown(assignment, index, numbers);
  }
  if (steps.length === index + 1) throw unfinished(assignment, Object.keys(ROUTE));
  return { listenerAt, at };
}

function withRoute(
  listener: HttpListenerModel,
  at: number,
  assignments: readonly Assignment[],
): HttpListenerModel {
  const routes = listener.routes.map((route, index) => (index === at ? setRoute(route, assignments) : route));
  return { ...listener, routes };
}

function setRoute(route: RouteModel, assignments: readonly Assignment[]): RouteModel {
  const options = writtenOptions(route, ROUTE);
  for (const assignment of assignments)
    assign(options, ROUTE, assignment, routeAt(assignment.steps) + 1, () => []);
  const [read] = readWhole(assignments, (findings) => {
    const place = Place.call(findings, undefined, "routes");
    return readRoutes(place, [{ ...options, path: "/*", to: namedPart("service", "any") }], []);
  });
  const { timeouts, retries } = read ?? {};
  return {
    ...route,
    ...(timeouts === undefined ? {} : { timeouts }),
    ...(retries === undefined ? {} : { retries }),
  };
}
