import { formatQuantity, type Measure } from "./measure.ts";

/** The units of a duration. A month is a twelfth of a year, and a year 365 days. */
export type DurationUnit =
  | "us"
  | "ms"
  | "s"
  | "second"
  | "seconds"
  | "min"
  | "minute"
  | "minutes"
  | "h"
  | "hour"
  | "hours"
  | "d"
  | "day"
  | "days"
  | "week"
  | "weeks"
  | "month"
  | "months"
  | "year"
  | "years";

/** How long: `"200 ms"`, `"30 s"`, `"5 years"`, or a number of milliseconds. */
export type Duration = number | `${number}${"" | " "}${DurationUnit}`;

const SECOND = { tens: 3 };
const MINUTE = { times: 6, tens: 4 };
const HOUR = { times: 36, tens: 5 };
const DAY = { times: 864, tens: 5 };
const WEEK = { times: 6048, tens: 5 };
const MONTH = { times: 26_280, tens: 5 };
const YEAR = { times: 315_360, tens: 5 };

export const DURATION: Measure = {
  noun: "a duration",
  example: "200 ms",
  base: "milliseconds",
  units: {
    us: { tens: -3 },
    ms: {},
    second: SECOND,
    seconds: SECOND,
    s: SECOND,
    minute: MINUTE,
    minutes: MINUTE,
    min: MINUTE,
    hour: HOUR,
    hours: HOUR,
    h: HOUR,
    d: DAY,
    day: DAY,
    days: DAY,
    week: WEEK,
    weeks: WEEK,
    month: MONTH,
    months: MONTH,
    year: YEAR,
    years: YEAR,
  } satisfies Record<DurationUnit, object>,
  unitsInWords: "us, ms, s, min, h, days, weeks, months, years",
  meant: {
    µs: "us",
    μs: "us",
    usec: "us",
    msec: "ms",
    millis: "ms",
    millisecond: "ms",
    milliseconds: "ms",
    sec: "s",
    secs: "s",
    m: "min",
    mins: "min",
    hr: "h",
    hrs: "h",
    w: "weeks",
    mo: "months",
    y: "years",
    yr: "years",
    yrs: "years",
  },
  spaced: true,
};

/** Writes milliseconds as a duration that reads back as the same number: `200` is `"200 ms"`, one day is `"1 day"`. */
export function formatDuration(ms: number): string {
  return formatQuantity(DURATION, ms).replace(/^1 (day|week|month|year)s$/, "1 $1");
}
