import { readTarget } from "./target.ts";

/** What the router makes of a target. */
export type Routing<Destination> =
  | { readonly kind: "routed"; readonly to: Destination }
  | { readonly kind: "none" }
  | { readonly kind: "refused"; readonly problem: string };

/**
 * Finds the destination of a path: an exact route before a prefix, a longer prefix before a shorter one. Pure, and immutable once built.
 *
 * A look-up costs as many map look-ups as the deepest prefix has segments, whatever the number of routes and however
 * long the path.
 */
export class Router<Destination> {
  readonly #exact = new Map<string, Destination>();
  /** By the prefix without its `/*`; `""` is `/*`. */
  readonly #prefixes = new Map<string, Destination>();
  #deepest = 0;

  /** `routes` are checked already: well-formed, and no path twice. */
  constructor(routes: Iterable<{ readonly path: string; readonly to: Destination }>) {
    for (const { path, to } of routes) {
      if (!path.endsWith("/*")) {
        this.#exact.set(path, to);
        continue;
      }
      const prefix = path.slice(0, -2);
      this.#prefixes.set(prefix, to);
      this.#deepest = Math.max(this.#deepest, prefix.split("/").length - 1);
    }
  }

  /** The destination of a request's target; refused when its path can be read so that it leads elsewhere. */
  route(target: string): Routing<Destination> {
    const read = readTarget(target);
    if (read.kind === "refused") return read;
    const to = this.match(read.strict);
    if (read.loose !== read.strict && this.match(read.loose) !== to) {
      return { kind: "refused", problem: "can be read so that it leads to another route" };
    }
    return to === undefined ? { kind: "none" } : { kind: "routed", to };
  }

  /** The destination of a path that has been read already. */
  match(path: string): Destination | undefined {
    const exact = this.#exact.size > 0 ? this.#exact.get(path) : undefined;
    if (exact !== undefined) return exact;
    if (this.#deepest > 0) {
      // The ends of the first segments, as far as any prefix reaches; then from the longest to the shortest.
      const ends: number[] = [];
      for (
        let at = path.indexOf("/", 1);
        at >= 0 && ends.length < this.#deepest;
        at = path.indexOf("/", at + 1)
      )
        ends.push(at);
      if (ends.length < this.#deepest) ends.push(path.length);
      for (let index = ends.length - 1; index >= 0; index--) {
        const found = this.#prefixes.get(path.slice(0, ends[index]));
        if (found !== undefined) return found;
      }
    }
    return this.#prefixes.get("");
  }
}
