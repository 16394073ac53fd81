/** A figure of a plan and where it comes from: no figure stands alone. Pure. */

export interface Figure {
  /** Unique in a plan: `traffic.peak`, `front.utilisation`. */
  readonly id: string;
  /** In a few words: `peak request rate`. */
  readonly title: string;
  readonly value: number;
  readonly unit: FigureUnit;
  readonly source: Source;
}

/** What a value counts. Shares are 0 to 1. */
export type FigureUnit =
  | "per-second"
  | "ms"
  | "bytes"
  | "bytes-per-second"
  | "bytes-per-day"
  | "share"
  | "count"
  | "minutes-per-year"
  | "price-per-month"
  /** Processors. */
  | "cores";

export type Source =
  /** The design says so, at that place: `requires.traffic.dailyUsers`. */
  | { readonly kind: "given"; readonly place: string }
  | {
      readonly kind: "derived";
      /** In words and signs: `daily users × requests per user / 86,400 s`. */
      readonly formula: string;
      /** The same with its values: `10,000,000 × 20 / 86,400 s = 2,315/s`. */
      readonly filled: string;
      /** The figures that went in, by id. */
      readonly inputs: readonly string[];
      /** Where the formula is from, where it is more than arithmetic. */
      readonly publication?: string;
    }
  /** What such an engine does by default. */
  | { readonly kind: "default"; readonly of: string; readonly publication: string }
  | { readonly kind: "measured"; readonly profile: string; readonly run?: string };
