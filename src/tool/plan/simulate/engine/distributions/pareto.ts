import type { Random } from "../../../../../blocks/time/random.ts";
import { checkPositive, type Distribution } from "./distribution.ts";

export interface ParetoFigures {
  /** The least value; above 0. */
  readonly least: number;
  /** How quickly the tail falls: twice the value is rarer by 2^shape. Above 0; the mean is infinite up to 1, the variance up to 2, unless `most` is given. */
  readonly shape: number;
  /** The greatest value, above `least`; where it is given the tail ends there (truncated, not heaped). Default none. */
  readonly most?: number;
}

/** A heavy tail: sizes of files and of answers, where the largest hundredth may be half of all. Pure. */
export function pareto(figures: ParetoFigures): Distribution {
  const { least, shape, most = Number.POSITIVE_INFINITY } = figures;
  checkPositive("least of a Pareto distribution", least);
  checkPositive("shape of a Pareto distribution", shape);
  if (!(most > least)) throw new RangeError(`most (${most}) has to be above least (${least})`);
  return new Pareto(least, shape, most);
}

class Pareto implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly #least: number;
  readonly #power: number;
  /** The chance of what lies below `most` in a tail without end. */
  readonly #reach: number;

  constructor(least: number, shape: number, most: number) {
    this.#least = least;
    this.#power = -1 / shape;
    this.#reach = 1 - (least / most) ** shape;
    this.mean = moment(1, least, shape, most);
    this.variance = moment(2, least, shape, most) - this.mean ** 2;
    if (Number.isNaN(this.variance)) this.variance = Number.POSITIVE_INFINITY;
  }

  draw(random: Random): number {
    return this.#least * (1 - random() * this.#reach) ** this.#power;
  }
}

/** The mean of the `order`-th power: the integral of x^order times the density, shape least^shape x^-(shape + 1). */
function moment(order: number, least: number, shape: number, most: number): number {
  const weight = (shape * least ** shape) / (1 - (least / most) ** shape);
  if (shape === order) return weight * Math.log(most / least);
  const exponent = order - shape;
  return (weight * (most ** exponent - least ** exponent)) / exponent;
}
