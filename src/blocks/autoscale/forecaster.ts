import { ForecastErrors, UNKNOWN } from "./forecast-errors.ts";
import { SlotHistory, type SlotHistoryState } from "./slot-history.ts";

/** How a load is remembered, and how it is read. */
export interface ForecasterOptions {
  /** The load is remembered by its mean over slots this long, in milliseconds. Default 300,000 (five minutes). */
  readonly slotMs?: number;
  /** After how long the load repeats, in milliseconds, 1 to 4 of them: the one whose forecasts were off least of late is taken. Default: a week and a day. */
  readonly seasonsMs?: readonly number[];
  /** How far back the load is remembered, in milliseconds. Default 28 days, which is 32 KB. */
  readonly historyMs?: number;
  /** The load of this long, up to now, says how today differs from the days like it, in milliseconds. Default 1,800,000 (half an hour). */
  readonly levelMs?: number;
  /** How far ahead forecasts are held against what came, in milliseconds. Default 600,000 (ten minutes). */
  readonly leadMs?: number;
  /** No forecast from fewer seasons than this; a whole number from 1. Default 2. */
  readonly seasonsMin?: number;
}

/** What a load will probably be. */
export interface Forecast {
  readonly value: number;
  /** Of the forecasts of late, one in twenty came out below, by what part; and one in twenty above `high`. */
  readonly low: number;
  readonly high: number;
  /** By what part forecasts of late were off, in the median; NaN when too few have been held against what came. */
  readonly error: number;
  /** From how many seasons it is made, and how long each is, in milliseconds. */
  readonly seasons: number;
  readonly seasonMs: number;
}

/** What a forecaster remembers; plain data. */
export type ForecasterState = SlotHistoryState;

/** Learns how a load repeats. Time is the wall clock, in milliseconds since the epoch. */
export interface Forecaster {
  /** Notes the load now, any number of times per slot; what is older than the latest is ignored, as is what is not a number from 0 to 1e30. */
  observe(timeMs: number, value: number): void;
  /** The load to expect at a time to come; undefined while there is too little history for that time. */
  forecast(timeMs: number): Forecast | undefined;
  readonly state: ForecasterState;
}

const DAY_MS = 86_400_000;
const SEASONS_MAX = 4;
const SLOTS_MAX = 100_000;
/** A week of five minutes. */
const ERRORS_MAX = 2_016;
/** More would not fit into single precision once it is stretched. */
const LOAD_MAX = 1e30;
/** A day like no other: how far its level may stretch the days before it. */
const STRETCH_MAX = 4;

/**
 * Forecasts a load that repeats daily or weekly: the median of what it was at that time in the seasons before, each stretched by
 * how the load of late compares with that season's at the same time. The median leaves out a flash crowd of last week; the
 * stretching follows growth and a day that is busier than others (the level and the seasons of Holt and Winters: P. R. Winters,
 * "Forecasting Sales by Exponentially Weighted Moving Averages", Management Science 6, 1960; the median for their weighted mean).
 *
 * Pure, in `historyMs / slotMs` numbers of four bytes.
 *
 * @throws RangeError for an option out of its range.
 */
export function forecaster(options: ForecasterOptions = {}, state?: ForecasterState): Forecaster {
  return new SeasonalForecaster(options, state);
}

class SeasonalForecaster implements Forecaster {
  readonly #slotMs: number;
  readonly #seasons: readonly number[];
  readonly #levelSlots: number;
  readonly #leadSlots: number;
  readonly #seasonsMin: number;
  readonly #historySlots: number;
  readonly #history: SlotHistory;
  /** Of each season's forecasts. */
  readonly #errors: readonly ForecastErrors[];

  // The slot under way.
  #slot = Number.NaN;
  #sum = 0;
  #count = 0;

