import type { Random } from "../../../../../blocks/time/random.ts";
import type { Distribution } from "./distribution.ts";

/** The same value each time. It draws all the same, so that a distribution that varies in its place shifts no other draw. Pure. */
export function constant(value: number): Distribution {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`a constant has to be 0 or more, and finite, not ${value}`);
  }
  return new Constant(value);
}

/** Any value from `from` up to `to`, all alike. Pure. */
export function uniform(from: number, to: number): Distribution {
  if (!(from >= 0 && to >= from && to < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`uniform has to go from 0 or more to no less, not from ${from} to ${to}`);
  }
  return new Uniform(from, to);
}

class Constant implements Distribution {
  readonly mean: number;
  readonly variance = 0;

  constructor(value: number) {
    this.mean = value;
  }

  draw(random: Random): number {
    random();
    return this.mean;
  }
}

class Uniform implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly #from: number;
  readonly #width: number;

  constructor(from: number, to: number) {
    this.#from = from;
    this.#width = to - from;
    this.mean = (from + to) / 2;
    this.variance = this.#width ** 2 / 12;
  }

  draw(random: Random): number {
    return this.#from + this.#width * random();
  }
}
