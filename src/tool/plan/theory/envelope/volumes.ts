import { requireNotNegative, requireShare } from "../numerics/ranges.ts";
import { SECONDS_PER_DAY } from "./rates.ts";

/** Volumes of data: stored, sent, cached, logged. Bytes, in thousands as disks and networks count. A year has 365 days. Pure. */

export const DAYS_PER_YEAR = 365;

/** What is written, and kept. */
export interface Kept {
  /** Of new data, today. */
  readonly bytesPerDay: number;
  /** How long it is kept, 0 or more. */
  readonly days: number;
  /** With the first one, 1 or more. Default 1. */
  readonly copies?: number;
  /** How much a day's data grow in a year: 0.5 is half as much again. Above -1; default 0. */
  readonly growthPerYear?: number;
}

/**
 * What is stored when the first data are as old as they get: everything of so many days, in all copies. Growth goes on all the
 * time, at a rate that comes to the stated one after a year, so that a year with growth g has (1 + g - 1) / ln(1 + g) times the data of one without.
 */
export function storedBytes({ bytesPerDay, days, copies = 1, growthPerYear = 0 }: Kept): number {
  requireNotNegative("the data of a day", bytesPerDay);
  requireNotNegative("the time that data are kept", days);
  requireNotNegative("the number of copies", copies);
  if (!(growthPerYear > -1 && growthPerYear < Infinity)) {
    throw new RangeError(`growth is above -1, not ${growthPerYear}`);
  }
  const rate = Math.log1p(growthPerYear);
  const years = days / DAYS_PER_YEAR;
  const grown = Math.abs(rate * years) < 1e-9 ? years : Math.expm1(rate * years) / rate;
  return bytesPerDay * DAYS_PER_YEAR * grown * copies;
}

/** So much a day, spread over it: bytes per second. */
export function bytesPerSecond(bytesPerDay: number): number {
  requireNotNegative("the data of a day", bytesPerDay);
  return bytesPerDay / SECONDS_PER_DAY;
}

/** What a cache has to hold for everything that a day's reads ask for: as many items as there are different ones among the reads. */
export function workingSet(reads: {
  readonly readsPerDay: number;
  /** Different things among them, as a share of the reads. 0.2 by the rule of 80 and 20. */
  readonly unique: number;
  readonly itemBytes: number;
}): { readonly items: number; readonly bytes: number } {
  requireNotNegative("the reads of a day", reads.readsPerDay);
  requireShare("the share of different things", reads.unique);
  requireNotNegative("the size of an item", reads.itemBytes);
  const items = reads.readsPerDay * reads.unique;
  return { items, bytes: items * reads.itemBytes };
}

/** What is logged in a day: lines of that size, so many for each request. */
export function logBytesPerDay(log: {
  readonly perSecond: number;
  readonly lineBytes: number;
  /** Default 1. */
  readonly linesPerRequest?: number;
}): number {
  const { perSecond, lineBytes, linesPerRequest = 1 } = log;
  requireNotNegative("the rate", perSecond);
  requireNotNegative("the size of a line", lineBytes);
  requireNotNegative("the lines of a request", linesPerRequest);
  return perSecond * SECONDS_PER_DAY * lineBytes * linesPerRequest;
}
