import { padEnd, padStart, widthOf } from "./text.ts";

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Numbers stand right. Default `left`. */
  readonly align?: "left" | "right";
}

/** Lines up rows under their titles, two spaces apart, without a trailing space. A column that is empty throughout is left out. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const shown = columns
    .map((column, index) => ({ column, cells: rows.map((row) => row[index] ?? "") }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const padded = shown.map(({ column, cells }) => {
    const all = [column.title, ...cells];
    const width = Math.max(...all.map(widthOf));
    return all.map((cell) => (column.align === "right" ? padStart(cell, width) : padEnd(cell, width)));
  });
  return Array.from({ length: rows.length + 1 }, (_, line) =>
    padded
      .map((cells) => cells[line])
      .join("  ")
      .trimEnd(),
  );
}
