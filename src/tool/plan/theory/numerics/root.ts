/** Steps after which the answer is as near as doubles come, even if every step only halves the interval. */
const STEPS_MAX = 200;

/**
 * Where `f` changes its sign between `low` and `high`, to a relative `tolerance` (default 1e-12): inverse quadratic
 * interpolation where that is safe, halving where it is not (Chandrupatla, "A new hybrid quadratic/bisection algorithm for
 * finding the zero of a nonlinear function without using derivatives", Advances in Engineering Software 28, 1997). Finds
 * the jump of a function that jumps over 0. When both ends have one sign, the end that is nearer to 0 is given. Pure.
 */
export function findRoot(f: (x: number) => number, low: number, high: number, tolerance = 1e-12): number {
  let a = high;
  let fa = f(a);
  let b = low;
  let fb = f(b);
  if (fa === 0 || (fa > 0 === fb > 0 && fb !== 0)) return Math.abs(fa) <= Math.abs(fb) ? a : b;
  let c = b;
  let fc = fb;
  let t = 0.5;
  for (let step = 0; step < STEPS_MAX; step++) {
    const x = a + t * (b - a);
    const fx = f(x);
    if (fx > 0 === fa > 0) {
      c = a;
      fc = fa;
    } else {
      c = b;
      fc = fb;
      b = a;
      fb = fa;
    }
    a = x;
    fa = fx;
    const best = Math.abs(fb) < Math.abs(fa) ? b : a;
    const shareOfWidth = (tolerance * Math.abs(best)) / Math.abs(b - a);
    if (fa === 0 || fb === 0 || !(shareOfWidth <= 0.5)) return best;
    const xi = (a - b) / (c - b);
    const phi = (fa - fb) / (fc - fb);
    t = 0.5;
    if (phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi) {
      t = (fa / (fb - fa)) * (fc / (fb - fc)) + ((c - a) / (b - a)) * (fa / (fc - fa)) * (fb / (fc - fb));
    }
    t = Math.min(1 - shareOfWidth, Math.max(shareOfWidth, t));
  }
  return Math.abs(fb) < Math.abs(fa) ? b : a;
}
