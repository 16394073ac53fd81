import { type JobTable, NONE } from "./job-table.ts";

/** Classes of urgency, from 0, the most urgent, to 7. */
export const URGENCIES = 8;

/** Who is next: who came first, who came last, or the most urgent and of those who came first. */
export type ServiceOrder = "first-come" | "last-come" | "by-urgency";

/** Those that wait, as lists through the places of a table: to add, to take and to leave from anywhere costs a few assignments. Pure. */
export class WaitingLines {
  readonly #table: JobTable;
  readonly #order: ServiceOrder;
  readonly #first = new Int32Array(URGENCIES).fill(NONE);
  readonly #last = new Int32Array(URGENCIES).fill(NONE);
  #size = 0;

  constructor(table: JobTable, order: ServiceOrder) {
    this.#table = table;
    this.#order = order;
  }

  get size(): number {
    return this.#size;
  }

  /** `urgency`: 0 to 7; beyond is as the end that it is beyond. */
  add(place: number, urgency: number): void {
    const table = this.#table;
    const line = this.#order === "by-urgency" ? Math.min(URGENCIES - 1, Math.max(0, Math.trunc(urgency))) : 0;
    const last = this.#last[line] as number;
    table.urgencies[place] = line;
    table.previous[place] = last;
    table.next[place] = NONE;
    if (last === NONE) this.#first[line] = place;
    else table.next[last] = place;
    this.#last[line] = place;
    this.#size++;
  }

  /** Takes who is next; `NONE` when nobody waits. */
  take(): number {
    if (this.#size === 0) return NONE;
    const ends = this.#order === "last-come" ? this.#last : this.#first;
    let line = 0;
    while (ends[line] === NONE) line++;
    const place = ends[line] as number;
    this.remove(place);
    return place;
  }

  /** Who waits longest, of all; `NONE` when nobody waits. */
  get oldest(): number {
    const { arrivedMs } = this.#table;
    let oldest = NONE;
    for (let line = 0; line < URGENCIES; line++) {
      const place = this.#first[line] as number;
      if (place === NONE) continue;
      if (oldest === NONE || (arrivedMs[place] as number) < (arrivedMs[oldest] as number)) oldest = place;
    }
    return oldest;
  }

  /** Takes out one that waits. */
  remove(place: number): void {
    const { next, previous, urgencies } = this.#table;
    const line = urgencies[place] as number;
    const before = previous[place] as number;
    const behind = next[place] as number;
    if (before === NONE) this.#first[line] = behind;
    else next[before] = behind;
    if (behind === NONE) this.#last[line] = before;
    else previous[behind] = before;
    this.#size--;
  }
}
