import type { JSX } from "preact";
import { sparkPath } from "../../model/spark-path.ts";

/** A line without axes beside a figure that says the same in words: it is not read out. It takes the colour of the text around it. */
export function Sparkline({
  values,
  width = 80,
  height = 20,
  max,
}: {
  /** Evenly apart in time, the oldest first; null where nothing is known. */
  readonly values: readonly (number | null)[];
  readonly width?: number;
  readonly height?: number;
  /** What the top stands for; default the greatest value. */
  readonly max?: number;
}): JSX.Element {
  const { line, area } = sparkPath(values, width, height, max);
  return (
    <svg
      class="sparkline"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      <path class="sparkline-area" d={area} />
      <path class="sparkline-line" d={line} />
    </svg>
  );
}
