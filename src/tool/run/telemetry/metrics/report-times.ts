import { KEY_SEPARATOR } from "./series-key.ts";

/** A report's time is believed when it is no further than this from that of its arrival. */
const LATE_MS_MAX = 5 * 60_000;
const EARLY_MS_MAX = 5_000;
/** A process that says that it began so long before this store did is taken to have begun with it. */
const BEGINNING_MS = 1_000;
/** What one report says may have been read at moments that are so far apart. */
const SAME_REPORT_US = 200_000;
/** How many senders are remembered. */
const SENDERS_MAX = 10_000;

interface SenderTimes {
  lastUs: number;
  /** Of the report before the last one; 0 when that was the first. */
  previousUs: number;
}

/** What reports say of time, and how far it is believed: clocks of other machines are off. Pure. */
export class ReportTimes {
  readonly #beganMs: number;
  readonly #senders = new Map<string, SenderTimes>();

  constructor(beganMs: number) {
    this.#beganMs = beganMs;
  }

  /** The time of a sample in whole milliseconds: what it says, or that of its arrival when it says something else entirely. */
  timeMs(timeUs: number, nowMs: number): number {
    const timeMs = Math.round(timeUs / 1000);
    const isBelieved = timeMs <= nowMs + EARLY_MS_MAX && timeMs >= nowMs - LATE_MS_MAX;
    return isBelieved ? Math.min(timeMs, Math.floor(nowMs)) : Math.floor(nowMs);
  }

  /** Notes that a sender reported. */
  note(part: string, replica: string, timeUs: number): void {
    const key = part + KEY_SEPARATOR + replica;
    const times = this.#senders.get(key);
    if (!times) {
      if (this.#senders.size >= SENDERS_MAX) this.#senders.clear();
      this.#senders.set(key, { lastUs: timeUs, previousUs: 0 });
    } else if (timeUs > times.lastUs + SAME_REPORT_US) {
      times.previousUs = times.lastUs;
      times.lastUs = timeUs;
    }
  }

  /**
   * Since when the total of a series has been counted that is seen for the first time: since its sender's report before this one,
   * in which it was not, or since a start that this store has seen. Undefined when it may be older than the store.
   */
  knownSinceMs(part: string, replica: string, startUs: number, timeUs: number): number | undefined {
    const times = this.#senders.get(part + KEY_SEPARATOR + replica);
    const previousUs = times?.previousUs ?? 0;
    if (previousUs > 0 && previousUs < timeUs) return Math.floor(Math.max(startUs, previousUs) / 1000);
    const startMs = Math.floor(startUs / 1000);
    return startUs > 0 && startMs >= this.#beganMs - BEGINNING_MS ? startMs : undefined;
  }

  /** Whether a sender's report before the last one was made at this time, or after it. */
  reportedAt(part: string, replica: string, timeUs: number): boolean {
    const previousUs = this.#senders.get(part + KEY_SEPARATOR + replica)?.previousUs ?? 0;
    return previousUs >= timeUs - SAME_REPORT_US;
  }
}
