import type { PressureReading, Thresholds } from "./pressure-reading.ts";

/**
 * How long the event loop keeps what is due waiting, in milliseconds. In Node it is the one queue that everything passes
 * through, so this is the reading to begin with. Shedding begins at 30 ms by default and reaches all but critical calls at 100:
 * a call passes the loop a few times, so its answer is then later by a few tenths of a second.
 */
export function eventLoopDelay(thresholds: Thresholds = {}): PressureReading {
  const { startsAt = 30, allButCriticalAt = 100 } = thresholds;
  return { name: "event-loop delay", startsAt, allButCriticalAt, sample: ({ latenessMs }) => latenessMs };
}
