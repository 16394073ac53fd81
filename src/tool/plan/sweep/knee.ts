/** Of the height of a curve: a bend that is less is none. */
const BEND_MIN = 0.15;
/** Fewer points have no bend that could be told. */
const POINTS_MIN = 4;

/** Where a curve bends, and whether a step does less or more from there on. */
export interface Knee {
  readonly index: number;
  readonly after: "less" | "more";
}

/**
 * The point at which a curve bends most: where it is farthest from the straight line between its ends, both scaled to the same length, as in
 * Satopää, Albrecht, Irwin and Raghavan, "Finding a 'Kneedle' in a Haystack" (2011). Points stand evenly, as they would be drawn. Undefined where
 * it is nearly straight, turns back, or is too short. Points without a bound, as those of a system that is full, are left out. Pure.
 */
export function kneeOf(values: readonly (number | undefined)[]): Knee | undefined {
  const points = values.flatMap((value, index) =>
    value === undefined || !Number.isFinite(value) ? [] : [{ index, value }],
  );
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < POINTS_MIN) return undefined;
  const height = last.value - first.value;
  const width = last.index - first.index;
  if (height === 0 || !isOneWay(points, Math.sign(height))) return undefined;
  let bend = BEND_MIN;
  let knee: Knee | undefined;
  for (const { index, value } of points) {
    const along = (index - first.index) / width;
    const up = (value - first.value) / height;
    if (Math.abs(up - along) > bend) {
      bend = Math.abs(up - along);
      knee = { index, after: up > along ? "less" : "more" };
    }
  }
  return knee;
}

function isOneWay(points: readonly { readonly value: number }[], sign: number): boolean {
  return points.every(({ value }, index) => {
    const before = points[index - 1];
    return before === undefined || (value - before.value) * sign >= 0;
  });
}
