import type { EventStream } from "./event-stream.ts";

/** One request that the API answers. */
export interface ControlRoute {
  readonly method: "GET" | "POST";
  /** Segments that begin with a colon take what stands there: `/v1/parts/:part/scale`. */
  readonly path: string;
  /** What it throws becomes an error's answer, by its code. */
  readonly answer: (request: ControlRequest) => ControlAnswer | Promise<ControlAnswer>;
}

/** A request as a route sees it. */
export interface ControlRequest {
  /** What stood in place of `:name` in the path, decoded. */
  readonly parameter: (name: string) => string;
  readonly query: URLSearchParams;
  /** The body as JSON. Throws `BAD_REQUEST` when it is none, or too long. */
  readonly body: () => Promise<unknown>;
}

export type ControlAnswer =
  /** With status 200, unless it says another. */
  | { readonly json: object; readonly status?: number }
  | { readonly text: string; readonly type: string }
  /** Server-sent events, until either side ends. */
  | { readonly stream: (stream: EventStream) => void };

/** A route that was found, and what its path held. */
export interface FoundRoute {
  readonly route: ControlRoute;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Finds the route for a path, or undefined. */
export function findRoute(
  routes: readonly ControlRoute[],
  method: string | undefined,
  pathname: string,
): FoundRoute | undefined {
  const given = pathname.split("/");
  for (const route of routes) {
    if (route.method !== method) continue;
    const parameters = matched(route.path.split("/"), given);
    if (parameters) return { route, parameters };
  }
  return undefined;
}

function matched(wanted: readonly string[], given: readonly string[]): Map<string, string> | undefined {
  if (wanted.length !== given.length) return undefined;
  const parameters = new Map<string, string>();
  for (const [at, segment] of wanted.entries()) {
    const found = given[at] ?? "";
    if (segment.startsWith(":")) parameters.set(segment.slice(1), decoded(found));
    else if (segment !== found) return undefined;
  }
  return parameters;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
