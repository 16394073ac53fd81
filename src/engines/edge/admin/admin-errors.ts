/** What an admin server refuses, and what it makes of an edge's errors. Pure. */

import { CodedError, type ErrorRow, messageOf } from "../../../blocks/errors/index.ts";
import { EdgeError, type EdgeErrorCode } from "../errors.ts";

/** A row with the status that it is answered with. */
interface AdminErrorRow extends ErrorRow {
  readonly status: number;
}

/** The codes of an admin server's own. Those of the edge (`INVALID_CONFIG` and others) come beside them. */
export const ADMIN_ERRORS = {
  BAD_REQUEST: {
    status: 400,
    message: "the request is not of the form that it should have",
    retryable: false,
  },
  UNAUTHORIZED: { status: 401, message: "the token is missing or wrong", retryable: false },
  FORBIDDEN: { status: 403, message: "the admin API is not for web pages", retryable: false },
  NOT_FOUND: { status: 404, message: "there is no such resource", retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, message: "the resource has no such method", retryable: false },
  PRECONDITION_FAILED: {
    status: 412,
    message: "the configuration has been changed since: read it again",
    retryable: false,
  },
  BODY_TOO_LARGE: { status: 413, message: "the request's body is too large", retryable: false },
  INTERNAL: { status: 500, message: "something went wrong that should not", retryable: false },
} as const satisfies Record<string, AdminErrorRow>;

export type AdminErrorCode = keyof typeof ADMIN_ERRORS;

/** Why a request to an admin server is not done. Without a message of its own it says what the table says. */
export class AdminError extends CodedError<AdminErrorCode> {
  /** Fields of the answer, by name. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: AdminErrorCode,
    message: string = ADMIN_ERRORS[code].message,
    options: { readonly headers?: Record<string, string>; readonly cause?: unknown } = {},
  ) {
    super(code, message, { retryable: ADMIN_ERRORS[code].retryable, cause: options.cause });
    this.headers = options.headers ?? {};
  }
}

const EDGE_STATUS: Readonly<Record<EdgeErrorCode, number>> = {
  INVALID_CONFIG: 422,
  PORT_IN_USE: 409,
  CANNOT_LISTEN: 409,
  CLOSED: 503,
};

/** What a caller is told of a failure. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: readonly Readonly<Record<string, unknown>>[];
  readonly headers: Readonly<Record<string, string>>;
}

/** What a caller is told of whatever was thrown: in its own words too, since nobody else hears of it. */
export function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof AdminError) {
    const { code, message, headers } = thrown;
    return { status: ADMIN_ERRORS[code].status, code, message, details: [], headers };
  }
  if (thrown instanceof EdgeError) {
    const { code, message, details } = thrown;
    return { status: EDGE_STATUS[code] ?? 500, code, message, details: listed(details), headers: {} };
  }
  const { status, message } = ADMIN_ERRORS.INTERNAL;
  return { status, code: "INTERNAL", message: `${message}: ${messageOf(thrown)}`, details: [], headers: {} };
}

/** Of a configuration that is wrong each problem by itself; else what the error knows. */
function listed(details: Readonly<Record<string, unknown>>): Refusal["details"] {
  if (Array.isArray(details.problems)) return details.problems;
  return Object.keys(details).length > 0 ? [details] : [];
}
