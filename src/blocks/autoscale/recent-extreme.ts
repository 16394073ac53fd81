import { type Moment, moments } from "./scale-events.ts";

/**
 * The highest, or the lowest, of what came within a window of time, in memory that grows with the number of different
 * values alone: whatever a later value exceeds can never be the highest again and is forgotten (Lemire, "Streaming
 * Maximum-Minimum Filter Using No More than Three Comparisons per Element", 2006).
 */
export class RecentExtreme {
  readonly #windowMs: number;
  /** 1 for the highest, -1 for the lowest. */
  readonly #sign: 1 | -1;
  /** Oldest first; each later one is less extreme. */
  readonly #kept: Moment[];

  constructor(which: "highest" | "lowest", windowMs: number, kept: readonly Moment[] = []) {
    this.#windowMs = windowMs;
    this.#sign = which === "highest" ? 1 : -1;
    this.#kept = moments(kept);
  }

  add(nowMs: number, value: number): void {
    let last = this.#kept.at(-1);
    while (last && this.#sign * (value - last[1]) >= 0) {
      this.#kept.pop();
      last = this.#kept.at(-1);
    }
    this.#kept.push([nowMs, value]);
  }

  /** The most extreme of `value` and of what came less than the window ago. */
  with(nowMs: number, value: number): number {
    let first = this.#kept[0];
    while (first && first[0] <= nowMs - this.#windowMs) {
      this.#kept.shift();
      first = this.#kept[0];
    }
    return first && this.#sign * (first[1] - value) > 0 ? first[1] : value;
  }

  get state(): Moment[] {
    return [...this.#kept];
  }
}
