import type { RouteProblem } from "../../../../engines/edge/routing/route-problem.ts";
import type { Place } from "../../check/place.ts";
import { isPlainObject } from "../../check/values.ts";
import { shown } from "../../quantities/measure.ts";

/** Names that the edge has for options of another name. */
const OPTIONS: Readonly<Record<string, string>> = { bodyBytes: "bodySize" };

/**
 * Tells what the edge's check found, at the place of the design that it is about. `value` is what the design has at `start`, where the
 * check's own places begin.
 */
export function tellProblem(start: Place, value: unknown, { place, problem, mend }: RouteProblem): void {
  const { where, subject } = descend(start, value, stepsOf(place));
  where.problem(`${subject} ${problem}`, sentence(mend));
}

/** The steps of a place: `[2].headers[0].name` is `2, "headers", 0, "name"`. */
export function stepsOf(place: string): (string | number)[] {
  return Array.from(
    place.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\.?([^.[\]]+)/g),
    ([, index, quoted, name]) =>
      index === undefined
        ? quoted === undefined
          ? (name ?? "")
          : String(JSON.parse(quoted))
        : Number(index),
  );
}

/** Goes on into the design for as long as it says what the edge says, in the same words or in fewer, and names what it found there. */
function descend(
  start: Place,
  whole: unknown,
  steps: readonly (string | number)[],
): { where: Place; subject: string } {
  let where = start;
  let value = whole;
  let subject = "it";
  for (const [at, named] of steps.entries()) {
    // Conditions are listed there, and named here.
    const listed = typeof named === "number" && isPlainObject(value) ? Object.keys(value)[named] : undefined;
    const step = listed ?? (typeof named === "string" ? (OPTIONS[named] ?? named) : named);
    const inside: unknown = Array.isArray(value) || isPlainObject(value) ? Object(value)[step] : undefined;
    if (inside === undefined) break;
    where = where.at(step);
    value = inside;
    // Where names are the user's own, it is the name that is wrong more often than what stands there.
    const isName = steps[at - 1] === "requestHeaders" || steps[at - 1] === "responseHeaders";
    if (isName || (listed !== undefined && steps[at + 1] === "name")) subject = shown(step);
    else if (typeof value === "string" || typeof value === "number") subject = shown(value);
    else subject = typeof step === "number" ? "the route" : `"${step}"`;
  }
  return { where, subject };
}

/** A mend of the edge's as a design's problems have it. */
function sentence(words: string): string {
  const end = /[.?!]$/.test(words) ? "" : ".";
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${end}`;
}
