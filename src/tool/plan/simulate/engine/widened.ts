/** Copies numbers into a longer array of their kind, and gives that. Pure. */
export function widened<Numbers extends { set(from: ArrayLike<number>): void } & ArrayLike<number>>(
  before: Numbers,
  after: Numbers,
): Numbers {
  after.set(before);
  return after;
}
