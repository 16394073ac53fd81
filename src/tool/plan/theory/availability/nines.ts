import { requireShare } from "../numerics/ranges.ts";

/** Nines, and what they come to in time. A year has 365 days, 525,600 minutes. Pure. */

export const MINUTES_PER_YEAR = 525_600;

/** How long something of that availability is down in a year: 52.56 minutes of 0.9999. */
export function downMinutesPerYear(availability: number): number {
  requireShare("an availability", availability);
  return (1 - availability) * MINUTES_PER_YEAR;
}

/**
 * The availability of something that is down for so many minutes a year.
 *
 * @throws RangeError when that is not between nothing and the year.
 */
export function availabilityOfDown(minutesPerYear: number): number {
  const availability = 1 - minutesPerYear / MINUTES_PER_YEAR;
  requireShare("an availability", availability);
  return availability;
}

/** How many nines it has: 3 of 0.999, 3.3 of 0.9995; Infinity of 1. */
export function ninesOf(availability: number): number {
  requireShare("an availability", availability);
  return Math.abs(Math.log10(1 - availability));
}
