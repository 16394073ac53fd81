/** Time and chance as arguments: the real ones, and those that a test moves by hand. */
export { type Clock, systemClock, type Timer } from "./clock.ts";
export { type Random, seededRandom, systemRandom } from "./random.ts";
/** Cheap time for hot paths: readings that share one asking, timeouts that share one timer. */
export { SharedTimeouts, Timeout } from "./shared-timeouts.ts";
export { SimulatedClock } from "./simulated-clock.ts";
export { checkTimerMs, LONGEST_TIMER_MS } from "./timer-range.ts";
export { turnClock } from "./turn-clock.ts";
