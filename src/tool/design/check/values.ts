import { nearest } from "../../../blocks/errors/nearest.ts";
import { type Measure, readQuantity, shown } from "../quantities/measure.ts";
import { SHARE } from "../quantities/share.ts";
import type { Place } from "./place.ts";

// Each reader tells a problem at the place and returns a stand-in of the right type; a design with a problem is never
// handed out, so that nobody sees the stand-in.

/** The range that a quantity has to lie in, as numbers of the base unit, and how to write its ends. */
export interface Range {
  readonly least: number;
  readonly most: number;
  readonly format: (value: number) => string;
}

/**
 * Reads an object of options, telling each that is not among `known`. What is `undefined` counts as left out; a misspelt
 * option counts as the one that was meant, so that this is not told as missing as well.
 */
export function readOptions(
  place: Place,
  value: unknown,
  known: readonly string[],
  owner: string,
): Readonly<Record<string, unknown>> {
  if (!isPlainObject(value)) {
    place.problem(
      `${shown(value)} stands where the options of ${owner} belong`,
      `Write an object with ${oneOf(known, "and")}.`,
    );
    return {};
  }
  const options = { ...value };
  for (const key of Object.keys(value)) {
    if (known.includes(key) || value[key] === undefined) continue;
    const meant = nearest(key, known);
    if (meant !== undefined) options[meant] ??= value[key];
    place
      .at(key)
      .problem(
        `${owner} has no option "${key.slice(0, 60)}"`,
        meant === undefined ? `Its options are ${oneOf(known, "and")}.` : `Did you mean "${meant}"?`,
      );
  }
  return options;
}

/** Reads a quantity within a range. */
export function readMeasure(place: Place, value: unknown, measure: Measure, range: Range): number {
  const reading = readQuantity(measure, value);
  if (reading.value === undefined) {
    place.problem(reading.wrong, reading.mend);
    return 0;
  }
  const { least, most, format } = range;
  if (reading.value >= least && reading.value <= most) return reading.value;
  if (measure === SHARE && typeof value === "number" && value > 1 && value <= most * 100) {
    place.problem(`${value} is more than the whole`, `Did you mean "${value}%"?`);
    return least;
  }
  const [side, end] = reading.value < least ? ["little", least] : ["much", most];
  place.problem(
    `${shown(value)} is too ${side}`,
    `${side === "little" ? "The least" : "The most"} is ${quoted(format(end))}.`,
  );
  return least;
}

/** Reads a whole number within a range. */
export function readWhole(
  place: Place,
  value: unknown,
  range: { least: number; most: number },
  what: string,
): number {
  const { least, most } = range;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  place.problem(`${shown(value)} is not ${what}`, `Write a whole number from ${least} to ${most}.`);
  return least;
}

/** Reads text that is not empty, holds no control characters and is at most `most` characters long. */
export function readText(place: Place, value: unknown, what: string, example: string, most = 1_024): string {
  if (typeof value !== "string" || value === "") {
    place.problem(`${shown(value)} is not ${what}`, `Write ${what} such as ${quoted(example)}.`);
    return "";
  }
  if (value.length > most || hasControlCharacters(value)) {
    place.problem(
      `${shown(value)} is not ${what}`,
      `It may have up to ${most} characters, and none of them a control character such as a line's end.`,
    );
    return "";
  }
  return value;
}

/** Reads an array; anything else counts as an empty one. */
export function readList(place: Place, value: unknown, what: string, example: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  place.problem(`${shown(value)} is not ${what}`, `Write ${what}: ${example}.`);
  return [];
}

/** Whether a value is an object as a literal makes it, and no array, class instance or function. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Words as a sentence lists them: `a, b or c`. */
export function oneOf(words: readonly string[], joint: "and" | "or"): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} ${joint} ${last}`;
}

function quoted(text: string): string {
  return /^[\d.e+-]+$/.test(text) ? text : `"${text}"`;
}

function hasControlCharacters(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 32 || code === 127) return true;
  }
  return false;
}
