import { literal, type SqlConnection } from "../connection.ts";
import { SqlError } from "../errors.ts";
import type { Migration } from "./files.ts";

/** A migration that the database says was applied. */
export interface Applied {
  readonly file: string;
  readonly checksum: string;
}

/** Makes the record where there is none. */
export async function createRecord(connection: SqlConnection): Promise<void> {
  // Asked first, because "already exists, skipping" would stand in the server's log at every start.
  const [there] = await connection.query(`SELECT pg_catalog.to_regclass('trestle.migrations') AS record`);
  if (typeof there?.record === "string") return;
  await connection.query(`
    CREATE SCHEMA IF NOT EXISTS trestle;
    CREATE TABLE trestle.migrations (
      file text PRIMARY KEY,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
      took_ms double precision NOT NULL
    );
    COMMENT ON TABLE trestle.migrations IS 'The migrations that Trestle applied, each once';`);
}

/** What was applied, by file. */
export async function readRecord(connection: SqlConnection): Promise<Map<string, Applied>> {
  // One value, since the list may be longer than the rows that a connection keeps.
  const [row] = await connection.query(
    `SELECT pg_catalog.json_agg(pg_catalog.json_build_array(file, checksum)) AS list FROM trestle.migrations`,
  );
  const list = JSON.parse(row?.list ?? "[]") as [string, string][];
  return new Map(list.map(([file, checksum]) => [file, { file, checksum }]));
}

/** The statement that records a migration; part of its transaction. */
export function recordStatement(migration: Migration, tookMs: number): string {
  const values = [literal(migration.file), literal(migration.checksum), tookMs.toFixed(3)];
  return `INSERT INTO trestle.migrations (file, checksum, took_ms) VALUES (${values.join(", ")})`;
}

/**
 * Those of `migrations` that are still to be applied, in their order. Throws `MIGRATION_CHANGED`, `MIGRATION_MISSING` and
 * `MIGRATION_TOO_LATE` where files and record do not tell the same story.
 */
export function pendingOf(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, Applied>,
  folder: string,
): Migration[] {
  const byFile = new Map(migrations.map((one) => [one.file, one]));
  for (const { file, checksum } of applied.values()) {
    const there = byFile.get(file);
    if (!there) {
      throw new SqlError(
        "MIGRATION_MISSING",
        `${file} was applied to the database and is not in ${folder} any more: put it back; what it did is undone by a new migration`,
        { details: { file } },
      );
    }
    if (there.checksum !== checksum) {
      throw new SqlError(
        "MIGRATION_CHANGED",
        `${there.path} was changed after it was applied: restore it as it was, and put the change in a new migration`,
        { details: { file } },
      );
    }
  }
  const pending = migrations.filter((one) => !applied.has(one.file));
  const last = migrations.findLast((one) => applied.has(one.file));
  const late = pending[0];
  if (late && last && late.order < last.order) {
    throw new SqlError(
      "MIGRATION_TOO_LATE",
      `${late.path} stands before ${last.file}, which was applied already: give it a number above that, so that every database goes through the same order`,
      { details: { file: late.file, after: last.file } },
    );
  }
  return pending;
}
