import type { SqlAdvice, SqlIndex, SqlTable } from "../../../control-api/index.ts";
import { quoted } from "./plan-advice.ts";

/** A table with fewer rows is read whole in no time. */
const LARGE_ROWS = 10_000;
const INDEX_BYTES_LARGE = 2 ** 20;
const DEAD_SHARE = 0.2;
const ADVICE_MAX = 60;

type Rule = (table: SqlTable) => readonly Omit<SqlAdvice, "about">[];

const RULES: readonly Rule[] = [
  scannedWhole,
  neverAnalyzed,
  manyDead,
  keysWithoutIndex,
  brokenIndexes,
  duplicateIndexes,
  unusedIndexes,
];

/** What could be better about tables and their indexes, judged by their statistics; what costs time now comes first. Pure. */
export function tableAdvice(tables: readonly SqlTable[]): SqlAdvice[] {
  return tables
    .flatMap((table) => {
      const about = nameOf(table);
      return RULES.flatMap((rule) => rule(table).map((found) => ({ about, ...found })));
    })
    .sort((one, other) => Number(one.level === "info") - Number(other.level === "info"))
    .slice(0, ADVICE_MAX);
}

function scannedWhole({ rows = 0, scans }: SqlTable): Omit<SqlAdvice, "about">[] {
  if (rows < LARGE_ROWS || !scans || scans.sequential < 10 || scans.sequential < scans.index) return [];
  const each = Math.round(scans.sequentialRows / scans.sequential);
  if (each < LARGE_ROWS) return [];
  return [
    {
      level: "warn",
      title: "Often read whole",
      text: `It was read from end to end ${countText(scans.sequential)} times, some ${countText(each)} rows each, and by an index ${countText(scans.index)} times. Explain the queries that use it: one of them lacks an index.`,
    },
  ];
}

function neverAnalyzed(table: SqlTable): Omit<SqlAdvice, "about">[] {
  if (table.kind !== "table" || (table.rows ?? 0) < LARGE_ROWS || table.analyzedMs !== undefined) return [];
  return [
    {
      level: "warn",
      title: "Never analyzed",
      text: "The planner knows nothing of what is in it and guesses: its plans may be bad.",
      sql: `ANALYZE ${quoted(nameOf(table))};`,
    },
  ];
}

function manyDead(table: SqlTable): Omit<SqlAdvice, "about">[] {
  const { rows = 0, deadRows = 0 } = table;
  if (deadRows < LARGE_ROWS || deadRows < rows * DEAD_SHARE) return [];
  return [
    {
      level: "warn",
      title: "Many dead rows",
      text: `${countText(deadRows)} rows that are gone still take room and are read over. Autovacuum has not kept up, or a transaction that is still open needs them.`,
      sql: `VACUUM (ANALYZE) ${quoted(nameOf(table))};`,
    },
  ];
}

function keysWithoutIndex(table: SqlTable): Omit<SqlAdvice, "about">[] {
  return table.foreignKeys
    .filter(({ columns }) => !table.indexes.some((index) => beginsWith(index, columns)))
    .map(({ name, columns, to }) => ({
      level: (table.rows ?? 0) >= LARGE_ROWS ? "warn" : "info",
      title: "Foreign key without an index",
      text: `Each DELETE in ${to}, and each join from there, reads this table whole to find what refers to it (${name}).`,
      sql: `CREATE INDEX CONCURRENTLY ON ${quoted(nameOf(table))} (${columns.map(quotedName).join(", ")});`,
    }));
}

/** Whether an index leads with these columns, in whatever order: all are compared for equality. */
function beginsWith({ columns, isValid, definition }: SqlIndex, wanted: readonly string[]): boolean {
  const first = new Set(columns.slice(0, wanted.length));
  return isValid && !/ WHERE /.test(definition) && wanted.every((column) => first.has(column));
}

function brokenIndexes(table: SqlTable): Omit<SqlAdvice, "about">[] {
  return table.indexes
    .filter(({ isValid }) => !isValid)
    .map((index) => ({
      level: "warn",
      title: "Index that is not valid",
      text: `${index.name} is kept up to date by every write and used by nobody: its making failed, or is still under way.`,
      sql: `REINDEX INDEX CONCURRENTLY ${quoted(`${table.schema}.${index.name}`)};`,
    }));
}

/** Indexes whose beginning another one is too, in the same order: whatever they find, that one finds. */
function duplicateIndexes(table: SqlTable): Omit<SqlAdvice, "about">[] {
  const found: Omit<SqlAdvice, "about">[] = [];
  for (const [at, index] of table.indexes.entries()) {
    const better = table.indexes.find(
      (other, otherAt) => other !== index && covers(other, index) && (!covers(index, other) || otherAt < at),
    );
    if (!better || index.isPrimary || index.isUnique) continue;
    found.push({
      level: "info",
      title: "Index twice",
      text: `${index.name} finds nothing that ${better.name} does not find as well, and each write pays for both.`,
      sql: `DROP INDEX CONCURRENTLY ${quoted(`${table.schema}.${index.name}`)};`,
    });
  }
  return found;
}

function covers(wide: SqlIndex, narrow: SqlIndex): boolean {
  const [wideKeys, narrowKeys] = [keysIn(wide), keysIn(narrow)];
  // An expression, a condition, an order or another method is compared to the letter.
  return (
    wide.isValid &&
    wideKeys !== undefined &&
    narrowKeys !== undefined &&
    `${wideKeys},`.startsWith(`${narrowKeys},`)
  );
}

/** The method and the keys as the definition has them; undefined where more belongs to it. */
function keysIn({ definition }: SqlIndex): string | undefined {
  const found = / USING (\w+) \((.*)\)$/.exec(definition);
  return found && !/\) (INCLUDE|WITH|WHERE) /.test(definition) && found[1] === "btree"
    ? found[2]?.replaceAll(", ", ",")
    : undefined;
}

function unusedIndexes(table: SqlTable): Omit<SqlAdvice, "about">[] {
  // Only of a table that was used: on an idle system nothing was.
  const uses = (table.scans?.sequential ?? 0) + (table.scans?.index ?? 0);
  if (uses < 100) return [];
  return table.indexes
    .filter(
      ({ scans, bytes, isUnique, isValid }) =>
        scans === 0 && bytes >= INDEX_BYTES_LARGE && !isUnique && isValid,
    )
    .map((index) => ({
      level: "info",
      title: "Index that nothing uses",
      text: `${index.name} was not used once since the statistics began, and each write pays for it. Replicas and rare reports count too before it goes.`,
      sql: `DROP INDEX CONCURRENTLY ${quoted(`${table.schema}.${index.name}`)};`,
    }));
}

function nameOf({ schema, name }: SqlTable): string {
  return `${schema}.${name}`;
}

function quotedName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function countText(count: number): string {
  return count.toLocaleString("en");
}
