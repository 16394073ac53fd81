/** Making a PostgreSQL server ready for whoever starts it, and one that runs by itself. */

/** What can go wrong. */
export { type ServerComplaint, SQL_ERRORS, SqlError, type SqlErrorCode, SqlQueryError } from "./errors.ts";
/** Schema changes, in order, each once. */
export { type MigrateOptions, migrate } from "./migrate/migrate.ts";
export { type PrepareSqlOptions, prepareSql, type SqlLaunch, type SqlServer } from "./prepare.ts";
export { type RunningSql, type StartSqlOptions, startSql } from "./start.ts";
