import { messageOf } from "../../../../blocks/errors/index.ts";
import type { Clock, Timer } from "../../../../blocks/time/index.ts";
import type { Row, SqlConnection } from "../../../../engines/sql/connection.ts";
import type { MetricWriter, OwnSample } from "../metric-reader.ts";
import {
  BACKENDS_SQL,
  backendsIn,
  COUNTERS,
  DATABASE_SQL,
  numberIn,
  SIZES_SQL,
  type StatementTotals,
  statementsIn,
  statementsSql,
  totalsIn,
  UsersCommits,
} from "./statistics.ts";

/** How often a database is asked, unless it does not answer. */
export const POLL_EVERY_MS = 5_000;
/** Every so many times, sizes and statements are asked for as well: each minute. */
const SELDOM = 12;
/** How long connecting may take, and each answer. A server that takes longer has better things to do. */
const PATIENCE_MS = 4_000;
/** The longest pause after failures in a row; the first one lasts as long as any other. */
const PAUSE_MAX_MS = 60_000;

export interface PostgresPollerOptions {
  readonly part: string;
  /** Where it is, password included; undefined while it does not run. */
  readonly url: () => string | undefined;
  readonly clock: Clock;
  readonly writer: MetricWriter;
}

/**
 * Asks a database for PostgreSQL's own statistics, over one connection, every 5 s, and writes them as the OpenTelemetry Collector's
 * receiver names them. What cannot be had is left out: a role that may see little sees little. The connection is named `trestle`.
 *
 * A database on this machine is asked by the engine's own small client, which costs the supervisor next to nothing; one that
 * stands outside by the `pg` library, which costs it some 11 MB.
 */
export class PostgresPoller {
  readonly #options: PostgresPollerOptions;
  readonly #commits = new UsersCommits();
  readonly #ending = new AbortController();
  /** Groups of connections that were told the last time, to be told as none when they are gone. */
  #groups = new Set<string>();
  #sizes: Row | undefined;
  #statements: readonly StatementTotals[] = [];
  #connection: SqlConnection | undefined;
  #connectedTo: string | undefined;
  #problem: string | undefined;
  #failures = 0;
  #polls = 0;
  #timer: Timer | undefined;
  #polling: Promise<void> | undefined;

  constructor(options: PostgresPollerOptions) {
    this.#options = options;
  }

  /** Why there are no figures, in words. Undefined while there are, and before the first answer. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** The statements that took most time, of a database that has the extension `pg_stat_statements`; as of a minute ago at most. */
  get statements(): readonly StatementTotals[] {
    return this.#statements;
  }

