import { identifier } from "../../../../engines/sql/connection.ts";
import type { SqlQueryAnswer } from "../../../control-api/index.ts";
import { RunError } from "../../errors.ts";
import type { ViewTarget } from "../engine-view.ts";
import { readFields, readText, readWhole } from "../fields.ts";
import { cellOf, complaintOf } from "./query-verb.ts";
import { isRefusal, problemOf, reading, type SqlSession } from "./sql-session.ts";

const NAME_LENGTH_MAX = 63;
const ROWS_MAX = 200;
const ROWS_DEFAULT = 50;
const OFFSET_MAX = 1_000_000;
const COLUMNS_MAX = 100;
/** What is asked for of a value: the rest stays in the server. */
const CELL_CHARS_MAX = 500;

const COLUMNS_SQL = `
  SELECT a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, a.attnum = ANY (i.indkey) AS is_key
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
  WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY a.attnum LIMIT ${COLUMNS_MAX}`;

/** Answers `rows`: some rows of a table, in the order of its primary key, long values cut where they are stored. */
export async function rowsVerb(target: ViewTarget, input: unknown): Promise<SqlQueryAnswer> {
  const fields = readFields(input, ["schema", "table", "limit", "offset"]);
  const schema = readText(fields, "schema", NAME_LENGTH_MAX);
  const table = readText(fields, "table", NAME_LENGTH_MAX);
  const limit = readWhole(fields, "limit", 1, ROWS_MAX, ROWS_DEFAULT);
  const offset = readWhole(fields, "offset", 0, OFFSET_MAX, 0);
  const startMs = target.clock.monotonicMs();
  try {
    return await reading(target, async (session) => {
      const columns = await session.ask(COLUMNS_SQL, [schema, table]);
      if (columns.length === 0)
        throw new RunError("NOT_POSSIBLE", `${target.name} has no table ${JSON.stringify(table)}`);
      const rows = await rowsOf(session, { schema, table, limit, offset }, columns);
      return {
        columns: columns.map(({ name, type }) => ({ name: name ?? "", type: type ?? "" })),
        rows: rows.slice(0, limit),
        ...(rows.length > limit ? { cut: "rows" } : {}),
        tookMs: target.clock.monotonicMs() - startMs,
      };
    });
  } catch (thrown) {
    // A view may fail, and a large table take too long: that is told as of any other statement.
    if (isRefusal(thrown)) return { problem: complaintOf(thrown, "", "") };
    throw problemOf(target.name, thrown);
  }
}

async function rowsOf(
  session: SqlSession,
  { schema, table, limit, offset }: { schema: string; table: string; limit: number; offset: number },
  columns: Awaited<ReturnType<SqlSession["ask"]>>,
) {
  const texts = columns.map(({ name }) => `t.${identifier(name ?? "")}::pg_catalog.text`);
  const keys = columns
    .filter(({ is_key }) => is_key === "t")
    .map(({ name }) => `t.${identifier(name ?? "")}`);
  const { rows } = await session.one(
    `SELECT ${texts.flatMap((text) => [`pg_catalog.left(${text}, ${CELL_CHARS_MAX})`, `pg_catalog.length(${text})`]).join(", ")}
     FROM ${identifier(schema)}.${identifier(table)} t${keys.length === 0 ? "" : ` ORDER BY ${keys.join(", ")}`}
     LIMIT ${limit + 1} OFFSET ${offset}`,
  );
  return rows.map((row) =>
    columns.map((_column, at) => {
      const [text = null, length] = [row[2 * at], Number(row[2 * at + 1] ?? 0)];
      return text !== null && length > CELL_CHARS_MAX ? { text, length } : cellOf(text);
    }),
  );
}
