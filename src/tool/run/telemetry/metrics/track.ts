import { type Account, type Entry, Strip, StripCursor } from "./strip.ts";

/** One resolution in which samples are kept. */
export interface Tier {
  /** No entry is shorter, as far as reports allow. */
  readonly stepMs: number;
  /** How far back it goes. */
  readonly reachMs: number;
}

/** Whether values add up over time (increases, sums) or the last one counts (gauges). */
export type Folding = "add" | "last";

const cursor = new StripCursor();
/** What a fold is gathered in: used within one call and no longer. */
const gathered: Entry = { value: 0, used: 0, ids: [], counts: [] };
const QUIET: Entry = { value: 0, used: 0, ids: [], counts: [] };
const UNKNOWN: Entry = { value: Number.NaN, used: 0, ids: [], counts: [] };

/**
 * The samples of one series in several resolutions. What is reported is kept as it comes, as an amount over the stretch since the
 * report before; as soon as the stretches since the last entry of the next coarser tier make up its step, they are folded into one
 * there. Stretches in which nothing happened become one long entry: what is idle costs nothing. Pure.
 */
export class Track {
  readonly strips: (Strip | undefined)[];
  readonly folding: Folding;
  readonly #tiers: readonly Tier[];
  readonly #hasBuckets: boolean;
  readonly #accounts: readonly Account[];

  /** One account for each tier. */
  constructor(tiers: readonly Tier[], folding: Folding, hasBuckets: boolean, accounts: readonly Account[]) {
    this.strips = tiers.map(() => undefined);
    this.folding = folding;
    this.#tiers = tiers;
    this.#hasBuckets = hasBuckets;
    this.#accounts = accounts;
  }

  /** Until when something is known; undefined while nothing is. */
  get toMs(): number | undefined {
    return this.strips[0]?.toMs;
  }

  /** Since when something is known. */
  get fromMs(): number | undefined {
    let first: number | undefined;
    for (const strip of this.strips) if (strip) first = Math.min(first ?? strip.fromMs, strip.fromMs);
    return first;
  }

  /**
   * Adds what happened in (fromMs, toMs]; whole milliseconds. What overlaps the time before is cut; what lies in it altogether is
   * added to the newest entry, so that amounts are never lost. Time that was left out is a gap.
   */
  add(fromMs: number, toMs: number, entry: Entry): void {
    const strip = this.#stripOf(0, fromMs);
    if (toMs <= strip.toMs) {
      if (strip.isEmpty) this.#put(0, strip.toMs + 1, entry);
      else this.#addToLast(strip.toMs, entry);
    } else {
      if (fromMs > strip.toMs) this.#put(0, fromMs, UNKNOWN);
      this.#put(0, toMs, entry);
    }
    for (let tier = 1; tier < this.#tiers.length; tier++) if (!this.#fold(tier)) break;
  }

  /** Begins to tell of the time since a moment, of which nothing is known yet. */
  begin(fromMs: number): void {
    this.#stripOf(0, fromMs);
  }

  /** Lets go of what is older than each tier's reach, in milliseconds before `nowMs`. */
  dropBefore(nowMs: number, reachMs: readonly number[]): void {
    for (let tier = 0; tier < this.strips.length; tier++) {
      this.strips[tier]?.dropBefore(nowMs - (reachMs[tier] ?? 0));
    }
  }

  release(): void {
    for (const strip of this.strips) strip?.release();
    this.strips.fill(undefined);
  }

  #stripOf(tier: number, fromMs: number): Strip {
    let strip = this.strips[tier];
    if (!strip) {
      strip = new Strip(fromMs, this.#hasBuckets, this.#accounts[tier] ?? { bytes: 0 });
      this.strips[tier] = strip;
    }
    return strip;
  }

  /** Adds an entry to a tier, to the newest one there where that is the same, or too short to stand alone. */
  #put(tier: number, toMs: number, entry: Entry): void {
    const strip = this.#stripOf(tier, toMs);
    cursor.open(strip);
    if (!cursor.previous()) {
      strip.append(toMs, entry);
      return;
    }
    if (this.#isSame(cursor, entry)) {
      strip.replaceLast(toMs, entry);
      return;
    }
    const isShort = toMs - cursor.fromMs <= (this.#tiers[tier]?.stepMs ?? 0);
    const isFolded = (this.strips[tier + 1]?.toMs ?? Number.NEGATIVE_INFINITY) > cursor.fromMs;
    if (isShort && !isFolded && !Number.isNaN(cursor.value) && !Number.isNaN(entry.value)) {
      this.#merge(cursor, entry);
      strip.replaceLast(toMs, gathered);
    } else strip.append(toMs, entry);
  }

  /** Whether two stretches say the same, so that one can stand for both. */
  #isSame(one: Entry, other: Entry): boolean {
    if (Number.isNaN(one.value)) return Number.isNaN(other.value);
    if (one.used > 0 || other.used > 0) return false;
    return one.value === other.value && (this.folding === "last" || one.value === 0);
  }

