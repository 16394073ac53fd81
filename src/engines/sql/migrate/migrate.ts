import { type Clock, systemClock } from "../../../blocks/time/index.ts";
import type { SqlConnection } from "../connection.ts";
import { SqlError, SqlQueryError } from "../errors.ts";
import { openConnection } from "../open-connection.ts";
import { type Migration, readMigrations } from "./files.ts";
import { createRecord, pendingOf, readRecord, recordStatement } from "./record.ts";
import { lineAt, type Statement } from "./statements.ts";

/** What is migrated, and from where. */
export interface MigrateOptions {
  /** `postgres://…`; its role must be allowed to create a schema. */
  readonly url: string;
  /** A folder of `.sql` files whose names begin with their numbers. */
  readonly folder: string;
  readonly onApplied?: (file: string, ms: number) => void;
  /** Ends the work; a migration under way is rolled back. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

// The bytes of "trestle" and a version, as one number: advisory locks are per database, and nobody else's is likely to be this one.
const LOCK = "8390880602293560577";
const LOCK_POLL_MS = 50;

/**
 * Applies the migrations of a folder that the database has not seen, in their order, and records each in
 * `trestle.migrations`. A migration is one transaction together with its record: it happened whole, once, or not at all.
 * A file that begins with `-- trestle: no transaction` runs statement by statement instead, for those that PostgreSQL
 * allows in no transaction; where it fails, what stands before stays, and the next run begins it anew.
 *
 * Of two that migrate one database at a time, one waits. Throws `SqlError`: `MIGRATION_…` codes name file and line.
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[]; already: number }> {
  const { url, folder, signal, clock = systemClock, onApplied } = options;
  const migrations = await readMigrations(folder);
  const connection = await openConnection(url, signal);
  try {
    await takeLock(connection, clock, signal);
    await createRecord(connection);
    const seen = await readRecord(connection);
    const applied: string[] = [];
    for (const migration of pendingOf(migrations, seen, folder)) {
      signal?.throwIfAborted();
      const tookMs = await apply(connection, migration, clock);
      applied.push(migration.file);
      onApplied?.(migration.file, tookMs);
    }
    return { applied, already: seen.size };
  } catch (thrown) {
    signal?.throwIfAborted();
    throw thrown;
  } finally {
    // The lock goes with the session.
    await connection.close();
  }
}

/**
 * Asks again and again rather than waiting in the database: a session that waits there holds a snapshot, and an index that
 * the other one builds concurrently waits for every snapshot to go. They would wait for each other.
 */
async function takeLock(
  connection: SqlConnection,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (;;) {
    const [row] = await connection.query(`SELECT pg_catalog.pg_try_advisory_lock(${LOCK}) AS taken`);
    if (row?.taken === "t") return;
    await clock.sleep(LOCK_POLL_MS, signal ? { signal } : {});
  }
}

async function apply(connection: SqlConnection, migration: Migration, clock: Clock): Promise<number> {
  const startMs = clock.monotonicMs();
  const tookMs = () => clock.monotonicMs() - startMs;
  if (migration.outsideTransaction) {
    for (const statement of migration.statements) await run(connection, migration, statement);
    await connection.query(CLEAN);
    await connection.query(recordStatement(migration, tookMs()));
  } else {
    await connection.query("BEGIN");
    try {
      for (const statement of migration.statements) await run(connection, migration, statement);
      await connection.query(CLEAN);
      await connection.query(recordStatement(migration, tookMs()));
      await commit(connection, migration);
    } catch (thrown) {
      // Where the connection is gone there is nothing to roll back with, and the server does it by itself.
      await connection.query("ROLLBACK").catch(() => {});
      throw thrown;
    }
  }
  return tookMs();
}

/** What a migration set for its own statements must not reach the next one, nor the record. */
const CLEAN = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL";

async function run(connection: SqlConnection, migration: Migration, statement: Statement): Promise<void> {
  try {
    await connection.query(statement.text);
  } catch (thrown) {
    throw failureOf(thrown, migration, statement);
  }
}

/** Deferred constraints are checked only now, and no one statement is to blame. */
async function commit(connection: SqlConnection, migration: Migration): Promise<void> {
  try {
    await connection.query("COMMIT");
  } catch (thrown) {
    throw failureOf(thrown, migration, undefined);
  }
}

function failureOf(thrown: unknown, migration: Migration, statement: Statement | undefined): unknown {
  if (!(thrown instanceof SqlQueryError)) return thrown;
  const { message, sqlState, position, detail, hint } = thrown.complaint;
  const line = statement && statement.line + lineInside(statement.text, position) - 1;
  const place = line === undefined ? `${migration.path}, at its end` : `${migration.path}:${line}`;
  const more = [detail, hint]
    .filter((one) => one !== undefined)
    .map((one) => ` ${one.replace(/([^.])$/, "$1.")}`);
  const outcome = migration.outsideTransaction
    ? "Not in a transaction: what stands before this statement was done and stays."
    : "Nothing of this migration was applied.";
  return new SqlError("MIGRATION_FAILED", `${place}: ${message} (${sqlState}).${more.join("")} ${outcome}`, {
    details: { file: migration.file, ...(line === undefined ? {} : { line }), sqlState },
    cause: thrown,
  });
}

/** PostgreSQL counts characters from 1, where strings of JavaScript count UTF-16 units. */
function lineInside(text: string, position: number | undefined): number {
  if (position === undefined) return 1;
  const before = [...text].slice(0, position - 1).join("");
  return lineAt(text, before.length);
}
