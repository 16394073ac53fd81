import { formatQuantity, type Measure } from "./measure.ts";

/** A part of a whole: `"99.99%"`, or a number from 0 to 1. */
export type Share = number | `${number}${"" | " "}%`;

export const SHARE: Measure = {
  noun: "a share",
  example: "99.99%",
  base: "the whole, from 0 to 1",
  units: { "%": { tens: -2 } },
  meant: { percent: "%", pct: "%", "‰": "%" },
  spaced: false,
};

/** Writes a share in per cent so that it reads back as the same number: `0.9999` is `"99.99%"`. */
export function formatShare(share: number): string {
  return formatQuantity(SHARE, share);
}
