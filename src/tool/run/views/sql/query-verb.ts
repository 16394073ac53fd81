import type { SqlCell, SqlGrid, SqlProblem, SqlQueryAnswer } from "../../../control-api/index.ts";
import { RunError } from "../../errors.ts";
import type { ViewTarget } from "../engine-view.ts";
import { readFields, readText } from "../fields.ts";
import { isRefusal, problemOf, type Rows, reading, type SqlSession } from "./sql-session.ts";
import { isShow, positionIn, STATEMENT_LENGTH_MAX, whyNotRun } from "./statement.ts";

const ROWS_MAX = 500;
/** So many come at once, so that large ones can be stopped in between. */
const FETCH_ROWS = 50;
const CELL_CHARS_MAX = 4_096;
const GRID_CHARS_MAX = 2 ** 20;

/**
 * PostgreSQL's own grammar takes nothing behind this but one query that reads: no other statement, no `INSERT` within a `WITH`. Its planner
 * expects that all rows are wanted.
 */
export const CURSOR = "DECLARE trestle NO SCROLL CURSOR FOR ";

/**
 * Answers `query`: the rows of one statement that only reads. It runs in a transaction that reads and is rolled back, never as a superuser,
 * and for five seconds at most.
 */
export async function queryVerb(target: ViewTarget, input: unknown): Promise<SqlQueryAnswer> {
  const sql = readText(readFields(input, ["sql"]), "sql", STATEMENT_LENGTH_MAX);
  const problem = whyNotRun(sql);
  if (problem) return { problem };
  const startMs = target.clock.monotonicMs();
  try {
    return await reading(target, async (session) => {
      await stepDown(session);
      const { rows, cut } = isShow(sql)
        ? { rows: await session.one(sql), cut: undefined }
        : await fetchRows(session, sql);
      const tookMs = target.clock.monotonicMs() - startMs;
      return gridOf(rows, await typeNames(session, rows), { cut, tookMs });
    });
  } catch (thrown) {
    if (isRefusal(thrown)) return { problem: complaintOf(thrown, sql, CURSOR) };
    throw problemOf(target.name, thrown);
  }
}

/**
 * Steps down from a superuser, whom neither a transaction nor a right would hinder from reading the server's files, to the role that may
 * read all tables. Any other role stays what it is: it has fewer rights than that one, to whom even the roles' passwords are a table. Names
 * are found where they were before.
 */
export async function stepDown(session: SqlSession): Promise<void> {
  const [who] = await session.ask(
    "SET LOCAL cursor_tuple_fraction = 1; SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user",
  );
  if (who?.rolsuper !== "t") return;
  await session.ask(
    "SELECT pg_catalog.set_config('search_path', COALESCE((SELECT pg_catalog.string_agg(pg_catalog.quote_ident(s), ', ') FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) s), ''), true)",
  );
  try {
    await session.ask("SET LOCAL ROLE pg_read_all_data");
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
    throw new RunError(
      "NOT_POSSIBLE",
      "the database's URL is a superuser's, and the server has no role to read as instead (PostgreSQL 14 brings one): use the URL of another role",
      { cause: thrown },
    );
  }
}

/** The server's words about a statement that had `before` put in front of it. */
export function complaintOf(
  thrown: Error & { readonly code: string },
  sql: string,
  before: string,
): SqlProblem {
  const { message, code, detail, hint, position } = thrown as typeof thrown &
    Readonly<Record<"detail" | "hint" | "position", string | undefined>>;
  const at = position === undefined ? undefined : positionIn(sql, before, Number(position));
  return {
    message,
    state: code,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { position: at }),
  };
}

/** A value as it is shown. */
export function cellOf(text: string | null, charsMax: number = CELL_CHARS_MAX): SqlCell {
  if (text === null || text.length <= charsMax) return text;
  return { text: text.slice(0, charsMax), length: text.length };
}

async function fetchRows(session: SqlSession, sql: string): Promise<{ rows: Rows; cut: SqlGrid["cut"] }> {
  await session.one(CURSOR + sql);
  let columns: Rows["columns"] = [];
  const rows: (readonly (string | null)[])[] = [];
  let chars = 0;
  while (rows.length <= ROWS_MAX) {
    const some = await session.one(
      `FETCH FORWARD ${Math.min(FETCH_ROWS, ROWS_MAX + 1 - rows.length)} FROM trestle`,
    );
    columns = some.columns;
    for (const row of some.rows) {
      chars += row.reduce((sum, cell) => sum + Math.min(cell?.length ?? 0, CELL_CHARS_MAX), 0);
      if (chars > GRID_CHARS_MAX && rows.length > 0) return { rows: { columns, rows }, cut: "bytes" };
      rows.push(row);
    }
    if (some.rows.length < FETCH_ROWS) break;
  }
  const cut = rows.length > ROWS_MAX ? "rows" : undefined;
  return { rows: { columns, rows: rows.slice(0, ROWS_MAX) }, cut };
}

/** What PostgreSQL calls the columns' types. */
async function typeNames(session: SqlSession, { columns }: Rows): Promise<readonly string[]> {
  const names = await session.ask(
    "SELECT pg_catalog.format_type(type, modifier) AS name FROM ROWS FROM (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::int4[])) WITH ORDINALITY AS c(type, modifier, at) ORDER BY at",
    [columns.map(({ type }) => type), columns.map(({ modifier }) => modifier)],
  );
  return names.map(({ name }) => name ?? "");
}

function gridOf(
  { columns, rows }: Rows,
  types: readonly string[],
  { cut, tookMs }: { cut: SqlGrid["cut"]; tookMs: number },
): SqlGrid {
  return {
    columns: columns.map(({ name }, at) => ({ name, type: types[at] ?? "" })),
    rows: rows.map((row) => row.map((cell) => cellOf(cell))),
    ...(cut ? { cut } : {}),
    tookMs,
  };
}
