import { countText, shareText } from "../../report/figure-text.ts";
import type { Percentile } from "./requirement.ts";

/** Words of which several sentences are made. Pure. */

/** Requests that a percentile speaks of. */
export const MOST: Readonly<Record<Percentile, string>> = {
  p50: "half of the requests",
  p90: "9 in 10 requests",
  p95: "19 in 20 requests",
  p99: "99 in 100 requests",
  p999: "999 in 1,000 requests",
};

/** `6,944 requests a second`. */
export function requestsPerSecond(rate: number): string {
  const text = countText(rate);
  return `${text} ${text === "1" ? "request" : "requests"} a second`;
}

/** Names up to here are all told. */
const LISTED_MAX = 4;

/** `a`, `a and b`, `a, b and c`; of more than four the rest is counted. */
export function listed(names: readonly string[]): string {
  if (names.length > LISTED_MAX)
    return `${names.slice(0, LISTED_MAX - 1).join(", ")} and ${names.length - LISTED_MAX + 1} more`;
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** How busy something is, never rounded up to all of it. */
export function busy(utilisation: number): string {
  return shareText(Math.floor(Math.min(utilisation, 1) * 100) / 100);
}

/** With a capital letter. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
