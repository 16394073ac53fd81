import { seededRandom } from "../../src/blocks/time/index.ts";

/**
 * When wrk sends what falls due at random times: its clock counts whole milliseconds, so that all that falls due within one is sent together. In
 * milliseconds, rising, up to the end.
 */
export function* tickedArrivals(perSecond: number, untilMs: number): Generator<number> {
  const random = seededRandom(20);
  let dueMs = 0;
  for (;;) {
    dueMs -= (Math.log(1 - random()) * 1_000) / perSecond;
    if (dueMs > untilMs) return;
    yield Math.ceil(dueMs);
  }
}