  /** Asks now, and from then on by itself until it is closed. Call it once. Its timer keeps no process alive. */
  start(): void {
    if (this.#ending.signal.aborted) return;
    this.#polling = this.#poll().finally(() => {
      this.#polling = undefined;
      if (this.#ending.signal.aborted) return;
      const pauseMs = Math.min(PAUSE_MAX_MS, POLL_EVERY_MS * 2 ** Math.max(0, this.#failures - 1));
      this.#timer = this.#options.clock.setTimer(pauseMs, () => this.start());
      this.#timer.unref();
    });
  }

  /** Lets go of the database: at once where it is being asked, else with a goodbye of at most a second. Idempotent. */
  async close(): Promise<void> {
    const isIdle = this.#polling === undefined;
    this.#timer?.cancel();
    // An abort breaks the connection off; one that is idle is ended in order instead, so that the server's log says nothing.
    if (isIdle) await this.#disconnect();
    this.#ending.abort(new Error("it is being stopped"));
    await this.#polling;
    await this.#disconnect();
  }

  async #poll(): Promise<void> {
    const url = this.#options.url();
    if (url !== this.#connectedTo) await this.#disconnect();
    if (url === undefined) {
      this.#problem = undefined;
      this.#failures = 0;
      return;
    }
    try {
      this.#connection ??= await this.#connect(url);
      await this.#ask(this.#connection, this.#polls++ % SELDOM === 0);
      this.#problem = undefined;
      this.#failures = 0;
    } catch (thrown) {
      this.#problem = messageOf(thrown);
      this.#failures++;
      // The next one asks for everything again: it may be another server.
      this.#polls = 0;
      await this.#disconnect();
    }
  }

  async #connect(url: string): Promise<SqlConnection> {
    const { openConnection } = await import("../../../../engines/sql/open-connection.ts");
    this.#ending.signal.throwIfAborted();
    // What is still being opened can only be ended by its signal.
    const life = new AbortController();
    const opened = openConnection(url, AbortSignal.any([this.#ending.signal, life.signal]));
    const connection = await this.#within(opened, () => life.abort(tooLate()));
    this.#connectedTo = url;
    return connection;
  }

  async #ask(connection: SqlConnection, seldom: boolean): Promise<void> {
    if (seldom) {
      try {
        [this.#sizes] = await this.#run(connection, SIZES_SQL);
        this.#statements = await this.#readStatements(connection);
      } catch (thrown) {
        // A large database may take longer than there is patience for; the connection is as good as before.
        if (!isRefusal(thrown)) throw thrown;
      }
    }
    const totals = totalsIn(await this.#run(connection, DATABASE_SQL));
    const backends = backendsIn(await this.#run(connection, BACKENDS_SQL));
    if (!totals) return;
    const counter = (name: string, unit: string, value: number) =>
      this.#options.writer.counter(this.#sample(name, unit, value));
    counter("postgresql.commits", "1", this.#commits.of(totals.commits));
    counter("postgresql.rollbacks", "1", totals.rollbacks);
    for (const { name, unit } of Object.values(COUNTERS)) counter(name, unit, totals.others.get(name) ?? 0);
    this.#gauge("postgresql.connection.max", "{connection}", totals.connectionsMax);
    this.#writeBackends(backends);
    this.#writeSizes();
  }

  async #readStatements(connection: SqlConnection): Promise<readonly StatementTotals[]> {
    const schema = this.#sizes?.statements_schema;
    if (!schema) return [];
    const quoted = `"${schema.replaceAll('"', '""')}"`;
    return statementsIn(await this.#run(connection, statementsSql(quoted)));
  }

  #writeBackends(backends: ReturnType<typeof backendsIn>): void {
    const told = new Set<string>();
    let waiting = 0;
    for (const { application, state, count, waiting: some } of backends) {
      told.add(`${state}\0${application}`);
      waiting += some;
      this.#gauge("postgresql.backends", "1", count, { application, state });
    }
    for (const group of this.#groups) {
      if (told.has(group)) continue;
      const [state = "", application = ""] = group.split("\0");
      this.#gauge("postgresql.backends", "1", 0, { application, state });
    }
    this.#groups = told;
    this.#gauge("postgresql.backends.waiting", "1", waiting);
  }

  #writeSizes(): void {
    if (!this.#sizes) return;
    this.#gauge("postgresql.db_size", "By", numberIn(this.#sizes.bytes));
    for (const state of ["live", "dead"])
      this.#gauge("postgresql.rows", "1", numberIn(this.#sizes[state]), { state });
  }

  #gauge(name: string, unit: string, value: number, attributes?: Readonly<Record<string, string>>): void {
    const sample = this.#sample(name, unit, value);
    this.#options.writer.gauge(attributes ? { ...sample, attributes } : sample);
  }

  #sample(name: string, unit: string, value: number): OwnSample {
    const { part, clock } = this.#options;
    return { name, unit, part, replica: part, timeMs: clock.wallMs(), value };
  }

  async #run(connection: SqlConnection, sql: string): Promise<Row[]> {
    this.#commits.addOwn();
    // Of this transaction alone: behind a pooler, the session is somebody else's in the next moment.
    const bounded = `SET LOCAL statement_timeout = ${PATIENCE_MS}; ${sql}`;
    // The server gives up by itself; this is for one that no longer answers at all.
    return await this.#within(connection.query(bounded), () => void connection.close());
  }

  async #within<T>(promise: Promise<T>, giveUp: () => void): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = this.#options.clock.setTimer(2 * PATIENCE_MS, () => {
      giveUp();
      reject(tooLate());
    });
    // What comes after the timer is of no interest any more.
    promise.catch(() => {});
    try {
      return await Promise.race([promise, late]);
    } finally {
      timer.cancel();
    }
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#connectedTo = undefined;
    await connection?.close();
  }
}

function isRefusal(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "QUERY_FAILED";
}

function tooLate(): Error {
  return new Error(`PostgreSQL did not answer in ${(2 * PATIENCE_MS) / 1_000} s`);
}
