import type { CountUnit } from "./count.ts";
import { formatQuantity, type Measure, type Unit } from "./measure.ts";

/** How often: `"100/min"`, `"7k/s"`, `"20M/day"`, or a number per second. */
export type Rate = number | `${number}${"" | CountUnit}/${"s" | "min" | "h" | "day"}`;

const COUNTS: Readonly<Record<"" | CountUnit, number>> = { "": 0, k: 3, M: 6, B: 9, T: 12 };
const SECONDS = { day: 86_400, h: 3_600, min: 60, s: 1 } as const;

export const RATE: Measure = {
  noun: "a rate",
  example: "100/min",
  base: "times per second",
  units: Object.fromEntries(
    Object.entries(SECONDS).flatMap(([time, per]) =>
      Object.entries(COUNTS).map(([count, tens]): [string, Unit] => [`${count}/${time}`, { tens, per }]),
    ),
  ),
  unitsInWords: "/s, /min, /h and /day, with k, M, B or T before the stroke",
  meant: {
    "/sec": "/s",
    "/second": "/s",
    "/m": "/min",
    "/minute": "/min",
    "/hour": "/h",
    "/d": "/day",
    rps: "/s",
    qps: "/s",
  },
  spaced: false,
};

/** Writes times per second as a rate that reads back as the same number: `2300` is `"2.3k/s"`. */
export function formatRate(perSecond: number): string {
  return formatQuantity(RATE, perSecond);
}
