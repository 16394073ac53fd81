import { formatQuantity, type Measure } from "./measure.ts";

/** Thousand, million, billion (10^9) and trillion (10^12). */
export type CountUnit = "k" | "M" | "B" | "T";

/** How many: `"10M"`, `"200k"`, `"1.5B"`, or a number. */
export type Count = number | `${number}` | `${number}${"" | " "}${CountUnit}`;

export const COUNT: Measure = {
  noun: "a count",
  example: "10M",
  base: "single ones",
  units: {
    k: { tens: 3 },
    M: { tens: 6 },
    B: { tens: 9 },
    T: { tens: 12 },
  } satisfies Record<CountUnit, object>,
  meant: {
    m: "M",
    mio: "M",
    million: "M",
    millions: "M",
    thousand: "k",
    G: "B",
    g: "B",
    bn: "B",
    billion: "B",
    trillion: "T",
  },
  spaced: false,
  unitless: true,
};

/** Writes a count so that it reads back as the same number: `10000000` is `"10M"`. */
export function formatCount(count: number): string {
  return formatQuantity(COUNT, count);
}
