/** Room for the statuses that occur, in the arrays and maps of meters. Pure. */

/** Different statuses that are told apart; more than that share `other`. The standard has 62 that are in use. */
export const STATUSES_MAX = 96;
const OTHER_STATUS = STATUSES_MAX - 1;
const STATUS_MAX = 999;

/** Gives each status that occurs a place in the arrays of all meters, since most never occur. */
export class StatusPlaces {
  readonly #places = new Uint8Array(STATUS_MAX + 1).fill(OTHER_STATUS);
  readonly #statuses: number[] = [];

  /** The place of a status, from 0; 0 as a status means that there was no answer. */
  placeOf(status: number): number {
    const place = this.#places[status];
    return place === undefined ? OTHER_STATUS : place === OTHER_STATUS ? this.#newPlace(status) : place;
  }

  /** The status as a label: `none` of no answer, `other` where there was no room. */
  labelOf(place: number): string {
    const status = this.#statuses[place];
    return status === undefined ? "other" : status === 0 ? "none" : String(status);
  }

  #newPlace(status: number): number {
    const place = this.#statuses.length;
    if (place === OTHER_STATUS) return OTHER_STATUS;
    this.#statuses.push(status);
    this.#places[status] = place;
    return place;
  }
}
