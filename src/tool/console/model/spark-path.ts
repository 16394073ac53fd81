/** The paths of a sparkline: what is drawn as a line and what lies below it, in SVG's words. Pure. Unknown values break the line. */
export function sparkPath(
  values: readonly (number | null)[],
  width: number,
  height: number,
  max?: number,
): { readonly line: string; readonly area: string } {
  const known = values.filter((value) => value !== null);
  const top = Math.max(max ?? 0, ...(max === undefined ? known : []), Number.MIN_VALUE);
  const stepX = values.length > 1 ? width / (values.length - 1) : width;
  let line = "";
  let area = "";
  let from: number | undefined;
  values.forEach((value, at) => {
    if (value === null) return;
    const x = round(at * stepX);
    const y = round(height - 1 - (Math.min(Math.max(value, 0), top) / top) * (height - 2));
    if (from === undefined) {
      from = x;
      line += `M${x} ${y}`;
      area += `M${x} ${height}L${x} ${y}`;
    } else {
      line += `L${x} ${y}`;
      area += `L${x} ${y}`;
    }
    const next = values[at + 1];
    if (next === null || next === undefined) {
      // A value between unknown ones is a dot: a line of no length with round ends.
      if (from === x) line += `L${x} ${y}`;
      area += `L${x} ${height}Z`;
      from = undefined;
    }
  });
  return { line, area };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
