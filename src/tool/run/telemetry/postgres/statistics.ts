import type { Row } from "../../../../engines/sql/connection.ts";

/** Asked every time: one row, of the database that the connection is to. */
export const DATABASE_SQL = `
  SELECT xact_commit, xact_rollback, blks_hit, blks_read, tup_returned, tup_fetched, tup_inserted, tup_updated,
         tup_deleted, deadlocks, temp_files, pg_catalog.current_setting('max_connections') AS connections_max
  FROM pg_catalog.pg_stat_database WHERE datname = pg_catalog.current_database()`;

/**
 * Asked every time: the connections to the whole server, which share its bound. Of those of other roles a role without
 * `pg_read_all_stats` sees that they are there, and neither their kind nor their state.
 */
export const BACKENDS_SQL = `
  SELECT CASE WHEN datname = pg_catalog.current_database() THEN application_name END AS application,
         state, count(*) AS backends,
         count(*) FILTER (WHERE wait_event_type = 'Lock') AS waiting
  FROM pg_catalog.pg_stat_activity
  WHERE datid IS NOT NULL AND (backend_type IS NULL OR backend_type = 'client backend')
  GROUP BY 1, 2 ORDER BY 3 DESC`;

/** Asked seldom: it looks at every file and every table of the database. */
export const SIZES_SQL = `
  SELECT pg_catalog.pg_database_size(pg_catalog.current_database()) AS bytes,
         (SELECT pg_catalog.sum(n_live_tup) FROM pg_catalog.pg_stat_user_tables) AS live,
         (SELECT pg_catalog.sum(n_dead_tup) FROM pg_catalog.pg_stat_user_tables) AS dead,
         (SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
          WHERE e.extname = 'pg_stat_statements') AS statements_schema`;

/** How many statements are told. */
const STATEMENTS_MAX = 20;

/** The statements that took most of the time. `schema` is where the extension is, quoted. */
export function statementsSql(schema: string): string {
  return `
    SELECT s.queryid, pg_catalog."left"(s.query, 2000) AS query, s.calls, s.total_exec_time AS ms, s.rows
    FROM ${schema}.pg_stat_statements s
    WHERE s.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    ORDER BY s.total_exec_time DESC LIMIT ${STATEMENTS_MAX}`;
}

/** Totals of `pg_stat_database` since its statistics began, and the bound on connections. */
export interface DatabaseTotals {
  readonly commits: number;
  readonly rollbacks: number;
  readonly connectionsMax: number;
  /** By the name of the metric: all others. */
  readonly others: ReadonlyMap<string, number>;
}

/** Connections that have an application and a state in common. */
export interface Backends {
  /** Empty of those to other databases of the server, and of those that do not say. */
  readonly application: string;
  /** `active`, `idle`, `idle in transaction`, …; `unknown` where it may not be known. */
  readonly state: string;
  readonly count: number;
  /** Those that wait for a lock. */
  readonly waiting: number;
}

/** A kind of statement, as `pg_stat_statements` adds them up: constants are taken out. */
export interface StatementTotals {
  readonly id: string;
  readonly text: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly rows: number;
}

/** Which column is told as which metric: names of the OpenTelemetry Collector's PostgreSQL receiver. */
export const COUNTERS: Readonly<Record<string, { readonly name: string; readonly unit: string }>> = {
  blks_hit: { name: "postgresql.blks_hit", unit: "{blks_hit}" },
  blks_read: { name: "postgresql.blks_read", unit: "{blks_read}" },
  tup_returned: { name: "postgresql.tup_returned", unit: "{tup_returned}" },
  tup_fetched: { name: "postgresql.tup_fetched", unit: "{tup_fetched}" },
  tup_inserted: { name: "postgresql.tup_inserted", unit: "{tup_inserted}" },
  tup_updated: { name: "postgresql.tup_updated", unit: "{tup_updated}" },
  tup_deleted: { name: "postgresql.tup_deleted", unit: "{tup_deleted}" },
  deadlocks: { name: "postgresql.deadlocks", unit: "{deadlock}" },
  temp_files: { name: "postgresql.temp_files", unit: "{temp_file}" },
};

/** Groups of connections beyond this many are told as one. */
const GROUPS_MAX = 20;
const NAME_LENGTH_MAX = 64;

/** Reads the answer to `DATABASE_SQL`; undefined when the database is not there. */
export function totalsIn(rows: readonly Row[]): DatabaseTotals | undefined {
  const [row] = rows;
  if (!row) return undefined;
  const others = new Map<string, number>();
  for (const [column, { name }] of Object.entries(COUNTERS)) others.set(name, numberIn(row[column]));
  return {
    commits: numberIn(row.xact_commit),
    rollbacks: numberIn(row.xact_rollback),
    connectionsMax: numberIn(row.connections_max),
    others,
  };
}

/** Reads the answer to `BACKENDS_SQL`, the largest groups first. Each application and state occurs once. */
export function backendsIn(rows: readonly Row[]): readonly Backends[] {
  const groups = new Map<string, Backends>();
  for (const row of rows) {
    const full = groups.size >= GROUPS_MAX;
    const application = full ? "" : (row.application ?? "").slice(0, NAME_LENGTH_MAX);
    const state = full ? "unknown" : (row.state ?? "unknown");
    const key = `${state}\0${application}`;
    const before = groups.get(key);
    groups.set(key, {
      application,
      state,
      count: (before?.count ?? 0) + numberIn(row.backends),
      waiting: (before?.waiting ?? 0) + numberIn(row.waiting),
    });
  }
  return [...groups.values()];
}

/** Reads the answer to `statementsSql`. */
export function statementsIn(rows: readonly Row[]): readonly StatementTotals[] {
  return rows.slice(0, STATEMENTS_MAX).map((row) => ({
    id: row.queryid ?? "",
    text: row.query ?? "",
    calls: numberIn(row.calls),
    totalMs: numberIn(row.ms),
    rows: numberIn(row.rows),
  }));
}

/** 0 where the server says nothing, or something that is no number. */
export function numberIn(text: string | null | undefined): number {
  const value = Number(text ?? 0);
  return Number.isFinite(value) ? value : 0;
}

/**
 * Turns the commits of a database into those of its users: a poller's own would be all that an idle database shows. Never falls,
 * except where the server's statistics began anew.
 */
export class UsersCommits {
  #own = 0;
  #total = 0;
  #users = 0;

  /** Counts one transaction of the poller's own. */
  addOwn(): void {
    this.#own++;
  }

  /** `total` is what the server counts. It may lag behind by what sessions have not reported yet, some seconds at most. */
  of(total: number): number {
    if (total < this.#total) {
      this.#own = 0;
      this.#users = 0;
    }
    this.#total = total;
    this.#users = Math.max(this.#users, total - this.#own, 0);
    return this.#users;
  }
}
