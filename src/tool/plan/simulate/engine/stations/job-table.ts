import { widened } from "../widened.ts";

const FIRST_CAPACITY = 16;
/** Places are below this, so that one number can hold a place and how often it was used before. */
const PLACES_MAX = 2 ** 22;
const USES_MASK = 0x7fff_ffff;
/** Ends a list, and stands for no place. */
export const NONE = -1;

/**
 * The jobs at a station, each in a place of its own in arrays that grow by doubling; places are used again. A ticket names a place and
 * how often it was used, so that one that is out of date is told from a new one. Pure.
 */
export class JobTable {
  jobs = new Float64Array(FIRST_CAPACITY);
  /** Milliseconds of service that each needs. */
  needsMs = new Float64Array(FIRST_CAPACITY);
  arrivedMs = new Float64Array(FIRST_CAPACITY);
  /** The event, or the entry of a heap, that ends its service; -1 while it waits. */
  endings = new Float64Array(FIRST_CAPACITY);
  /** Neighbours in a list of those that wait; `next` of a free place: the next free one. */
  next = new Int32Array(FIRST_CAPACITY);
  previous = new Int32Array(FIRST_CAPACITY);
  urgencies = new Uint8Array(FIRST_CAPACITY);
  #uses = new Int32Array(FIRST_CAPACITY);
  #isTaken = new Uint8Array(FIRST_CAPACITY);
  #free = NONE;
  #fresh = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Places in use are below this. */
  get end(): number {
    return this.#fresh;
  }

  isTaken(place: number): boolean {
    return this.#isTaken[place] === 1;
  }

  /** The place for a job; `NONE` when 2^22 are taken. */
  take(job: number, needsMs: number, nowMs: number): number {
    let place = this.#free;
    if (place !== NONE) this.#free = this.next[place] as number;
    else {
      if (this.#fresh === this.jobs.length && !this.#grow()) return NONE;
      place = this.#fresh++;
    }
    this.#size++;
    this.#isTaken[place] = 1;
    this.jobs[place] = job;
    this.needsMs[place] = needsMs;
    this.arrivedMs[place] = nowMs;
    this.endings[place] = NONE;
    return place;
  }

  release(place: number): void {
    this.#size--;
    this.#isTaken[place] = 0;
    this.#uses[place] = ((this.#uses[place] as number) + 1) & USES_MASK;
    this.next[place] = this.#free;
    this.#free = place;
  }

  ticketOf(place: number): number {
    return (this.#uses[place] as number) * PLACES_MAX + place;
  }

  /** Its place; `NONE` when the job has left. */
  placeOf(ticket: number): number {
    if (ticket < 0) return NONE;
    const place = ticket % PLACES_MAX;
    const isCurrent = this.#uses[place] === (ticket - place) / PLACES_MAX;
    return isCurrent && this.isTaken(place) ? place : NONE;
  }

  #grow(): boolean {
    const length = this.jobs.length * 2;
    if (length > PLACES_MAX) return false;
    this.jobs = widened(this.jobs, new Float64Array(length));
    this.needsMs = widened(this.needsMs, new Float64Array(length));
    this.arrivedMs = widened(this.arrivedMs, new Float64Array(length));
    this.endings = widened(this.endings, new Float64Array(length));
    this.next = widened(this.next, new Int32Array(length));
    this.previous = widened(this.previous, new Int32Array(length));
    this.urgencies = widened(this.urgencies, new Uint8Array(length));
    this.#uses = widened(this.#uses, new Int32Array(length));
    this.#isTaken = widened(this.#isTaken, new Uint8Array(length));
    return true;
  }
}
