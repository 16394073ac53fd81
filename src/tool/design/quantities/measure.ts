import { nearest } from "../../../blocks/errors/nearest.ts";

/** A unit as `times × 10^tens / per` of the base unit: decimal factors are exact that way ("0.57 k" is 570, not 569.99…). */
export interface Unit {
  readonly times?: number;
  readonly tens?: number;
  readonly per?: number;
}

/** A kind of quantity: what it is called, its units, and what people write by mistake. */
export interface Measure {
  /** With its article, for messages: `a size`. */
  readonly noun: string;
  /** One that is right, for messages. */
  readonly example: string;
  /** What a bare number counts, for messages: `bytes`. */
  readonly base: string;
  /** From the smallest to the largest, each with the name that is written out. */
  readonly units: Readonly<Record<string, Unit>>;
  /** The units, in words, where the list itself would be long. */
  readonly unitsInWords?: string;
  /** Wrong units whose right one is not their nearest by spelling. */
  readonly meant: Readonly<Record<string, string>>;
  /** Whether the unit is written apart from the number: `64 MiB`, but `10M`. */
  readonly spaced: boolean;
  /** Whether text may do without a unit, as `"200"` in a count. */
  readonly unitless?: boolean;
  /** Fractions of the base unit are rounded away: there is no half byte. */
  readonly whole?: boolean;
}

/** What a quantity was read as, or why it could not be. */
export type Reading =
  | { readonly value: number }
  | { readonly wrong: string; readonly mend: string; readonly value?: undefined };

/**
 * Reads a quantity: a number of the base unit, or text of a number and a unit, `"64 MiB"` or `"64MiB"`. The number is
 * decimal, may have a fraction and an exponent, and is never negative.
 */
export function readQuantity(measure: Measure, written: unknown): Reading {
  if (typeof written === "number") {
    if (!Number.isFinite(written)) return wrong(measure, written, `is not ${measure.noun}`);
    return written < 0 ? wrong(measure, written, "is negative") : { value: rounded(measure, written) };
  }
  if (typeof written !== "string") return wrong(measure, written, `is not ${measure.noun}`);
  if (written.length > TEXT_MAX) return wrong(measure, written, `is not ${measure.noun}`);
  const [, sign, digits, exponent, name] = GRAMMAR.exec(written) ?? [];
  if (digits === undefined || name === undefined) return wrong(measure, written, `is not ${measure.noun}`);
  if (sign) return wrong(measure, written, "is negative");
  if (name === "" && !measure.unitless) return wrong(measure, written, "has no unit");
  const unit = name === "" ? {} : Object.hasOwn(measure.units, name) ? measure.units[name] : undefined;
  if (!unit)
    return wrong(measure, written, `has the unknown unit "${name}"`, `${digits}${exponent ?? ""}`, name);
  const tens = Number(exponent?.slice(1) ?? 0) + (unit.tens ?? 0);
  const value = ((unit.times ?? 1) * Number(`${digits}e${tens}`)) / (unit.per ?? 1);
  return Number.isFinite(value)
    ? { value: rounded(measure, value) }
    : wrong(measure, written, "is too large");
}

/**
 * Writes a quantity so that reading it gives exactly the same value: with the largest unit of which it is at least one and
 * that makes a fraction of two digits at most; where there is none, in the base unit with all its digits.
 */
export function formatQuantity(measure: Measure, value: number): string {
  const gap = measure.spaced ? " " : "";
  for (const [name, unit] of Object.entries(measure.units).reverse()) {
    const count = ((value / (unit.times ?? 1)) * (unit.per ?? 1)) / 10 ** (unit.tens ?? 0);
    const text = `${Number(count.toFixed(2))}${gap}${name}`;
    if (count >= 1 && readQuantity(measure, text).value === value) return text;
  }
  const [name = "", unit = {}] = baseUnit(measure) ?? [];
  const [digits = "", exponent = "0"] = String(value).split("e");
  const shifted = `${digits}e${Number(exponent) - (unit.tens ?? 0)}`;
  const plain = `${Number(shifted)}${gap}${name}`;
  return readQuantity(measure, plain).value === value ? plain.trim() : `${shifted}${gap}${name}`;
}

function baseUnit(measure: Measure): [string, Unit] | undefined {
  const units = Object.entries(measure.units);
  const isBase = ([, { times = 1, tens = 0, per = 1 }]: [string, Unit]) =>
    times === 1 && tens === 0 && per === 1;
  return units.find(isBase) ?? (measure.unitless ? undefined : units[0]);
}

/** A value as it stands in a message: text in quotes, cut where it is long. */
export function shown(value: unknown): string {
  if (typeof value === "string") {
    const cut = value.length > 60 ? `${value.slice(0, 57)}…` : value;
    return JSON.stringify(cut);
  }
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "bigint" ? `${value}n` : String(value);
}

/** Whatever was thrown, as it stands in a message. */
export function thrownText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return shown(thrown);
  return thrown.message === "" ? thrown.name : thrown.message.slice(0, 500);
}

/** Sign, digits, exponent, unit. */
const GRAMMAR = /^\s*(-)?(\d+(?:\.\d+)?)(e[+-]?\d{1,3})?\s*(\S*)\s*$/;
const TEXT_MAX = 60;

function rounded(measure: Measure, value: number): number {
  return measure.whole ? Math.round(value) : value;
}

function wrong(measure: Measure, written: unknown, what: string, digits?: string, unit?: string): Reading {
  const units = measure.unitsInWords ?? Object.keys(measure.units).join(", ");
  const gap = measure.spaced ? " " : "";
  const meant = unit === undefined ? undefined : unitMeant(measure, unit);
  const mend = meant
    ? `Did you mean "${digits}${gap}${meant}"? The units are ${units}.`
    : `Write ${measure.noun} such as "${measure.example}" (the units are ${units}), or a number of ${measure.base}.`;
  return { wrong: `${shown(written)} ${what}`, mend };
}

function unitMeant(measure: Measure, unit: string): string | undefined {
  if (Object.hasOwn(measure.meant, unit)) return measure.meant[unit];
  const alike = (name: string) => name.toLowerCase() === unit.toLowerCase();
  const names = Object.keys(measure.units);
  return names.find(alike) ?? (unit.length < 3 ? undefined : nearest(unit, names));
}
