/** A place of the drawing, in pixels. Pure. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * A line through the given places, each two of which are joined by a straight stretch or a gentle S. `along` is the axis of the layers: an S leaves
 * and arrives along it, so that it never goes outside of the rectangle between its two ends.
 */
export function smoothPath(points: readonly Point[], along: "x" | "y"): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${round(first.x)} ${round(first.y)}`;
  let before = first;
  for (const point of rest) {
    const isStraight = Math.abs(along === "x" ? point.y - before.y : point.x - before.x) < 0.5;
    if (isStraight) path += `L${round(point.x)} ${round(point.y)}`;
    else if (along === "x") {
      const middle = round((before.x + point.x) / 2);
      path += `C${middle} ${round(before.y)} ${middle} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
    } else {
      const middle = round((before.y + point.y) / 2);
      path += `C${round(before.x)} ${middle} ${round(point.x)} ${middle} ${round(point.x)} ${round(point.y)}`;
    }
    before = point;
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
