import { padEnd } from "../text.ts";

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A bar of blocks, to an eighth of a column; `share` is cut to 0 to 1. What is more than nothing is seen. */
export function bar(share: number, width: number): string {
  if (!(share > 0)) return "";
  const eighths = Math.max(1, Math.round(Math.min(1, share) * width * 8));
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** The same, filled up to its width. */
export function filledBar(share: number, width: number): string {
  return padEnd(bar(share, width), width);
}

/** A bar that begins after `from` of the width, as steps of a waterfall do. */
export function offsetBar(from: number, share: number, width: number): string {
  const start = Math.min(width - 1, Math.floor(Math.max(0, from) * width));
  return " ".repeat(start) + bar(share, Math.max(1, width)).slice(0, width - start);
}

const LEVELS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * A line of columns whose heights follow the values, from nought or the least of them to the largest; a dot where there is none. What has more values
 * than columns is told by the largest of each stretch.
 */
export function sparkline(
  values: readonly (number | null)[],
  width: number,
  from: "nought" | "least" = "nought",
): string {
  const columns = stretched(values, width);
  const known = columns.filter((value) => value !== null);
  const least = from === "nought" ? 0 : Math.min(...known);
  const span = Math.max(...known) - least;
  return columns
    .map((value) => {
      if (value === null) return "·";
      const level = span > 0 ? Math.round(((value - least) / span) * (LEVELS.length - 1)) : 0;
      return LEVELS[Math.min(LEVELS.length - 1, Math.max(0, level))];
    })
    .join("");
}

function stretched(values: readonly (number | null)[], width: number): (number | null)[] {
  // What is endless is as high as can be drawn.
  const finite = values.map((value) =>
    value === null || Number.isNaN(value) ? null : Math.min(value, Number.MAX_VALUE),
  );
  if (finite.length <= width) return finite;
  return Array.from({ length: width }, (_, column) => {
    const from = Math.floor((column * finite.length) / width);
    const to = Math.floor(((column + 1) * finite.length) / width);
    const known = finite.slice(from, Math.max(to, from + 1)).filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  });
}
