/**
 * The exponential distribution and those that are made of it, one phase after another or one of two: less and more variable than
 * itself. Pure.
 */
import type { Random } from "../../../../../blocks/time/random.ts";
import { checkPositive, type Distribution } from "./distribution.ts";

/** Phases of an Erlang distribution; beyond, it is a constant for all that queues can tell. */
const STAGES_MAX = 1_000;
/** Factors that are multiplied before their logarithm is taken: so many of the least that there are do not vanish. */
const FACTORS = 16;

/** Without memory: what is left of it does not depend on what has passed. */
export function exponential(mean: number): Distribution {
  checkPositive("the mean of an exponential distribution", mean);
  return new Exponential(mean);
}

/** The sum of `stages` (1 to 1,000) exponentials: its squared variation is 1 / stages. Takes `stages` numbers for each draw. */
export function erlang(mean: number, stages: number): Distribution {
  checkPositive("the mean of an Erlang distribution", mean);
  if (!(Number.isInteger(stages) && stages >= 1 && stages <= STAGES_MAX)) {
    throw new RangeError(`stages has to be a whole number from 1 to ${STAGES_MAX}, not ${stages}`);
  }
  return new Erlang(mean, stages);
}

/**
 * Many short ones and a few long ones: one of two exponentials, chosen so that both add as much to the mean (balanced means: Allen,
 * "Probability, Statistics and Queueing Theory", 1990). `variation`: standard deviation by mean; 1 or more.
 */
export function hyperexponential(mean: number, variation: number): Distribution {
  checkPositive("the mean of a hyperexponential distribution", mean);
  if (!(variation >= 1 && variation < Number.POSITIVE_INFINITY)) {
    throw new RangeError(
      `variation of a hyperexponential distribution has to be 1 or more, not ${variation}`,
    );
  }
  return new Hyperexponential(mean, variation);
}

class Exponential implements Distribution {
  readonly mean: number;
  readonly variance: number;

  constructor(mean: number) {
    this.mean = mean;
    this.variance = mean * mean;
  }

  draw(random: Random): number {
    return -this.mean * Math.log1p(-random());
  }
}

class Erlang implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly #stages: number;
  readonly #stageMean: number;

  constructor(mean: number, stages: number) {
    this.mean = mean;
    this.variance = (mean * mean) / stages;
    this.#stages = stages;
    this.#stageMean = mean / stages;
  }

  draw(random: Random): number {
    let sum = 0;
    let product = 1;
    for (let stage = 1; stage <= this.#stages; stage++) {
      product *= 1 - random();
      if (stage % FACTORS !== 0) continue;
      sum -= Math.log(product);
      product = 1;
    }
    return (sum - Math.log(product)) * this.#stageMean;
  }
}

class Hyperexponential implements Distribution {
  readonly mean: number;
  readonly variance: number;
  /** The chance of the short one. */
  readonly #share: number;
  readonly #shortMean: number;
  readonly #longMean: number;

  constructor(mean: number, variation: number) {
    const squared = variation * variation;
    this.mean = mean;
    this.variance = squared * mean * mean;
    this.#share = (1 + Math.sqrt((squared - 1) / (squared + 1))) / 2;
    this.#shortMean = mean / (2 * this.#share);
    this.#longMean = mean / (2 * (1 - this.#share));
  }

  draw(random: Random): number {
    const lot = random();
    const share = this.#share;
    // What is left of the number, once it has decided which of both, is as good as a new one.
    if (lot < share) return -this.#shortMean * Math.log1p(-lot / share);
    return -this.#longMean * Math.log1p(-(lot - share) / (1 - share));
  }
}
