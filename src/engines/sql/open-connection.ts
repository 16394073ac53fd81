import { codeOf, messageOf } from "../../blocks/errors/index.ts";
import type { Row, SqlConnection } from "./connection.ts";
import { type ServerComplaint, SqlError, SqlQueryError } from "./errors.ts";
import { Session } from "./wire/session.ts";

const DEFAULT_PORT = 5432;
const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);

/**
 * Connects to the database of a `postgres://` URL: one of ours with the small client, any other with `pg`, which knows
 * TLS, certificates and the older authentications. Throws `SqlError`.
 */
export async function openConnection(url: string, signal?: AbortSignal): Promise<SqlConnection> {
  const parsed = parse(url);
  if (!LOOPBACK.has(parsed.hostname) || parsed.search !== "" || parsed.password === "")
    return LibraryConnection.open(url, signal);
  const user = decodeURIComponent(parsed.username);
  return Session.open({
    host: parsed.hostname.replace(/^\[|\]$/g, ""),
    port: parsed.port === "" ? DEFAULT_PORT : Number(parsed.port),
    user,
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)) || user,
    ...(signal ? { signal } : {}),
  });
}

function parse(url: string): URL {
  try {
    const parsed = new URL(url);
    if (/^postgres(ql)?:$/.test(parsed.protocol)) return parsed;
  } catch {
    // Said below, in the same words: the URL itself may hold a password and is not repeated.
  }
  throw new SqlError(
    "CONNECTION_FAILED",
    "a database's URL looks like postgres://USER:PASSWORD@HOST:PORT/DATABASE",
  );
}

/** The `pg` client, loaded only when it is needed: a server on this machine never does. */
class LibraryConnection implements SqlConnection {
  readonly #client: import("pg").Client;
  readonly #stopListening: () => void;
  #closed = false;

  static async open(url: string, signal: AbortSignal | undefined): Promise<LibraryConnection> {
    const { default: pg } = await import("pg");
    signal?.throwIfAborted();
    const client = new pg.Client({
      connectionString: url,
      application_name: "trestle",
      // Values stay the text they came as, as with the small client.
      types: { getTypeParser: () => (text: string) => text },
    });
    // What is under way rejects by itself; this listener is for a connection that is lost in between.
    client.on("error", () => {});
    const connection = new LibraryConnection(client, signal);
    try {
      await client.connect();
      return connection;
    } catch (thrown) {
      await connection.close();
      throw errorOf(thrown);
    }
  }

  private constructor(client: import("pg").Client, signal: AbortSignal | undefined) {
    this.#client = client;
    const onAbort = () => void this.close();
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#stopListening = () => signal?.removeEventListener("abort", onAbort);
  }

  async query(sql: string): Promise<Row[]> {
    try {
      const answer: unknown = await this.#client.query(sql);
      // Several statements answer with several results: the last is what the caller asked for.
      const last: unknown = Array.isArray(answer) ? answer.at(-1) : answer;
      return (last as { rows?: Row[] } | undefined)?.rows ?? [];
    } catch (thrown) {
      throw errorOf(thrown);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopListening();
    await this.#client.end().catch(() => {});
  }
}

/** PostgreSQL's own errors carry an SQL state of five characters; all others are of the connection. */
function errorOf(thrown: unknown): SqlError {
  const sqlState = codeOf(thrown);
  if (sqlState === undefined || !/^[0-9A-Z]{5}$/.test(sqlState) || !(thrown instanceof Error)) {
    return new SqlError("CONNECTION_FAILED", `the connection to PostgreSQL failed: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
  const { position, detail, hint } = thrown as { position?: string; detail?: string; hint?: string };
  const complaint: ServerComplaint = {
    message: thrown.message,
    sqlState,
    ...(position === undefined ? {} : { position: Number(position) }),
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
  };
  return new SqlQueryError(complaint, thrown);
}
