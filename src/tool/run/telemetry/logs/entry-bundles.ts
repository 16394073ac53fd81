import type { Clock, Timer } from "../../../../blocks/time/index.ts";
import type { LogEntry } from "../../../control-api/index.ts";
import type { StoredLine } from "./stored-line.ts";

const EVERY_MS = 250;
const ENTRIES_MAX = 200;

/** Told what came lately, oldest first, and how many entries before those were left out of the bundle. Must not throw. */
export type EntryListener = (entries: readonly LogEntry[], leftOut: number) => void;

/** Hands entries on as they come, in bundles of at most 200, the newest, every 250 ms. Does nothing while nobody listens. */
export class EntryBundles {
  readonly #clock: Clock;
  readonly #listeners = new Set<EntryListener>();
  #waiting: StoredLine[] = [];
  #leftOut = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns what ends it. */
  subscribe(listener: EntryListener): () => void {
    // A function of its own: the same one may listen twice.
    const own: EntryListener = (entries, leftOut) => listener(entries, leftOut);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.#forget();
    };
  }

  add(line: StoredLine): void {
    if (this.#listeners.size === 0) return;
    this.#waiting.push(line);
    if (this.#waiting.length >= 2 * ENTRIES_MAX) this.#shorten();
    if (this.#timer) return;
    this.#timer = this.#clock.setTimer(EVERY_MS, () => this.#tell());
    this.#timer.unref();
  }

  #tell(): void {
    this.#timer = undefined;
    this.#shorten();
    const entries = this.#waiting.map((line) => line.entry());
    const leftOut = this.#leftOut;
    this.#forget();
    for (const listener of [...this.#listeners]) listener(entries, leftOut);
  }

  #shorten(): void {
    const tooMany = Math.max(0, this.#waiting.length - ENTRIES_MAX);
    this.#waiting = this.#waiting.slice(tooMany);
    this.#leftOut += tooMany;
  }

  #forget(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#waiting = [];
    this.#leftOut = 0;
  }
}
