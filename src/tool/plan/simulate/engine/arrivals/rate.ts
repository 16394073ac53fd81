/** A rate that does not exceed `perSecond` until `untilMs`, which is after the time that was asked about. */
export interface RateBound {
  readonly perSecond: number;
  readonly untilMs: number;
}

/** How many arrive per second, as it changes over simulated time. Pure. */
export interface Rate {
  /** Per second, 0 or more, finite. */
  at(timeMs: number): number;
  /** What it does not exceed from `timeMs` on, for a while. The closer, and the longer, the cheaper to draw arrivals by. */
  boundFrom(timeMs: number): RateBound;
}

/** A rate as plain data. Rates are per second. */
export type RateSpec =
  | { readonly kind: "constant"; readonly perSecond: number }
  /** From one rate to the other, evenly, between two times; as it was before them, and as it became behind. */
  | {
      readonly kind: "ramp";
      readonly fromPerSecond: number;
      readonly toPerSecond: number;
      readonly startMs?: number;
      readonly durationMs: number;
    }
  /** Each rate holds from its time to the next one's; before the first nothing arrives. */
  | {
      readonly kind: "steps";
      readonly steps: readonly { readonly fromMs: number; readonly perSecond: number }[];
    }
  /** A base, and for a while a peak at once. */
  | {
      readonly kind: "spike";
      readonly basePerSecond: number;
      readonly peakPerSecond: number;
      readonly startMs: number;
      readonly durationMs: number;
    }
  /** A base; then, evenly within `riseMs`, up to a peak that holds for `holdMs`; then back, by half of what is left every `halfLifeMs`. */
  | {
      readonly kind: "flash-crowd";
      readonly basePerSecond: number;
      readonly peakPerSecond: number;
      readonly startMs: number;
      readonly riseMs: number;
      /** Default 0. */
      readonly holdMs?: number;
      readonly halfLifeMs: number;
    }
  /** A day's curve: see `dailyRate`. */
  | {
      readonly kind: "daily";
      readonly meanPerSecond: number;
      /** The highest rate by the mean, 1 to 20. Default 3, as the handbook assumes. */
      readonly peak?: number;
      /** When it is highest, in milliseconds after midnight; the simulation begins at midnight. Default 20 o'clock. */
      readonly peakMs?: number;
      /** How long a day takes, in milliseconds. Default 24 hours; less to see days go by. */
      readonly dayMs?: number;
    }
  /** All of these together. */
  | { readonly kind: "sum"; readonly of: readonly RateSpec[] };
