import { type Entry, StripCursor } from "./strip.ts";
import type { Track } from "./track.ts";

/**
 * Reads a track from its newest entry back, in the tier that is asked for: where that one does not reach the present yet the finer
 * ones are read, and where it does not reach back far enough the coarser ones. No stretch is read twice. Pure.
 */
export class TrackCursor {
  /** The entry as it is kept. Its amount lies evenly over (entryFromMs, entryToMs]. */
  readonly entry: Entry;
  entryFromMs = 0;
  entryToMs = 0;
  /** The part of it that was not read from another tier: (fromMs, toMs]. */
  fromMs = 0;
  toMs = 0;
  readonly #strip = new StripCursor();
  #track: Track | undefined;
  #tier = 0;
  #target = 0;
  #beforeMs = 0;

  constructor() {
    this.entry = this.#strip;
  }

  /** `target` is the tier to read where there is a choice; entries that begin at or after `beforeMs` are passed over where possible. */
  open(track: Track, target: number, beforeMs = Number.POSITIVE_INFINITY): void {
    this.#track = track;
    this.#tier = 0;
    this.#target = target;
    this.#beforeMs = beforeMs;
    const first = track.strips[0];
    if (first) this.#strip.open(first, beforeMs);
    else this.#track = undefined;
  }

  /** The share of the entry's amount that lies in (fromMs, toMs] and in the stretch given. */
  shareIn(fromMs: number, toMs: number): number {
    const overlap = Math.min(toMs, this.toMs) - Math.max(fromMs, this.fromMs);
    return overlap > 0 ? overlap / (this.entryToMs - this.entryFromMs) : 0;
  }

  /** Takes the next older entry into the fields; false when there is none. Entries of a gap have the value NaN. */
  previous(): boolean {
    const track = this.#track;
    while (track) {
      const coarser = track.strips[this.#tier + 1];
      if (this.#tier < this.#target && coarser && this.#beforeMs <= coarser.toMs) this.#enter(this.#tier + 1);
      if (!this.#strip.previous()) {
        if (!coarser || this.#tier + 1 >= track.strips.length) return false;
        this.#enter(this.#tier + 1);
        continue;
      }
      const { fromMs, toMs } = this.#strip;
      if (fromMs >= this.#beforeMs) continue;
      const floorMs = this.#tier < this.#target ? (track.strips[this.#tier + 1]?.toMs ?? fromMs) : fromMs;
      this.entryFromMs = fromMs;
      this.entryToMs = toMs;
      this.toMs = Math.min(toMs, this.#beforeMs);
      // Beyond the end of the coarser tier that one is read on.
      this.fromMs = Math.min(this.toMs, Math.max(fromMs, floorMs));
      this.#beforeMs = this.fromMs;
      if (this.fromMs < this.toMs) return true;
    }
    return false;
  }

  #enter(tier: number): void {
    this.#tier = tier;
    const strip = this.#track?.strips[tier];
    if (strip) this.#strip.open(strip, this.#beforeMs);
  }
}
