/** One row of a folder's error table: what happened, in words that name the mend, and whether trying again can help. */
export interface ErrorRow {
  readonly message: string;
  readonly retryable: boolean;
}

/**
 * An error that callers match by its stable `code`, never by its text.
 *
 * Each folder keeps one table of its codes (`{ CODE: { message, retryable } }`) and derives its class from this one, so
 * that a code, its words and whether a retry can help stand in one place.
 */
export class CodedError<Code extends string = string> extends Error {
  /** Stable across releases; written in capitals, as in `PORT_IN_USE`. */
  readonly code: Code;
  /** Whether the same call may succeed later without anyone mending anything. */
  readonly retryable: boolean;
  /** The facts behind the message, for programs. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: Code,
    message: string,
    options: { retryable?: boolean; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ? Object.freeze({ ...options.details }) : NO_DETAILS;
  }
}

/** One for all: errors are made by the thousand when much is refused. */
const NO_DETAILS: Readonly<Record<string, unknown>> = Object.freeze({});

/** The text of whatever was thrown: an `Error`'s message, or the value itself as a string. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a thrown value (`"ECONNREFUSED"`, `"PORT_IN_USE"`), or `undefined` when it carries none. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}
