import type { SqlCell, SqlGrid } from "../../control-api/index.ts";

type Grid = Pick<SqlGrid, "columns" | "rows">;

/** Rows as CSV (RFC 4180), NULL as nothing. A value that a spreadsheet would take for a formula is led by an apostrophe. Pure. */
export function gridCsv({ columns, rows }: Grid): string {
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => row.map(textOf))];
  return lines.map((line) => line.map(csvField).join(",")).join("\r\n");
}

/** Rows as JSON: a list of objects, values as text and NULL as null; a name that occurs again is numbered. Pure. */
export function gridJson({ columns, rows }: Grid): string {
  const names = distinct(columns.map(({ name }) => name));
  return JSON.stringify(
    rows.map((row) => Object.fromEntries(row.map((cell, at) => [names[at] ?? String(at), textOf(cell)]))),
    undefined,
    2,
  );
}

/** Whether values of a type are figures, which stand at the right. */
export function isFigure(type: string): boolean {
  return /^(smallint|integer|bigint|real|double precision|numeric|money|oid)\b(?!.*\[)/.test(type);
}

function textOf(cell: SqlCell): string | null {
  return typeof cell === "object" && cell !== null ? cell.text : cell;
}

function csvField(text: string | null): string {
  if (text === null) return "";
  // A number may have a sign; anything else that begins so would be worked out by whoever opens it.
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]+$/.test(text) ? `'${text}` : text;
  return safe === "" || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  });
}
