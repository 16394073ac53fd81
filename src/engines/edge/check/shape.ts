/** The shapes of values that came as JSON, from which the check of a configuration is put together. Pure. */

import { LONGEST_TIMER_MS } from "../../../blocks/time/timer-range.ts";
import { isRecord, isWhole, placeOf, type RouteProblem, unknownKeys } from "../routing/route-problem.ts";

/** Finds what is wrong with a value that stands at a place: nothing where it is sound. Takes any value, and never throws. */
export type Shape = (value: unknown, place: string) => readonly RouteProblem[];

/** The shape of each field that a record may have. */
export type Fields<Config> = { readonly [Name in keyof Required<Config>]: Shape };

/** The names of the fields that cannot be left out. */
type RequiredName<Config> = {
  [Name in keyof Config]-?: Record<never, never> extends Pick<Config, Name> ? never : Name;
}[keyof Config];

/**
 * An object of these fields and no others. `example` is one in words. A field that is `undefined` counts as left out. `beyond` is asked
 * about fields together, once each is sound by itself.
 */
export function record<Config>(
  example: string,
  fields: Fields<Config>,
  required: readonly RequiredName<Config>[],
  beyond: (value: Config, place: string) => readonly RouteProblem[] = () => [],
): Shape {
  const shapes = new Map(Object.entries<Shape>(fields));
  const known = Object.fromEntries([...shapes.keys()].map((name) => [name, true as const]));
  return (value, place) => {
    if (!isRecord(value)) return [wrong(place, `is ${shown(value)}`, `write an object, as in ${example}`)];
    const problems = unknownKeys(value, known, place);
    for (const [name, shape] of shapes) {
      const field = Object.hasOwn(value, name) ? value[name] : undefined;
      if (field !== undefined) problems.push(...shape(field, placeOf(place, name)));
      else if ((required as readonly string[]).includes(name))
        problems.push(wrong(placeOf(place, name), "is missing", `write it as in ${example}`));
    }
    return problems.length > 0 ? problems : beyond(value as Config, place);
  };
}

/** A list whose elements are of one shape, with at least `least` of them. */
export function list(shape: Shape, example: string, least = 0): Shape {
  return (value, place) => {
    if (!Array.isArray(value)) return [wrong(place, `is ${shown(value)}`, `write a list, as in ${example}`)];
    if (value.length < least) return [wrong(place, "is empty", `write ${example}, for instance`)];
    return value.flatMap((one, at) => shape(one, `${place}[${at}]`));
  };
}

/** A whole number of a range. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Shape {
  const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `from ${least} on`;
  return (value, place) =>
    isWhole(value, least, most) ? [] : [wrong(place, `is ${shown(value)}`, `use a whole number ${range}`)];
}

/** A time that a timer can wait, in whole milliseconds. */
export function milliseconds(least: number): Shape {
  return whole(least, LONGEST_TIMER_MS);
}

/** A part of a whole, 0 to 1. */
export const share: Shape = (value, place) =>
  isNumber(value, 0, 1) ? [] : [notShare(place, value, "from 0")];

/** A part of a whole that is not nothing. */
export const someShare: Shape = (value, place) =>
  isNumber(value, 0, 1) && value > 0 ? [] : [notShare(place, value, "above 0, up")];

/** True or false. */
export const flag: Shape = (value, place) =>
  typeof value === "boolean" ? [] : [wrong(place, `is ${shown(value)}`, "use true or false")];

/** One of these values. */
export function choice(...choices: readonly (string | number | boolean)[]): Shape {
  const written = choices.map((one) => JSON.stringify(one)).join(", ");
  return (value, place) =>
    (choices as readonly unknown[]).includes(value)
      ? []
      : [wrong(place, `is ${shown(value)}`, choices.length > 1 ? `use one of ${written}` : `use ${written}`)];
}

/**
 * Text of 1 to `most` characters that matches. What is wrong about it is said without showing it, since it may be a secret; `mend` says
 * what to write.
 */
export function text(pattern: RegExp, mend: string, most = 1_024): Shape {
  return (value, place) => {
    if (typeof value !== "string") return [wrong(place, `is ${shown(value)}`, mend)];
    if (value !== "" && value.length <= most && pattern.test(value)) return [];
    return [
      wrong(place, value.length > most ? `is longer than ${most} characters` : "is not of its form", mend),
    ];
  };
}

/** The path of a file or a folder. */
export function path(example: string): Shape {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what no path can hold
  return text(/^[^\x00-\x1f]+$/, `write a path, as in ${example}`, 4_096);
}

/** The name of an upstream. */
export function upstreamName(isUpstream: (name: string) => boolean): Shape {
  return (value, place) => {
    if (typeof value === "string" && isUpstream(value)) return [];
    return [
      wrong(
        place,
        typeof value === "string"
          ? `names the upstream ${shown(value)}, which does not exist`
          : `is ${shown(value)}`,
        "name one of upstreams",
      ),
    ];
  };
}

/** Something that is wrong. Reads as `PLACE PROBLEM: MEND`. */
export function wrong(place: string, problem: string, mend: string): RouteProblem {
  return { place, problem, mend };
}

/** A value as it stands in a message: cut where it is long, and lists and objects without what is in them. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  return value === undefined ? "missing" : String(value);
}

function isNumber(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && value >= least && value <= most;
}

function notShare(place: string, value: unknown, range: string): RouteProblem {
  return wrong(place, `is ${shown(value)}`, `use a share ${range} to 1, as in 0.5`);
}
