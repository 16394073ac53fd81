import { type Clock, type Random, systemRandom, turnClock } from "../time/index.ts";
import type { Observer, PolicyEvent } from "./observer.ts";

/** What a policy takes from outside. */
export interface World {
  /** Default: the machine's, read once per turn of the event loop. */
  readonly clock: Clock;
  /** Draws jitter. Default: the runtime's. */
  readonly random: Random;
  /** Default: nobody. */
  readonly observer: Observer | undefined;
}

/** The world that a policy is in unless it is told otherwise. */
export const realWorld: World = Object.freeze({
  clock: turnClock(),
  random: systemRandom,
  observer: undefined,
});

/** Tells the observer, if there is one. To be called behind `if (world.observer)` where making the event costs something. */
export function tell(world: World, event: PolicyEvent): void {
  try {
    world.observer?.(event);
  } catch {
    // A watcher's mistake is not the call's.
  }
}
