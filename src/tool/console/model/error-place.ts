/** Where in a statement something is wrong: its line, cut around the place, and how far in it is. */
export interface ErrorPlace {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** In `text`, from 0. */
  readonly column: number;
}

const AROUND = 60;

/** Finds the line in which a position lies. Pure. */
export function errorPlace(sql: string, position: number): ErrorPlace {
  const at = Math.min(Math.max(0, position), sql.length);
  const start = sql.lastIndexOf("\n", at - 1) + 1;
  const end = sql.indexOf("\n", at);
  const from = Math.max(start, at - AROUND);
  const text = sql.slice(from, Math.min(end < 0 ? sql.length : end, at + AROUND));
  return {
    line: sql.slice(0, start).split("\n").length,
    text: text.replaceAll("\t", " "),
    column: at - from,
  };
}
