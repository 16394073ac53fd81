import type { Client, QueryConfig } from "pg";
import { messageOf } from "../../../../blocks/errors/index.ts";
import { RunError } from "../../errors.ts";
import type { ViewTarget } from "../engine-view.ts";

/** A row as text, by column. */
export type Row = Readonly<Record<string, string | null>>;

/** What one statement returned, as text. */
export interface Rows {
  readonly columns: readonly { readonly name: string; readonly type: number; readonly modifier: number }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** A session with a database, for one look. What the server refuses is thrown as `pg` has it. */
export interface SqlSession {
  /** Runs statements of our own, and returns the rows of the last. */
  ask(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs exactly one statement: PostgreSQL's extended protocol takes no more, whatever the text holds. */
  one(sql: string): Promise<Rows>;
}

/** How long one statement of a look may take. */
export const STATEMENT_MS_MAX = 5_000;
const CONNECT_MS_MAX = 5_000;
/** How long a lock is waited for: a look must not stand in the way of who comes behind it. */
const LOCK_MS_MAX = 1_000;
/** A server that no longer answers is given up. */
const PATIENCE_MS = 20_000;
/** What may come over the connection for one look: whoever asks for more gets an error, and the supervisor keeps its memory. */
const BYTES_MAX = 32 * 2 ** 20;

/** So that what a look does leaves nothing behind, and ends by itself. */
const BEGIN = `BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = ${STATEMENT_MS_MAX}; SET LOCAL lock_timeout = ${LOCK_MS_MAX}; SET LOCAL idle_in_transaction_session_timeout = ${PATIENCE_MS}`;

/**
 * Looks into a part's database in a transaction that only reads and is rolled back, over a connection of its own. Throws `NOT_POSSIBLE`
 * when it cannot be reached.
 */
export async function reading<T>(target: ViewTarget, look: (session: SqlSession) => Promise<T>): Promise<T> {
  return await connected(target, PATIENCE_MS, async (session) => {
    await session.ask(BEGIN);
    try {
      return await look(session);
    } finally {
      // Said so that a pooler in between keeps its connection; without it, the end of ours would do the same.
      await session.ask("ROLLBACK").catch(() => {});
    }
  });
}

/** Connects to a part's database, for `patienceMs` at most. `pg` is loaded at the first look: it costs the supervisor some 9 MB. */
export async function connected<T>(
  target: ViewTarget,
  patienceMs: number,
  use: (session: SqlSession) => Promise<T>,
): Promise<T> {
  const { name, url, clock } = target;
  if (url === undefined) throw new RunError("NOT_POSSIBLE", `${name} has not been ready yet`);
  const client = await open(name, url);
  const giveUp = (why: string) => client.connection.stream.destroy(new Error(why));
  const timer = clock.setTimer(patienceMs, () => giveUp(`it did not answer in ${patienceMs / 1_000} s`));
  let bytes = 0;
  client.connection.stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BYTES_MAX) giveUp(`its answer is longer than ${BYTES_MAX / 2 ** 20} MiB: ask for less of it`);
  });
  try {
    return await use(sessionOf(client));
  } finally {
    timer.cancel();
    await client.end().catch(() => {});
  }
}

/** Whether an error is the server's word about a statement: those carry five characters of SQL state. */
export function isRefusal(thrown: unknown): thrown is Error & { readonly code: string } {
  return (
    thrown instanceof Error &&
    "code" in thrown &&
    /^[0-9A-Z]{5}$/.test(String(thrown.code)) &&
    "severity" in thrown
  );
}

/** An error of the connection, or of a statement of our own, as the API tells it. */
export function problemOf(name: string, thrown: unknown): RunError {
  if (thrown instanceof RunError) return thrown;
  return new RunError("NOT_POSSIBLE", `${name} cannot be looked into: ${messageOf(thrown)}`, {
    cause: thrown,
  });
}

async function open(
  name: string,
  url: string,
): Promise<Client & { readonly connection: { readonly stream: import("node:net").Socket } }> {
  const { default: pg } = await import("pg");
  try {
    const client = new pg.Client({
      connectionString: url,
      application_name: "trestle console",
      connectionTimeoutMillis: CONNECT_MS_MAX,
      // Values stay the text that they came as.
      types: { getTypeParser: () => (text: string) => text },
    });
    // What is under way rejects by itself; this listener is for a connection that is lost in between.
    client.on("error", () => {});
    await client.connect();
    return client as typeof client & { readonly connection: { readonly stream: import("node:net").Socket } };
  } catch (thrown) {
    throw problemOf(name, thrown);
  }
}

function sessionOf(client: Client): SqlSession {
  return {
    async ask(sql, values) {
      const answer: unknown = await client.query(values ? { text: sql, values: [...values] } : sql);
      const last: unknown = Array.isArray(answer) ? answer.at(-1) : answer;
      return (last as { rows?: Row[] } | undefined)?.rows ?? [];
    },
    async one(sql) {
      const config = { text: sql, rowMode: "array", queryMode: "extended" } as const;
      const { fields, rows } = await client.query(config as QueryConfig & { rowMode: "array" });
      return {
        columns: (fields ?? []).map(({ name, dataTypeID, dataTypeModifier }) => ({
          name,
          type: dataTypeID,
          modifier: dataTypeModifier,
        })),
        rows,
      };
    },
  };
}
