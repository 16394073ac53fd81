/** The places of outcomes in the arrays of meters. Pure. */

import type { Outcome } from "./exchange-record.ts";

/** All of them, in the order of their places. */
export const OUTCOMES = ["answered", "own", "cut", "left"] as const satisfies readonly Outcome[];

/** The place of an outcome in `OUTCOMES`. */
export function outcomeAt(outcome: Outcome): number {
  switch (outcome) {
    case "answered":
      return 0;
    case "own":
      return 1;
    case "cut":
      return 2;
    case "left":
      return 3;
  }
}
