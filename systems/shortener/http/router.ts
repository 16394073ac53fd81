import type { Answer, Exchange } from "./exchange.ts";

/** What happens to a request for a route. */
export type Handler = (exchange: Exchange) => Answer | Promise<Answer>;

/** A method and a path; a segment `:name` stands for any one segment, a last segment `*` for the rest. */
export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly handler: Handler;
}

/** What a router says of a path: a handler with what its pattern left open, or the methods that it would take. */
export type Match =
  | {
      readonly kind: "found";
      /** The pattern. */
      readonly path: string;
      readonly handler: Handler;
      readonly parameters: readonly string[];
    }
  | { readonly kind: "wrong-method"; readonly allow: readonly string[] }
  | { readonly kind: "nothing" };

/** Finds the route of a request. HEAD is taken wherever GET is. The first route that fits wins. */
export class Router {
  readonly #routes: readonly (Route & { segments: readonly string[] })[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ ...route, segments: route.path.split("/").slice(1) }));
  }

  /** `path` is without its query, still percent-encoded. */
  match(method: string, path: string): Match {
    const segments = path.split("/").slice(1);
    const allow: string[] = [];
    for (const route of this.#routes) {
      const parameters = fit(route.segments, segments);
      if (!parameters) continue;
      if (route.method === method || (route.method === "GET" && method === "HEAD")) {
        return { kind: "found", path: route.path, handler: route.handler, parameters };
      }
      allow.push(route.method, ...(route.method === "GET" ? ["HEAD"] : []));
    }
    return allow.length > 0 ? { kind: "wrong-method", allow } : { kind: "nothing" };
  }
}

function fit(pattern: readonly string[], segments: readonly string[]): string[] | undefined {
  const parameters: string[] = [];
  for (const [index, part] of pattern.entries()) {
    if (part === "*") return [...parameters, segments.slice(index).join("/")];
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if (part.startsWith(":")) parameters.push(segment);
    else if (part !== segment) return undefined;
  }
  return segments.length === pattern.length ? parameters : undefined;
}
