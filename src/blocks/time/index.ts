/** Time and chance as arguments: the real ones, and those that a test moves by hand. */
export { type Clock, systemClock, type Timer } from "./clock.ts";
export { type Random, seededRandom, systemRandom } from "./random.ts";
export { SimulatedClock } from "./simulated-clock.ts";
