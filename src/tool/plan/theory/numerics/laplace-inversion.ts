/**
 * Numerical inversion of Laplace transforms by the Euler algorithm (Abate & Whitt, "Numerical Inversion of Laplace
 * Transforms of Probability Distributions", ORSA Journal on Computing 7, 1995). Pure.
 */

/** Values of a transform along a line of complex numbers. */
export interface ComplexLine {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** The points s_k = re + i k imStep for k = 0 … count - 1. */
export interface TransformLine {
  readonly re: number;
  readonly imStep: number;
  readonly count: number;
}

/** The discretisation error is about e^-A: 1e-8. More would cost as many digits to rounding as it won. */
const A = 18.4;

/** Terms summed plainly, and those averaged by Euler's summation: as many as keep a kink in the function below 1e-4. */
const PLAIN_TERMS = 38;
const EULER_TERMS = 11;

const COUNT = PLAIN_TERMS + EULER_TERMS + 1;

/** Binomial weights of Euler's summation. */
const WEIGHTS: readonly number[] = binomialWeights(EULER_TERMS);

/**
 * f(t) for t > 0 of a bounded function with this Laplace transform, whose values are asked along a line to the right of 0.
 * To about 1e-8 absolutely where f is smooth near t; worse within a few percent of a kink, and of no use at a jump.
 */
export function invertLaplace(transform: (line: TransformLine) => ComplexLine, t: number): number {
  const values = transform({ re: A / (2 * t), imStep: Math.PI / t, count: COUNT });
  let partial = 0.5 * (values.re[0] ?? 0);
  let sum = 0;
  for (let k = 1; k < COUNT; k++) {
    const term = values.re[k] ?? 0;
    partial += k % 2 === 0 ? term : -term;
    if (k >= PLAIN_TERMS) sum += (WEIGHTS[k - PLAIN_TERMS] ?? 0) * partial;
  }
  return (Math.exp(A / 2) / t) * sum;
}

function binomialWeights(n: number): number[] {
  const weights: number[] = [];
  let weight = 2 ** -n;
  for (let k = 0; k <= n; k++) {
    weights.push(weight);
    weight *= (n - k) / (k + 1);
  }
  return weights;
}
