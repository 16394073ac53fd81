/** A number and when it came, as it is kept in a state. */
export type Moment = readonly [atMs: number, value: number];

/** So many changes within the longest period are kept apart; more are counted together, as if they had come later. */
const EVENTS_MAX = 512;

/** What was added and taken away of late, for the policies that bound it. */
export class ScaleEvents {
  readonly #keptMs: number;
  #events: Moment[];

  /** `keptMs`: how long an event matters. */
  constructor(keptMs: number, events: readonly Moment[] = []) {
    this.#keptMs = keptMs;
    this.#events = moments(events);
  }

  /** Notes a change: above 0 for replicas added, below for those taken away. */
  add(nowMs: number, change: number): void {
    this.#events = this.#events.filter(([atMs]) => atMs > nowMs - this.#keptMs);
    this.#events.push([nowMs, change]);
    if (this.#events.length <= EVENTS_MAX) return;
    const [oldest, next] = this.#events;
    if (oldest && next) this.#events.splice(0, 2, [next[0], oldest[1] + next[1]]);
  }

  /** Takes the latest event back, when what it tells of did not happen. */
  takeBack(): void {
    this.#events.pop();
  }

  /** Replicas added less those taken away after `sinceMs`. */
  changeSince(sinceMs: number): number {
    let change = 0;
    for (const [atMs, one] of this.#events) if (atMs > sinceMs) change += one;
    return change;
  }

  get state(): Moment[] {
    return [...this.#events];
  }
}

/** Those of a kept state that are moments indeed. */
export function moments(kept: readonly Moment[]): Moment[] {
  return kept.filter(([atMs, value]) => Number.isFinite(atMs) && Number.isFinite(value));
}
