import type {
  SqlColumn,
  SqlForeignKey,
  SqlIndex,
  SqlTable,
  SqlTablesAnswer,
} from "../../../control-api/index.ts";
import type { ViewTarget } from "../engine-view.ts";
import { readFields } from "../fields.ts";
import { problemOf, type Row, reading } from "./sql-session.ts";
import { tableAdvice } from "./table-advice.ts";

const TABLES_MAX = 200;
const COLUMNS_MAX = 200;
const INDEXES_MAX = 50;
const TEXT_MAX = 500;

/** What is nobody's own: the catalogue, and tables of other sessions. */
const OWN = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'";

const TABLES_SQL = `
  SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind, c.reltuples AS estimate, s.n_live_tup AS live, s.n_dead_tup AS dead,
         pg_catalog.pg_table_size(c.oid) AS table_bytes, pg_catalog.pg_indexes_size(c.oid) AS index_bytes,
         s.seq_scan, s.seq_tup_read, s.idx_scan,
         pg_catalog.round(extract(epoch FROM GREATEST(s.last_analyze, s.last_autoanalyze)) * 1000) AS analyzed_ms,
         count(*) OVER () AS tables
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_stat_user_tables s ON s.relid = c.oid
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${OWN}
  ORDER BY pg_catalog.pg_total_relation_size(c.oid) DESC, n.nspname, c.relname LIMIT ${TABLES_MAX}`;

const COLUMNS_SQL = `
  SELECT a.attrelid AS oid, a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
         pg_catalog.left(pg_catalog.pg_get_expr(d.adbin, d.adrelid), ${TEXT_MAX}) AS fallback
  FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum`;

const INDEXES_SQL = `
  SELECT i.indrelid AS oid, c.relname AS name, pg_catalog.left(pg_catalog.pg_get_indexdef(i.indexrelid), ${TEXT_MAX}) AS definition,
         pg_catalog.pg_relation_size(i.indexrelid) AS bytes, COALESCE(s.idx_scan, 0) AS scans,
         i.indisprimary AS is_primary, i.indisunique AS is_unique, i.indisvalid AS is_valid,
         (SELECT pg_catalog.json_agg(COALESCE(a.attname, '') ORDER BY k.at)
          FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, at)
          LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number <> 0
          WHERE k.at <= i.indnkeyatts) AS columns
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  LEFT JOIN pg_catalog.pg_stat_user_indexes s ON s.indexrelid = i.indexrelid
  WHERE i.indrelid = ANY ($1::oid[]) ORDER BY i.indrelid, i.indisprimary DESC, c.relname`;

const KEYS_SQL = `
  SELECT k.conrelid AS oid, k.conname AS name, k.confrelid::regclass::text AS target,
         (SELECT pg_catalog.json_agg(a.attname ORDER BY c.at) FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS c(number, at)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.number) AS columns
  FROM pg_catalog.pg_constraint k WHERE k.contype = 'f' AND k.conrelid = ANY ($1::oid[]) ORDER BY k.conrelid, k.conname`;

const KINDS: Readonly<Record<string, SqlTable["kind"]>> = {
  r: "table",
  p: "partitioned",
  v: "view",
  m: "materialized",
  f: "foreign",
};

/** Answers `tables`: what tables there are, how large, how they are read, and what could be better about them. */
export async function tablesVerb(target: ViewTarget, input: unknown): Promise<SqlTablesAnswer> {
  readFields(input, []);
  try {
    return await reading(target, async (session) => {
      const found = await session.ask(TABLES_SQL);
      const oids = [found.map(({ oid }) => oid)];
      const columns = grouped(await session.ask(COLUMNS_SQL, oids), columnOf, COLUMNS_MAX);
      const indexes = grouped(await session.ask(INDEXES_SQL, oids), indexOf, INDEXES_MAX);
      const keys = grouped(await session.ask(KEYS_SQL, oids), keyOf, INDEXES_MAX);
      const tables = found.map((row) => ({
        ...tableOf(row),
        columns: columns.get(row.oid ?? "") ?? [],
        indexes: indexes.get(row.oid ?? "") ?? [],
        foreignKeys: keys.get(row.oid ?? "") ?? [],
      }));
      const leftOut = Number(found[0]?.tables ?? 0) - found.length;
      return { tables, leftOut, advice: tableAdvice(tables) };
    });
  } catch (thrown) {
    throw problemOf(target.name, thrown);
  }
}

function tableOf(row: Row): Omit<SqlTable, "columns" | "indexes" | "foreignKeys"> {
  // -1 of a table that was never counted; its statistics may know more.
  const estimate = Number(row.estimate ?? -1);
  const live = Number(row.live ?? 0);
  const rows = Math.max(estimate, live);
  const kind = KINDS[row.kind ?? ""] ?? "table";
  return {
    schema: row.schema ?? "",
    name: row.name ?? "",
    kind,
    ...(rows < 0 || kind === "view" ? {} : { rows }),
    ...(row.dead === null || row.dead === undefined ? {} : { deadRows: Number(row.dead) }),
    tableBytes: Number(row.table_bytes ?? 0),
    indexBytes: Number(row.index_bytes ?? 0),
    ...(row.seq_scan === null || row.seq_scan === undefined
      ? {}
      : {
          scans: {
            sequential: Number(row.seq_scan),
            sequentialRows: Number(row.seq_tup_read ?? 0),
            index: Number(row.idx_scan ?? 0),
          },
        }),
    ...(row.analyzed_ms === null || row.analyzed_ms === undefined
      ? {}
      : { analyzedMs: Number(row.analyzed_ms) }),
  };
}

function columnOf(row: Row): SqlColumn {
  return {
    name: row.name ?? "",
    type: row.type ?? "",
    nullable: row.required !== "t",
    ...(row.fallback === null || row.fallback === undefined ? {} : { default: row.fallback }),
  };
}

function indexOf(row: Row): SqlIndex {
  return {
    name: row.name ?? "",
    definition: row.definition ?? "",
    columns: namesIn(row.columns),
    bytes: Number(row.bytes ?? 0),
    scans: Number(row.scans ?? 0),
    isPrimary: row.is_primary === "t",
    isUnique: row.is_unique === "t",
    isValid: row.is_valid === "t",
  };
}

function keyOf(row: Row): SqlForeignKey {
  return { name: row.name ?? "", columns: namesIn(row.columns), to: row.target ?? "" };
}

function namesIn(json: string | null | undefined): string[] {
  const names: unknown = JSON.parse(json ?? "[]");
  return Array.isArray(names) ? names.map(String) : [];
}

function grouped<T>(rows: readonly Row[], read: (row: Row) => T, most: number): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.oid ?? "") ?? [];
    if (group.length === 0) groups.set(row.oid ?? "", group);
    if (group.length < most) group.push(read(row));
  }
  return groups;
}
