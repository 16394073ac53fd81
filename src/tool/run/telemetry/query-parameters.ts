import { RunError } from "../errors.ts";

/** Texts in URLs that are longer are refused. */
const TEXT_CHARACTERS_MAX = 1_000;

export interface NumberBounds {
  readonly min?: number;
  readonly max?: number;
  /** Only whole numbers. */
  readonly whole?: boolean;
}

/** A parameter of a URL as text; undefined when it is absent or empty. Throws `BAD_REQUEST` for one that is too long. */
export function textIn(params: URLSearchParams, name: string): string | undefined {
  const text = params.get(name) ?? "";
  if (text.length > TEXT_CHARACTERS_MAX) {
    throw new RunError("BAD_REQUEST", `${name} is longer than ${TEXT_CHARACTERS_MAX} characters`);
  }
  return text === "" ? undefined : text;
}

/** A number within bounds. Throws `BAD_REQUEST` for anything else. */
export function numberIn(params: URLSearchParams, name: string, bounds: NumberBounds): number | undefined {
  const text = textIn(params, name);
  if (text === undefined) return undefined;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, whole = false } = bounds;
  const value = /^-?\d{1,17}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max) || (whole && !Number.isInteger(value))) {
    const range = [
      ...(bounds.min === undefined ? [] : [`at least ${min}`]),
      ...(bounds.max === undefined ? [] : [`at most ${max}`]),
    ].join(" and ");
    throw new RunError(
      "BAD_REQUEST",
      `${name} has to be a ${whole ? "whole " : ""}number${range && `, ${range}`}`,
    );
  }
  return value;
}

/** One of several words. Throws `BAD_REQUEST` for any other. */
export function choiceIn<const Word extends string>(
  params: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = textIn(params, name);
  if (text === undefined) return undefined;
  const found = words.find((word) => word === text);
  if (found === undefined) throw new RunError("BAD_REQUEST", `${name} has to be one of ${words.join(", ")}`);
  return found;
}
