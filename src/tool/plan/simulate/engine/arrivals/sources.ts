import type { Random } from "../../../../../blocks/time/random.ts";
import type { Distribution } from "../distributions/distribution.ts";
import type { EventHandler, Simulation } from "../simulation.ts";
import type { ArrivalTimes } from "./arrival-times.ts";

/** Takes a request that arrives now. `index`: how many came from this source before it, or which client of a closed load it is. */
export type Arrived = (index: number) => void;

/**
 * An open load: requests arrive when they do, whatever becomes of those before. One event is planned at a time. Arrivals that are over
 * are over: the source then plans nothing.
 */
export class OpenSource implements EventHandler {
  readonly #simulation: Simulation;
  readonly #times: ArrivalTimes;
  readonly #arrived: Arrived;
  #count = 0;

  constructor(simulation: Simulation, times: ArrivalTimes, arrived: Arrived) {
    this.#simulation = simulation;
    this.#times = times;
    this.#arrived = arrived;
    simulation.at(times.next(), this);
  }

  /** How many have arrived. */
  get count(): number {
    return this.#count;
  }

  happen(): void {
    this.#simulation.at(this.#times.next(), this);
    this.#arrived(this.#count++);
  }
}

export interface ClosedLoad {
  /** How many there are; 1 or more. */
  readonly clients: number;
  /** How long each thinks between an answer and its next request, in milliseconds. */
  readonly thinkMs: Distribution;
  readonly random: Random;
}

/**
 * A closed load: so many clients, each of which asks again a while after it was answered, so that a slow system is asked less. Each thinks before its
 * first request, too, so that they do not come all at once.
 */
export class ClosedSource implements EventHandler {
  readonly #simulation: Simulation;
  readonly #load: ClosedLoad;
  readonly #arrived: Arrived;
  #count = 0;

  /** @throws RangeError when there are no clients. */
  constructor(simulation: Simulation, load: ClosedLoad, arrived: Arrived) {
    if (!(Number.isInteger(load.clients) && load.clients >= 1)) {
      throw new RangeError(`clients has to be a whole number of 1 or more, not ${load.clients}`);
    }
    this.#simulation = simulation;
    this.#load = load;
    this.#arrived = arrived;
    for (let client = 0; client < load.clients; client++) this.answered(client);
  }

  /** How many requests were made. */
  get count(): number {
    return this.#count;
  }

  /** To be called once for each request, when it is over: its client begins to think. */
  answered(client: number): void {
    this.#simulation.after(this.#load.thinkMs.draw(this.#load.random), this, client);
  }

  happen(client: number): void {
    this.#count++;
    this.#arrived(client);
  }
}
