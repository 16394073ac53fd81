import { isIP } from "node:net";
import type { Place } from "../check/place.ts";
import { notAPart, resolved } from "../check/uses.ts";
import { isPlainObject, readList, readOptions, readText, readWhole } from "../check/values.ts";
import type { RouteModel } from "../model.ts";
import { createPart, type EdgePart, isPart, type ServicePart } from "../part.ts";
import { shown } from "../quantities/measure.ts";
import type { Kind, Need } from "./kind.ts";

/** The options of an edge: its routes, or the URL of one that runs elsewhere. */
export type EdgeOptions = EdgeBase & (RoutesOption | OutsideOption);

interface EdgeBase {
  /** Where it listens. 0 to 65535, 0 for any free one; default 8080. */
  readonly port?: number | undefined;
  /** The address it listens at. Default 127.0.0.1, this machine alone; `"0.0.0.0"` is all of IPv4, `"::"` everything. */
  readonly host?: string | undefined;
  /** Stands outside Trestle, at `http://` or `https://`: nothing is started, and this URL is handed on. */
  readonly url?: string | undefined;
}

interface RoutesOption {
  /**
   * Which paths lead to which services; at least one. The most specific path wins, whatever the order. A function that
   * returns them may name services that are defined further down.
   */
  readonly routes: readonly Route[] | (() => readonly Route[]);
}

interface OutsideOption {
  readonly url: string;
  readonly routes?: undefined;
}

/** What leads a path to a service. */
export interface Route {
  /** `/exact`, or `/prefix/*` (which takes `/prefix` too); `/*` takes all. */
  readonly path: `/${string}`;
  readonly to: ServicePart;
}

/**
 * What the world talks to: an HTTP reverse proxy that balances over the replicas that are healthy.
 *
 * `name` is in lower case with hyphens (`front`), at most 40 characters, and unique in the system.
 */
export function edge(name: string, options: EdgeOptions): EdgePart {
  return createPart("edge", name, options, edge);
}

/** More routes than a person would write. */
const ROUTES_MAX = 1_000;

export const EDGE: Kind<"edge"> = {
  kind: "edge",
  noun: "an edge",
  protocols: ["http:", "https:"],
  check(part, { place, url }) {
    const options = readOptions(place, part.options, ["port", "host", "routes", "url"], "an edge");
    const needs: Need[] = [];
    return {
      model: {
        kind: "edge",
        name: part.name,
        host: readHost(place.at("host"), options.host ?? "127.0.0.1"),
        port: readWhole(place.at("port"), options.port ?? 8080, { least: 0, most: 65_535 }, "a port"),
        routes:
          url !== undefined && options.routes === undefined
            ? []
            : readRoutes(place.at("routes"), options.routes, needs),
        ...(url === undefined ? {} : { url }),
      },
      needs,
    };
  },
};

function readHost(place: Place, value: unknown): string {
  const host = readText(place, value, "an address", "127.0.0.1");
  if (host !== "" && isIP(host) === 0 && host !== "localhost") {
    place.problem(
      `${shown(host)} is not an address to listen at`,
      'Write "127.0.0.1" for this machine alone, or "0.0.0.0" for everyone who reaches it.',
    );
  }
  return host;
}

function readRoutes(place: Place, value: unknown, needs: Need[]): readonly RouteModel[] {
  const example = '[{ path: "/*", to: shortener }]';
  const list = readList(place, resolved(place, value), "a list of routes", example);
  if (list.length === 0 && Array.isArray(value)) {
    place.problem("the edge has no routes", `Write ${example}, for instance.`);
  }
  if (list.length > ROUTES_MAX) {
    place.problem(
      `the edge has ${list.length} routes`,
      `The most is ${ROUTES_MAX}: let prefixes such as "/api/*" do more.`,
    );
    return [];
  }
  const seen = new Map<string, number>();
  return list.map((one, index) => {
    const at = place.at(index);
    const route = readOptions(at, one, ["path", "to"], "a route");
    if (!isPlainObject(one)) return { path: "", to: "" };
    const path = readPath(at.at("path"), route.path);
    const earlier = seen.get(path);
    if (earlier !== undefined && path !== "") {
      at.at("path").problem(`"${path}" has a route already, routes[${earlier}]`, "Take one of the two away.");
    }
    seen.set(path, earlier ?? index);
    return { path, to: readTarget(at.at("to"), route.to, needs) };
  });
}

function readPath(place: Place, value: unknown): string {
  const path = readText(place, value, "a path", "/*");
  if (path === "") return path;
  if (!path.startsWith("/")) {
    place.problem(`${shown(path)} is not a path`, `A path begins with a slash: ${shown(`/${path}`)}.`);
  } else if (/[\s?#\\]/.test(path)) {
    place.problem(
      `${shown(path)} is not a path`,
      "It holds no blank, question mark, # or backslash: queries do not count.",
    );
  } else if (path.replace(/\/\*$/, "").includes("*")) {
    place.problem(
      `${shown(path)} has a star inside`,
      'A star stands at the end alone, after a slash: "/api/*".',
    );
  } else if (/\/\.{1,2}(\/|$)|\/\//.test(path)) {
    place.problem(
      `${shown(path)} can be read in more than one way`,
      'Write it without ".", ".." and double slashes.',
    );
  }
  return path;
}

function readTarget(place: Place, value: unknown, needs: Need[]): string {
  if (value === undefined) {
    place.problem(
      "the route leads nowhere",
      'Write to: with a service, as in { path: "/*", to: shortener }.',
    );
    return "";
  }
  if (!isPart(value)) {
    notAPart(place, value);
    return "";
  }
  if (value.kind !== "service") {
    place.problem(
      `"${value.name}" is a ${value.kind}, and a route leads to a service`,
      "Name the service that answers.",
    );
    return "";
  }
  needs.push({ part: value, place });
  return value.name;
}
