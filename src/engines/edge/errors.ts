import { CodedError, type ErrorRow } from "../../blocks/errors/index.ts";

/** What can go wrong in running an edge. What goes wrong with a request is an answer instead: see `answers.ts`. */
export const EDGE_ERRORS = {
  INVALID_CONFIG: {
    message: "the edge's configuration contradicts itself or is incomplete",
    retryable: false,
  },
  PORT_IN_USE: { message: "a port that the edge should listen on is taken", retryable: false },
  CANNOT_LISTEN: { message: "the edge may not or cannot listen at an address", retryable: false },
  CLOSED: { message: "the edge has been closed", retryable: false },
} as const satisfies Record<string, ErrorRow>;

export type EdgeErrorCode = keyof typeof EDGE_ERRORS;

/** An error of running an edge; `message` names the place in the configuration and the mend. */
export class EdgeError extends CodedError<EdgeErrorCode> {
  constructor(
    code: EdgeErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(code, message, { retryable: EDGE_ERRORS[code].retryable, ...options });
  }
}
