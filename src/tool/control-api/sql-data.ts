/** What a look into a database answers: `POST /v1/parts/NAME/data/VERB` of the views `sql-tables` and `sql-query`. */

/** All tables, by `tables`. */
export interface SqlTablesAnswer {
  /** The largest first, at most 200. */
  readonly tables: readonly SqlTable[];
  readonly leftOut: number;
  readonly advice: readonly SqlAdvice[];
}

export interface SqlTable {
  readonly schema: string;
  readonly name: string;
  readonly kind: "table" | "partitioned" | "view" | "materialized" | "foreign";
  /** An estimate; absent of what was never counted. */
  readonly rows?: number;
  /** Rows that are gone and still take room. */
  readonly deadRows?: number;
  readonly tableBytes: number;
  readonly indexBytes: number;
  /** Absent of what has no statistics, such as a view. */
  readonly scans?: { readonly sequential: number; readonly sequentialRows: number; readonly index: number };
  /** When the planner's statistics were last gathered; absent when never. */
  readonly analyzedMs?: number;
  /** At most 200. */
  readonly columns: readonly SqlColumn[];
  readonly indexes: readonly SqlIndex[];
  readonly foreignKeys: readonly SqlForeignKey[];
}

export interface SqlColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default?: string;
}

export interface SqlIndex {
  readonly name: string;
  /** What made it: `CREATE INDEX …`. */
  readonly definition: string;
  /** Names of the columns in their order; an expression is empty. Without those that are only included. */
  readonly columns: readonly string[];
  readonly bytes: number;
  readonly scans: number;
  readonly isPrimary: boolean;
  readonly isUnique: boolean;
  /** False of one whose making failed or is under way: it is kept up to date and not used. */
  readonly isValid: boolean;
}

export interface SqlForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  /** The table that it leads to, with its schema. */
  readonly to: string;
}

/** Something that could be better, and how. */
export interface SqlAdvice {
  /** What it is about: the id of a plan's node, or a table as `schema.name`. */
  readonly about: string;
  /** `warn` costs time now, `info` may do so later. */
  readonly level: "warn" | "info";
  readonly title: string;
  readonly text: string;
  /** A statement that would mend it, to be judged before it is run. */
  readonly sql?: string;
}

/** The first rows of a table, by `rows`. */
export interface SqlRowsQuery {
  readonly schema: string;
  readonly table: string;
  /** 1 to 200. Default 50. */
  readonly limit?: number;
  /** 0 to 1,000,000. Default 0. */
  readonly offset?: number;
}

/** One statement that only reads, by `query`; its plan, by `explain`. */
export interface SqlStatement {
  /** At most 8,000 characters. */
  readonly sql: string;
  /** Of `explain`: runs it too, and measures. Default false. */
  readonly analyze?: boolean;
}

/** A value as text; null is SQL's NULL. Long ones are cut, and tell how long they are, in characters. */
export type SqlCell = string | null | { readonly text: string; readonly length: number };

export interface SqlGrid {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** At most 500. */
  readonly rows: readonly (readonly SqlCell[])[];
  /** Why there are not all: `rows` when there are more of them, `bytes` when those shown were all that fit. */
  readonly cut?: "rows" | "bytes";
  readonly tookMs: number;
}

/** Why the server refused, in its own words. */
export interface SqlProblem {
  readonly message: string;
  /** Five characters (PostgreSQL's appendix A); absent of what did not come from the server. */
  readonly state?: string;
  readonly detail?: string;
  readonly hint?: string;
  /** Where in the statement as it was sent, in characters from 0. */
  readonly position?: number;
}

export type SqlQueryAnswer = SqlGrid | { readonly problem: SqlProblem };

export type SqlExplainAnswer =
  | {
      readonly plan: PlanNode;
      readonly planningMs?: number;
      readonly executionMs?: number;
      readonly advice: readonly SqlAdvice[];
    }
  | { readonly problem: SqlProblem };

/** A step of a plan. Measured figures are there when it was run. */
export interface PlanNode {
  /** `0`, `0.1`: its way from the root. */
  readonly id: string;
  /** PostgreSQL's word: `Seq Scan`. */
  readonly type: string;
  /** `Seq Scan on links`, `Index Scan using links_pkey on links l`. */
  readonly title: string;
  /** With its schema where that is known. */
  readonly relation?: string;
  readonly index?: string;
  /** What the planner thinks it costs, those below it included. */
  readonly cost: number;
  /** For each time it is run. */
  readonly rowsEstimated: number;
  readonly rows?: number;
  readonly loops?: number;
  /** Of all runs together, those below it included. */
  readonly totalMs?: number;
  /** Without those below it. */
  readonly selfMs?: number;
  /** Rows that were read and thrown away, of all runs. */
  readonly rowsRemoved?: number;
  /** Whatever else is told: conditions, keys, methods, buffers. */
  readonly details: readonly { readonly name: string; readonly text: string }[];
  readonly children: readonly PlanNode[];
}

/** The statements that took most time, by `statements`. */
export interface SqlStatementsAnswer {
  /** Whether `pg_stat_statements` is there. */
  readonly isKnown: boolean;
  readonly statements: readonly {
    readonly text: string;
    readonly calls: number;
    readonly totalMs: number;
    readonly rows: number;
  }[];
}