  /** Adds to what is newest, in every tier that tells of that time. */
  #addToLast(momentMs: number, entry: Entry): void {
    for (const strip of this.strips) {
      if (!strip || strip.isEmpty || strip.toMs < momentMs) continue;
      cursor.open(strip);
      cursor.previous();
      if (Number.isNaN(cursor.value)) strip.replaceLast(strip.toMs, entry);
      else if (this.#isSame(cursor, QUIET) && strip.toMs - cursor.fromMs > 1) {
        // A long quiet stretch would have the amount spread over all of it.
        const toMs = strip.toMs;
        strip.replaceLast(toMs - 1, QUIET);
        strip.append(toMs, entry);
      } else {
        this.#merge(cursor, entry);
        strip.replaceLast(strip.toMs, gathered);
      }
    }
  }

  /** Both entries into `gathered`. */
  #merge(older: Entry, newer: Entry): void {
    if (this.folding === "last") copyEntry(newer, gathered);
    else addEntries(older, newer, gathered);
  }

  /** Folds what the finer tier has and this one has not, when it makes up a step. False when it does not. */
  #fold(tier: number): boolean {
    const finer = this.strips[tier - 1];
    const stepMs = this.#tiers[tier]?.stepMs ?? 0;
    if (!finer) return false;
    const strip = this.strips[tier];
    const sinceMs = strip?.toMs ?? finer.fromMs;
    if (finer.toMs - sinceMs < stepMs) return false;
    if (!strip) this.#stripOf(tier, sinceMs);
    else if (finer.fromMs > sinceMs) this.#put(tier, finer.fromMs, UNKNOWN);
    this.#stretches(finer, sinceMs, stepMs, (toMs, entry) => this.#put(tier, toMs, entry));
    return true;
  }

  /** What a strip holds since a moment, oldest first, put together to stretches of at least `stepMs`. */
  #stretches(
    finer: Strip,
    sinceMs: number,
    stepMs: number,
    give: (toMs: number, entry: Entry) => void,
  ): void {
    const entries: { toMs: number; entry: Entry }[] = [];
    cursor.open(finer);
    while (cursor.previous() && cursor.toMs > sinceMs) {
      const entry: Entry = { value: 0, used: 0, ids: [], counts: [] };
      copyEntry(cursor, entry);
      entries.push({ toMs: cursor.toMs, entry });
    }
    let fromMs = sinceMs;
    let open: { toMs: number; entry: Entry } | undefined;
    for (const each of entries.reverse()) {
      const differs = open && Number.isNaN(open.entry.value) !== Number.isNaN(each.entry.value);
      if (open && (differs || open.toMs - fromMs >= stepMs)) {
        give(open.toMs, open.entry);
        fromMs = open.toMs;
        open = undefined;
      }
      if (open && !Number.isNaN(open.entry.value)) {
        this.#merge(open.entry, each.entry);
        copyEntry(gathered, open.entry);
      } else open ??= each;
      open.toMs = each.toMs;
    }
    if (open) give(open.toMs, open.entry);
  }
}

/** A stretch without increase: to be given to `add`. */
export function quietEntry(): Entry {
  return QUIET;
}

/** Adds two entries whose buckets rise by number; `sum` is neither of them. */
function addEntries(one: Entry, other: Entry, sum: Entry): void {
  let left = 0;
  let right = 0;
  let used = 0;
  while (left < one.used || right < other.used) {
    const leftId = left < one.used ? (one.ids[left] ?? 0) : Number.POSITIVE_INFINITY;
    const rightId = right < other.used ? (other.ids[right] ?? 0) : Number.POSITIVE_INFINITY;
    let count = 0;
    if (leftId <= rightId) count += one.counts[left++] ?? 0;
    if (rightId <= leftId) count += other.counts[right++] ?? 0;
    sum.ids[used] = Math.min(leftId, rightId);
    sum.counts[used] = count;
    used++;
  }
  sum.used = used;
  sum.value = one.value + other.value;
}

function copyEntry(from: Entry, to: Entry): void {
  to.value = from.value;
  to.used = from.used;
  for (let index = 0; index < from.used; index++) {
    to.ids[index] = from.ids[index] ?? 0;
    to.counts[index] = from.counts[index] ?? 0;
  }
}
