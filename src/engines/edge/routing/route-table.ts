import { Router } from "./router.ts";

/** What a look-up takes of a request. `RequestHead` is one. */
export interface RoutedRequest {
  readonly method: string;
  /** The value of `Host`, as it came. */
  readonly host: string | undefined;
  /** Names and values in turn. */
  readonly fields: readonly string[];
}

/** What the table makes of a request. */
export type Routing<Route> =
  | { readonly kind: "routed"; readonly to: Route }
  /** Some route would take the request if it had another method. `allow`: those methods, as `Allow` lists them. */
  | { readonly kind: "method-not-allowed"; readonly allow: string }
  | { readonly kind: "none" }
  | { readonly kind: "refused"; readonly problem: string };

/** Finds the most specific route of a request. Pure, and immutable once built. */
export class RouteTable<Route> {
  readonly #router: Router<Route>;

  constructor(routes: Iterable<{ readonly path: string; readonly to: Route }>) {
    this.#router = new Router(routes);
  }

  /** The route of a request for `target`, in origin form. */
  route(target: string, _request: RoutedRequest): Routing<Route> {
    return this.#router.route(target);
  }
}
