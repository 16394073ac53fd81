import { nearest } from "../../../blocks/errors/nearest.ts";
import { DURATION, formatDuration } from "../quantities/duration.ts";
import { shown } from "../quantities/measure.ts";
import { formatShare, SHARE } from "../quantities/share.ts";
import { formatSize, SIZE } from "../quantities/size.ts";
import { needFile } from "./files.ts";
import type { Place } from "./place.ts";
import { isPlainObject, oneOf, readMeasure, readOptions, readText, readWhole } from "./values.ts";

/** Reads what stands at a place: tells what is wrong with it, and returns it as the model has it. */
export type Reader<Value> = (place: Place, value: unknown) => Value;

/** For each field of a model, the option that gives it, and how that is read. */
export type Table<Model> = {
  readonly [Name in keyof Required<Model>]: readonly [option: string, read: Reader<Required<Model>[Name]>];
};

/**
 * Reads an object of options by a table. What is left out is absent from the model, unless it is among `required`: then its reader tells
 * that nothing stands there.
 */
export function readTable<Model>(
  place: Place,
  value: unknown,
  owner: string,
  table: Table<Model>,
  required: readonly string[] = [],
): Model {
  const rows = Object.entries<readonly [string, Reader<unknown>]>(table);
  const options = readOptions(
    place,
    value,
    rows.map(([, [option]]) => option),
    owner,
  );
  if (!isPlainObject(value)) return {} as Model;
  return readRows(place, options, rows, required) as Model;
}

/** The same, of options that are known to be no others. */
export function readFields<Model>(
  place: Place,
  options: Readonly<Record<string, unknown>>,
  table: Table<Model>,
): Model {
  return readRows(place, options, Object.entries<readonly [string, Reader<unknown>]>(table)) as Model;
}

function readRows(
  place: Place,
  options: Readonly<Record<string, unknown>>,
  rows: readonly (readonly [string, readonly [string, Reader<unknown>]])[],
  required: readonly string[] = [],
): object {
  return Object.fromEntries(
    rows.flatMap(([name, [option, read]]) => {
      const value = options[option];
      return value === undefined && !required.includes(option) ? [] : [[name, read(place.at(option), value)]];
    }),
  );
}

/** The options that a table reads. */
export function optionsOf<Model>(table: Table<Model>): readonly string[] {
  return Object.values<readonly [string, Reader<unknown>]>(table).map(([option]) => option);
}

/** A day: nothing that an edge waits for takes longer. */
const TIME_MAX_MS = 86_400_000;

/** A time in whole milliseconds. */
export function time(least: number): Reader<number> {
  const range = { least, most: TIME_MAX_MS, format: formatDuration };
  return (place, value) => Math.round(readMeasure(place, value, DURATION, range));
}

/** A size, from `least` bytes. */
export function size(least: number): Reader<number> {
  const range = { least, most: 2 ** 50, format: formatSize };
  return (place, value) => readMeasure(place, value, SIZE, range);
}

/** A share; with `some`, of more than nothing. */
export function share(some?: "some"): Reader<number> {
  const range = { least: some ? 0.000_001 : 0, most: 1, format: formatShare };
  return (place, value) => readMeasure(place, value, SHARE, range);
}

/** A whole number of a range. */
export function whole(least: number, most: number, what = "a number of them"): Reader<number> {
  return (place, value) => readWhole(place, value, { least, most }, what);
}

export const flag: Reader<boolean> = (place, value) => {
  if (typeof value !== "boolean")
    place.problem(`${shown(value)} is neither true nor false`, "Write true or false.");
  return value === true;
};

/** Text that is not empty. */
export function text(what: string, example: string): Reader<string> {
  return (place, value) => readText(place, value, what, example);
}

/** One of these words. */
export function choice<Word extends string | number>(...words: readonly Word[]): Reader<Word> {
  return (place, value) => {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    const written = words.map((word) => JSON.stringify(word));
    const meant = typeof value === "string" ? nearest(value, words.map(String)) : undefined;
    place.problem(
      `${shown(value)} is not one of ${oneOf(written, "and")}`,
      meant === undefined ? `Write ${oneOf(written, "or")}.` : `Did you mean "${meant}"?`,
    );
    return words[0] as Word;
  };
}

/** A list, each element by its reader. */
export function list<Value>(read: Reader<Value>, example: string): Reader<readonly Value[]> {
  return (place, value) => {
    if (Array.isArray(value) && value.length > 0) return value.map((one, at) => read(place.at(at), one));
    place.problem(
      Array.isArray(value) ? "the list is empty" : `${shown(value)} is not a list`,
      `Write ${example}, for instance, or leave it out.`,
    );
    return [];
  };
}

/** A file that has to be there, relative to the design's folder. */
export function file(folder: string, example: string): Reader<string> {
  return (place, value) => {
    const path = readText(place, value, "a file's path", example);
    if (path !== "")
      needFile(place, folder, folder, path, "Make it, or mend the path: it starts at the design file.");
    return path;
  };
}

/** An object of text by names of the user's own. */
export const texts: Reader<Readonly<Record<string, string>>> = (place, value) => {
  if (!isPlainObject(value)) {
    place.problem(`${shown(value)} does not name fields`, 'Write { "X-From": "edge" }, for instance.');
    return {};
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => {
      if (one === undefined) return [];
      if (typeof one === "string") return [[name, one]];
      place.at(name).problem(`${shown(one)} is not text`, "Put it in quotes.");
      return [[name, ""]];
    }),
  );
};