  constructor(options: ForecasterOptions, state?: ForecasterState) {
    const { slotMs = 300_000, seasonsMs = [7 * DAY_MS, DAY_MS], historyMs = 28 * DAY_MS } = options;
    const { levelMs = 1_800_000, leadMs = 600_000, seasonsMin = 2 } = options;
    if (!(slotMs >= 1 && slotMs < Number.POSITIVE_INFINITY))
      throw new RangeError(`slotMs has to be from 1, not ${slotMs}`);
    const wholeSlots = (name: string, durationMs: number, least: number) => {
      const slots = Math.round(durationMs / slotMs);
      if (slots >= least && slots <= SLOTS_MAX) return slots;
      throw new RangeError(`${name} has to be ${least} to ${SLOTS_MAX} times slotMs, not ${durationMs}`);
    };
    if (!Number.isSafeInteger(seasonsMin) || seasonsMin < 1)
      throw new RangeError(`seasonsMin has to be a whole number from 1, not ${seasonsMin}`);
    if (seasonsMs.length < 1 || seasonsMs.length > SEASONS_MAX)
      throw new RangeError(`seasonsMs has to hold 1 to ${SEASONS_MAX}, not ${seasonsMs.length}`);
    this.#slotMs = slotMs;
    this.#seasons = seasonsMs.map((seasonMs, index) => wholeSlots(`seasonsMs[${index}]`, seasonMs, 2));
    this.#historySlots = wholeSlots("historyMs", historyMs, 2);
    this.#levelSlots = wholeSlots("levelMs", levelMs, 1);
    this.#leadSlots = wholeSlots("leadMs", leadMs, 1);
    this.#seasonsMin = seasonsMin;
    this.#history = new SlotHistory(this.#historySlots, state);
    const kept = Math.min(ERRORS_MAX, this.#historySlots);
    this.#errors = this.#seasons.map(() => new ForecastErrors(this.#leadSlots, kept));
    const { newest } = this.#history;
    for (let slot = newest - kept + 1; slot <= newest; slot++) this.#judge(slot);
  }

  get state(): ForecasterState {
    return this.#history.state;
  }

  observe(timeMs: number, value: number): void {
    const slot = Math.floor(timeMs / this.#slotMs);
    const latest = Number.isNaN(this.#slot) ? this.#history.newest + 1 : this.#slot;
    if (!(value >= 0 && value <= LOAD_MAX) || !Number.isSafeInteger(slot) || slot < latest) return;
    if (slot !== this.#slot) this.#close();
    this.#slot = slot;
    this.#sum += value;
    this.#count++;
  }

  forecast(timeMs: number): Forecast | undefined {
    // Beyond the shortest history nothing can be known, and the loop over seasons is to stay short.
    if (!(timeMs / this.#slotMs < this.#history.newest + this.#historySlots)) return undefined;
    // A slot's mean is what the load was in its middle; between two middles it goes straight.
    const place = timeMs / this.#slotMs - 0.5;
    const slot = Math.floor(place);
    const { newest } = this.#history;
    let best: Forecast | undefined;
    for (const [index, season] of this.#seasons.entries()) {
      const before = this.#expected(slot, season, newest);
      const after = this.#expected(slot + 1, season, newest);
      if (!before || !after) continue;
      const { low, high, median } = this.#errors[index]?.spread ?? UNKNOWN;
      if (best && !(median < best.error)) continue;
      const value = before.value + (after.value - before.value) * (place - slot);
      const known = !Number.isNaN(median);
      best = {
        value,
        low: known ? Math.max(0, value * (1 + low)) : Math.min(before.low, after.low),
        high: known ? value * (1 + high) : Math.max(before.high, after.high),
        error: median,
        seasons: Math.min(before.seasons, after.seasons),
        seasonMs: season * this.#slotMs,
      };
    }
    return best;
  }

  #close(): void {
    if (this.#count === 0) return;
    const mean = this.#sum / this.#count;
    this.#history.put(this.#slot, mean);
    this.#judge(this.#slot);
    this.#sum = 0;
    this.#count = 0;
  }

  /** Holds what was expected of a slot against what it came to, and notes what is expected from there. */
  #judge(slot: number): void {
    const ahead = slot + this.#leadSlots;
    for (const [index, season] of this.#seasons.entries()) {
      const errors = this.#errors[index];
      errors?.came(slot, this.#history.at(slot));
      errors?.expect(ahead, this.#expected(ahead, season, slot)?.value ?? Number.NaN);
    }
  }

  /** By what was known when the slot `newest` was over. */
  #expected(slot: number, season: number, newest: number): Expected | undefined {
    const found = this.#bySeason(slot, season, newest);
    if (found.length < this.#seasonsMin) return undefined;
    found.sort((one, other) => one - other);
    const [low = 0, high = 0] = [found[0], found.at(-1)];
    return { value: median(found), low, high, seasons: found.length };
  }

  /** What the load was a season ago, two seasons ago and so on, stretched to the level of today. */
  #bySeason(slot: number, season: number, newest: number): number[] {
    const level = this.#levelBefore(newest);
    const found: number[] = [];
    for (let back = season; slot - back > newest - this.#historySlots; back += season) {
      const then = slot - back > newest ? Number.NaN : this.#history.at(slot - back);
      if (Number.isNaN(then)) continue;
      const stretch = level / this.#levelBefore(newest - back);
      found.push(
        then * (Number.isNaN(stretch) ? 1 : Math.min(STRETCH_MAX, Math.max(1 / STRETCH_MAX, stretch))),
      );
    }
    return found;
  }

  #levelBefore(slot: number): number {
    return this.#history.mean(slot - this.#levelSlots, slot);
  }
}

interface Expected {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly seasons: number;
}

/** Of numbers in order. */
function median(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
