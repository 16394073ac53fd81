import type { Store } from "./store.ts";

/** One step of a walk over all keys. */
export interface ScanStep {
  /** 0 when the walk is over; otherwise where the next step goes on. */
  readonly cursor: number;
  readonly keys: string[];
}

/**
 * Looks at the next `count` entries of a walk; a walk starts and ends with cursor 0.
 *
 * Every key that is there from the start of a walk to its end is returned at least once, whatever is added, removed or
 * expires meanwhile: the walk goes from the highest slot down, the cursor says how many low slots are still to be seen,
 * and entries only ever move to lower slots, so that none gets past it unseen. A key may be returned twice.
 */
export function scan(
  store: Store,
  cursor: number,
  count: number,
  matches: (key: string) => boolean,
): ScanStep {
  const keys: string[] = [];
  let slot = cursor === 0 ? store.size : Math.min(cursor, store.size);
  for (let seen = 0; slot > 0 && seen < count; seen++) {
    slot--;
    if (store.expired(slot)) store.removeExpired(slot);
    else if (matches(store.keyAt(slot))) keys.push(store.keyAt(slot));
  }
  return { cursor: slot, keys };
}
