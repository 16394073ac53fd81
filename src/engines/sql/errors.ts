import { CodedError, type ErrorRow } from "../../blocks/errors/index.ts";

/** What can go wrong with a PostgreSQL server of our own, and with migrations on any. */
export const SQL_ERRORS = {
  UNSUPPORTED_PLATFORM: { message: "there is no PostgreSQL for this platform", retryable: false },
  PROGRAMS_UNUSABLE: { message: "PostgreSQL's programs cannot be run from where they are", retryable: false },
  NO_SERVER_USER: {
    message: "PostgreSQL refuses to run as root, and no other user was found",
    retryable: false,
  },
  BAD_NAME: { message: "a role or database cannot bear this name", retryable: false },
  FOLDER_UNUSABLE: { message: "the server cannot use its folder", retryable: false },
  STATE_TOO_NEW: { message: "the state on disk was written by a newer version of Trestle", retryable: false },
  STATE_DAMAGED: { message: "the state on disk cannot be understood", retryable: false },
  DATA_OTHER_VERSION: { message: "the data belong to another major version of PostgreSQL", retryable: false },
  ALREADY_RUNNING: { message: "a server already runs on these data", retryable: false },
  INITDB_FAILED: { message: "the data folder could not be created", retryable: true },
  SERVER_ENDED: { message: "the server ended before it was ready", retryable: true },
  NOT_OUR_SERVER: { message: "something else answers on the server's port", retryable: false },
  CONNECTION_FAILED: { message: "the server cannot be reached", retryable: true },
  PROTOCOL: { message: "the server does not speak PostgreSQL's protocol as it should", retryable: false },
  QUERY_FAILED: { message: "the server refused a statement", retryable: false },
  MIGRATIONS_UNREADABLE: { message: "the folder of migrations cannot be read", retryable: false },
  MIGRATION_NAME: {
    message: "a migration's file name does not say its place in the order",
    retryable: false,
  },
  MIGRATION_CHANGED: { message: "an applied migration was changed afterwards", retryable: false },
  MIGRATION_MISSING: { message: "an applied migration is no longer there", retryable: false },
  MIGRATION_TOO_LATE: { message: "a new migration stands before one that is applied", retryable: false },
  MIGRATION_INVALID: { message: "a migration holds what a migration cannot", retryable: false },
  MIGRATION_FAILED: { message: "a migration failed", retryable: false },
} as const satisfies Record<string, ErrorRow>;

export type SqlErrorCode = keyof typeof SQL_ERRORS;

/** An error of the SQL engine; `message` names the thing and the mend. */
export class SqlError extends CodedError<SqlErrorCode> {
  constructor(
    code: SqlErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(code, message, { retryable: SQL_ERRORS[code].retryable, ...options });
  }
}

/** What PostgreSQL says of a statement that it refuses. */
export interface ServerComplaint {
  readonly message: string;
  /** Five characters (PostgreSQL's appendix A), such as `42P01`. */
  readonly sqlState: string;
  /** Where in the statement, in characters from 1. */
  readonly position?: number;
  readonly detail?: string;
  readonly hint?: string;
}

/** A statement or a connection that the server refused. */
export class SqlQueryError extends SqlError {
  readonly complaint: ServerComplaint;

  constructor(complaint: ServerComplaint, cause?: unknown) {
    super("QUERY_FAILED", complaint.message, {
      details: { ...complaint },
      ...(cause === undefined ? {} : { cause }),
    });
    this.complaint = complaint;
  }
}
