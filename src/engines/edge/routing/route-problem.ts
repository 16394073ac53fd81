import { nearest } from "../../../blocks/errors/nearest.ts";
import type { Malformed } from "./path-pattern.ts";

/** Something that is wrong with a configuration: where, what, and what to do about it. */
export interface RouteProblem extends Malformed {
  /** As in `listeners[0].routes[2].path`. Reads on with `problem`. */
  readonly place: string;
}

/** Whether something is an object with named fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether something is a whole number of a range. */
export function isWhole(value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max;
}

/** Names that mean nothing: a misspelt condition would otherwise make a route take every request. */
export function unknownKeys(
  record: Record<string, unknown>,
  known: Readonly<Record<string, true>>,
  place: string,
): RouteProblem[] {
  return Object.keys(record)
    .filter((key) => !Object.hasOwn(known, key))
    .map((key) => {
      const meant = nearest(key.slice(0, SHOWN_MAX), Object.keys(known));
      return {
        place: placeOf(place, key),
        problem: "means nothing",
        mend:
          meant === undefined ? `use ${Object.keys(known).join(", ")}` : `write ${meant}, if you mean that`,
      };
    });
}

/** Longer names are cut in messages. */
const SHOWN_MAX = 60;

/** The place of a field: `upstreams.api`, or `upstreams["/api/*"]` for what is no plain name. */
export function placeOf(place: string, key: string): string {
  if (/^[\w$-]{1,60}$/.test(key)) return place === "" ? key : `${place}.${key}`;
  return `${place}[${JSON.stringify(key.slice(0, SHOWN_MAX))}]`;
}
