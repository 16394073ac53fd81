import type { PathPattern } from "./path-pattern.ts";
import { type SegmentTable, segmentStop, segmentTable, segmentValue } from "./segment-table.ts";

/**
 * The patterns of one host as a tree of segments. Pure; plain data, immutable once it is sealed.
 *
 * A search goes down by literals, comes back to parameters, and ends at stars, which is the order of specificity (see
 * `path-pattern.ts`). Where no parameters are, it never comes back. Where there are, it takes two ways from a node at most, so that
 * its cost grows with the patterns that fit the beginning of this one path, and not with the number of routes.
 */
export interface PathNode<Group> {
  readonly literals: SegmentTable<PathNode<Group>> | undefined;
  readonly parameter: PathNode<Group> | undefined;
  /** The routes of the pattern that ends here. */
  readonly here: Group | undefined;
  /** The routes of the pattern that has a star here. */
  readonly below: Group | undefined;
}

/**
 * Chooses from the routes of one pattern that takes the path; undefined sends the search on to the next pattern. `path` ends
 * before `end`, and `request` is whatever the search was given.
 */
export type Choose<Group, Request, Chosen> = (
  group: Group,
  path: string,
  end: number,
  request: Request,
) => Chosen | undefined;

/**
 * What is chosen for a path, from the most specific pattern on. `path` may have more behind `end`; `start` is where the first
 * segment that is not looked at yet begins, 1 at the root.
 */
export function searchPaths<Group, Request, Chosen>(
  node: PathNode<Group>,
  path: string,
  start: number,
  end: number,
  request: Request,
  choose: Choose<Group, Request, Chosen>,
): Chosen | undefined {
  const { literals, parameter, here, below } = node;
  let chosen: Chosen | undefined;
  if (start > end) {
    if (here !== undefined) chosen = choose(here, path, end, request);
  } else if (literals !== undefined || parameter !== undefined) {
    const stop = segmentStop(path, start, end);
    if (literals !== undefined) {
      const child = segmentValue(literals, path, start, stop);
      if (child !== undefined) chosen = searchPaths(child, path, stop + 1, end, request, choose);
    }
    if (chosen === undefined && parameter !== undefined && stop > start)
      chosen = searchPaths(parameter, path, stop + 1, end, request, choose);
  }
  if (chosen === undefined && below !== undefined) chosen = choose(below, path, end, request);
  return chosen;
}

/** A tree that still grows. */
export interface PathDraft<Route> {
  readonly literals: Map<string, PathDraft<Route>>;
  parameter: PathDraft<Route> | undefined;
  readonly here: Route[];
  readonly below: Route[];
}

/** A tree without a route. */
export function pathDraft<Route>(): PathDraft<Route> {
  return { literals: new Map(), parameter: undefined, here: [], below: [] };
}

/** Adds a route to a tree. */
export function insertPath<Route>(root: PathDraft<Route>, pattern: PathPattern, route: Route): void {
  let node = root;
  for (const segment of pattern.segments) {
    let child = segment === undefined ? node.parameter : node.literals.get(segment);
    if (!child) {
      child = pathDraft();
      if (segment === undefined) node.parameter = child;
      else node.literals.set(segment, child);
    }
    node = child;
  }
  (pattern.isPrefix ? node.below : node.here).push(route);
}

/** The finished tree. `group` is called once for the routes of each pattern, in the order they were added. */
export function sealPaths<Route, Group>(
  draft: PathDraft<Route>,
  group: (routes: readonly Route[]) => Group,
): PathNode<Group> {
  const literals = new Map<string, PathNode<Group>>();
  for (const [text, child] of draft.literals) literals.set(text, sealPaths(child, group));
  return {
    literals: literals.size > 0 ? segmentTable(literals) : undefined,
    parameter: draft.parameter && sealPaths(draft.parameter, group),
    here: draft.here.length > 0 ? group(draft.here) : undefined,
    below: draft.below.length > 0 ? group(draft.below) : undefined,
  };
}
