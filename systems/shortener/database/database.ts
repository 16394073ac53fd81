import pg from "pg";
import type { DatabaseCalls } from "trestle/telemetry";
import type { Clock } from "trestle/time";
import { Outage } from "./outage.ts";
import { isUnavailable, UnavailableError } from "./unavailable.ts";

/** A statement that the server plans once per connection, under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Runs statements on one connection. */
export interface Session {
  query<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

/** What a piece of work is told about its attempt. */
export interface Attempt {
  /** An earlier attempt may have been committed without our hearing of it. */
  readonly mayBeDone: boolean;
}

export interface DatabaseOptions {
  /** `postgres://role:password@host:port/name` */
  readonly url: string;
  readonly clock: Clock;
  /** Watches each statement. */
  readonly calls: DatabaseCalls;
  /** Connections at most; they close after 10 s without work. Default 8. */
  readonly connectionsMax?: number;
  /** How long after an outage began requests still wait for its end. Default 5 s. */
  readonly patienceMs?: number;
  /** How long one statement may take. Default 3 s. */
  readonly statementTimeoutMs?: number;
  /** Told when the database goes away and when it is back. */
  readonly onChange?: (state: "away" | "back", cause?: unknown) => void;
}

/** Requests that may be at work or waiting at once; one more is refused rather than queued. */
const REQUESTS_MAX = 1_000;
const RETRY_DELAY_MS = 50;

/**
 * PostgreSQL behind a small pool, riding out its restarts.
 *
 * Work that fails because the server went away is run again until the outage has lasted for `patienceMs`. An attempt may
 * have been committed although its answer was lost: so everything given to `run` and `transaction` must come to the same
 * when done twice.
 */
export class Database {
  readonly #pool: pg.Pool;
  readonly #clock: Clock;
  readonly #calls: DatabaseCalls;
  readonly #outage: Outage;
  readonly #onChange: DatabaseOptions["onChange"];
  #requests = 0;
  #closed: Promise<void> | undefined;

  constructor(options: DatabaseOptions) {
    this.#clock = options.clock;
    this.#calls = options.calls;
    this.#outage = new Outage(options.clock, options.patienceMs ?? 5_000);
    this.#onChange = options.onChange;
    this.#pool = new pg.Pool({
      connectionString: options.url,
      max: options.connectionsMax ?? 8,
      idleTimeoutMillis: 10_000,
      connectionTimeoutMillis: 2_000,
      query_timeout: options.statementTimeoutMs ?? 3_000,
      keepAlive: true,
      application_name: "shortener",
      types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
    });
    // An idle connection that breaks leaves the pool by itself; the next request notices what is wrong, if anything is.
    this.#pool.on("error", () => {});
  }

  /** Runs one or more statements, each a transaction of its own. @throws UnavailableError */
  async run<T>(work: (session: Session, attempt: Attempt) => Promise<T>): Promise<T> {
    if (this.#requests >= REQUESTS_MAX) throw new UnavailableError("too many requests wait for the database");
    this.#requests++;
    try {
      return await this.#persist(work);
    } finally {
      this.#requests--;
    }
  }

  /** Runs statements in one transaction: all of them or none. @throws UnavailableError */
  transaction<T>(work: (session: Session, attempt: Attempt) => Promise<T>): Promise<T> {
    return this.run(async (session, attempt) => {
      await session.query(BEGIN);
      const result = await work(session, attempt);
      await session.query(COMMIT);
      return result;
    });
  }

  /** Waits for work under way, then closes every connection. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }

  async #persist<T>(work: (session: Session, attempt: Attempt) => Promise<T>): Promise<T> {
    for (let mayBeDone = false; ; ) {
      let client: pg.PoolClient | undefined;
      try {
        client = await this.#pool.connect();
        const result = await work(sessionOf(client, this.#calls), { mayBeDone });
        client.release();
        if (this.#outage.answered()) this.#onChange?.("back");
        return result;
      } catch (thrown) {
        // A connection that saw any error is not trusted with another request; closing it rolls back what it had open.
        client?.release(true);
        if (!isUnavailable(thrown)) throw thrown;
        this.#noteFailure(thrown);
        if (!this.#outage.worthWaiting) throw new UnavailableError("the database is away", { cause: thrown });
        mayBeDone ||= client !== undefined;
        await this.#clock.sleep(RETRY_DELAY_MS);
      }
    }
  }

  #noteFailure(thrown: unknown): void {
    if (this.#outage.failed()) this.#onChange?.("away", thrown);
  }
}

const BEGIN: Statement = { name: "begin", text: "begin" };
const COMMIT: Statement = { name: "commit", text: "commit" };

function sessionOf(client: pg.PoolClient, calls: DatabaseCalls): Session {
  return {
    async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
      const call = calls.beginStatement(statement.text);
      try {
        const result = await client.query<Row>({ ...statement, values: [...values] });
        call.end();
        return result.rows;
      } catch (thrown) {
        call.fail(thrown);
        throw thrown;
      }
    },
  };
}

/** The type code of `bigint`. All of ours stay far below 2^53. */
const INT8 = 20;

function parserOf(oid: number, format?: "text" | "binary"): unknown {
  return oid === INT8 ? Number : pg.types.getTypeParser(oid, format ?? "text");
}
