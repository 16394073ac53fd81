import { type Clock, systemClock } from "./clock.ts";

/** How many readings of one turn may share a reading of the machine's clock. */
const READINGS_MAX = 32;

/**
 * A clock for hot paths: it asks the machine once per turn of the event loop, or every 32 readings within one, where asking
 * each time would cost more than the decision that needs the time. Its monotonic time is late by at most what the program
 * does between two such askings, and never goes back. Wall time, timers and sleeps are the underlying clock's.
 */
export function turnClock(clock: Clock = systemClock): Clock {
  let nowMs = 0;
  let readingsLeft = 0;
  let turnIsWatched = false;
  const turnEnded = () => {
    turnIsWatched = false;
    readingsLeft = 0;
  };
  return {
    wallMs: () => clock.wallMs(),
    monotonicMs() {
      if (readingsLeft > 0) {
        readingsLeft--;
        return nowMs;
      }
      readingsLeft = READINGS_MAX - 1;
      nowMs = clock.monotonicMs();
      if (!turnIsWatched) {
        turnIsWatched = true;
        // Not unref’d: the loop would then wait for events with it pending, and the first of them read a time from before.
        setImmediate(turnEnded);
      }
      return nowMs;
    },
    setTimer: (delayMs, callback) => clock.setTimer(delayMs, callback),
    sleep: (delayMs, options) => clock.sleep(delayMs, options),
  };
}
