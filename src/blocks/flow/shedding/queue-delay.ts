import type { PressureReading, Thresholds } from "./pressure-reading.ts";

/**
 * How long the one has waited who has waited longest, in milliseconds: of an `admissionQueue`, a pool of connections, or
 * whatever else can tell. By default shedding begins at 10 ms, twice the target of an admission queue, and reaches all but
 * critical calls at 50: before the queue itself has to turn anybody away.
 */
export function queueDelay(
  queue: { readonly oldestWaitMs: number },
  thresholds: Thresholds = {},
): PressureReading {
  const { startsAt = 10, allButCriticalAt = 50 } = thresholds;
  return { name: "queue delay", startsAt, allButCriticalAt, sample: () => queue.oldestWaitMs };
}
