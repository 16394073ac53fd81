import pg from "pg";

/** The database cannot be reached now; the same request may succeed later. */
export class UnavailableError extends Error {
  readonly code = "UNAVAILABLE";

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "UnavailableError";
  }
}

/** States in which the server refuses for now: shutting down, starting up, full, or having chosen us to end a deadlock. */
const PASSING_STATES = new Set(["57P01", "57P02", "57P03", "53300", "40001", "40P01"]);

/** Whether an error means that the database is away or refuses for now, rather than that the statement is wrong. */
export function isUnavailable(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (thrown instanceof pg.DatabaseError) {
    // Class 08 is "connection exception".
    return thrown.code !== undefined && (thrown.code.startsWith("08") || PASSING_STATES.has(thrown.code));
  }
  if ("syscall" in thrown) return true;
  // The driver's own errors carry no code.
  return /connection|timeout/i.test(thrown.message);
}
