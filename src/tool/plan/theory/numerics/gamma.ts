/** The gamma function's logarithm and the incomplete gamma functions. Pure. */

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** Where Stirling's series is good to a double with the terms below. */
const STIRLING_FROM = 10;

/**
 * ln Γ(x) for x > 0, to about 1e-14 relatively (absolutely near its zeros at 1 and 2): Stirling's series, after Γ(x) =
 * Γ(x + n) / (x (x + 1) … (x + n - 1)) has taken a small x to where it holds (NIST DLMF 5.5.1 and 5.11.1).
 */
export function logGamma(x: number): number {
  let product = 1;
  let z = x;
  while (z < STIRLING_FROM) {
    product *= z;
    z += 1;
  }
  const r = 1 / (z * z);
  const series =
    (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - (r * 691) / 360360))))) / z;
  return (z - 0.5) * Math.log(z) - z + HALF_LOG_TWO_PI + series - Math.log(product);
}

/**
 * Q(a, x) = Γ(a, x) / Γ(a), the upper incomplete gamma function as a share, for a > 0 and x >= 0: the probability that a
 * gamma variable of shape a and scale 1 is above x, and for whole a that a Poisson variable of mean x is below a. To
 * about 1e-12 for a up to 1,000,000 (NIST DLMF 8.7.1, the series, below x = a + 1, and 8.9.2, the continued fraction,
 * beyond).
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

/** P(a, x) = 1 - Q(a, x), exact where it is small. */
export function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  return x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x);
}

/**
 * The probability that a Poisson variable of mean `mean` is `count`, without the loss of digits that logarithms of large
 * numbers bring: e^-(difference from Stirling's formula and deviance) (Loader, "Fast and Accurate Computation of Binomial
 * Probabilities", 2000).
 */
export function poissonProbability(count: number, mean: number): number {
  if (mean === 0) return count === 0 ? 1 : 0;
  if (count === 0) return Math.exp(-mean);
  return Math.exp(-stirlingError(count) - deviance(count, mean)) / Math.sqrt(2 * Math.PI * count);
}

/** x^a e^-x / Γ(a + 1): the Poisson probability for any a > 0. */
function leadingTerm(a: number, x: number): number {
  return poissonProbability(a, x);
}

function lowerSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * leadingTerm(a, x);
}

/** The continued fraction, from its front by Lentz's method. */
function upperFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 1_000_000; n++) {
    const an = -n * (n - a);
    b += 2;
    d = an * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + an / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  // x^a e^-x / Γ(a) is a times the leading term.
  return h * a * leadingTerm(a, x);
}

/** ln Γ(n + 1) less Stirling's formula for it. */
function stirlingError(n: number): number {
  if (n < STIRLING_FROM) return logGamma(n + 1) - (n + 0.5) * Math.log(n) + n - HALF_LOG_TWO_PI;
  const r = 1 / (n * n);
  return (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / n;
}

/** n ln(n / mean) + mean - n, by a series where the terms nearly cancel. */
function deviance(n: number, mean: number): number {
  const difference = n - mean;
  if (Math.abs(difference) >= 0.1 * (n + mean)) return n * Math.log(n / mean) - difference;
  const v = difference / (n + mean);
  let sum = difference * v;
  let term = 2 * n * v;
  for (let j = 1; j < 1_000; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}
