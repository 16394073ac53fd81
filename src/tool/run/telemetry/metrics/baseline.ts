/**
 * What was last reported of a total that only rises, to tell by how much it rose. A start time that was not seen before is a new
 * process, and its whole total is new; so is a total that fell. Several processes that report under one name are told apart by
 * their start times. Pure.
 */
export interface Baseline<Total> {
  readonly startUs: number;
  lastUs: number;
  total: Total;
}

/** How many processes are told apart in one series. */
const BASELINES_MAX = 8;

/** A report that is older than the last one by this is none that was late: its sender's clock was set back. */
const CLOCK_SET_BACK_US = 10 * 60_000_000;

/** What a report means, measured by those before it. */
export type Rise<Total> =
  /** It came before, or is older than what came. */
  | { readonly is: "old" }
  /** The first of all: nobody knows what of it is new. */
  | { readonly is: "first" }
  /** A new process, or one that counts anew: all of it is new. */
  | { readonly is: "new" }
  | { readonly is: "since"; readonly total: Total };

/** The baselines of one series, the one used last at the end. */
export class Baselines<Total> {
  readonly #list: Baseline<Total>[] = [];
  readonly #copy: (total: Total, over: Total | undefined) => Total;

  /** `copy` makes a total that may be kept, over the one that it follows where that saves memory. */
  constructor(copy: (total: Total, over: Total | undefined) => Total) {
    this.#copy = copy;
  }

  /**
   * Says what to measure a report by. `fell` tells whether the second total lies below the first. Unless it is old, `settle` has to be
   * called once the difference is taken.
   */
  note(
    startUs: number,
    timeUs: number,
    total: Total,
    fell: (before: Total, now: Total) => boolean,
  ): Rise<Total> {
    const list = this.#list;
    const place = list.findIndex((each) => each.startUs === startUs);
    const known = list[place];
    if (!known) {
      const isFirst = list.length === 0;
      list.push({ startUs, lastUs: timeUs, total: this.#copy(total, undefined) });
      if (list.length > BASELINES_MAX) list.shift();
      return isFirst ? FIRST : NEW;
    }
    if (timeUs <= known.lastUs && timeUs > known.lastUs - CLOCK_SET_BACK_US) return OLD;
    known.lastUs = timeUs;
    if (place < list.length - 1) {
      list.splice(place, 1);
      list.push(known);
    }
    return fell(known.total, total) ? NEW : { is: "since", total: known.total };
  }

  /** Keeps the total of the report that was noted last, to measure the next one by. */
  settle(total: Total): void {
    const last = this.#list.at(-1);
    if (last) last.total = this.#copy(total, last.total);
  }
}

const OLD = { is: "old" } as const;
const FIRST = { is: "first" } as const;
const NEW = { is: "new" } as const;
