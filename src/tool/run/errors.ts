import { CodedError, type ErrorRow } from "../../blocks/errors/index.ts";

/** What can go wrong in running a system, apart from what a part itself does wrong. */
export const RUN_ERRORS = {
  ALREADY_RUNNING: { message: "the system already runs here", retryable: false },
  PORT_IN_USE: { message: "a port that the design names is taken", retryable: false },
  NO_FREE_PORT: { message: "no free port was found", retryable: true },
  NOT_RUNNING: { message: "no system runs here", retryable: false },
  SEVERAL_RUNNING: { message: "more than one system runs; name the design file", retryable: false },
  NO_SUCH_PART: { message: "the system has no such part", retryable: false },
  NOT_FOUND: { message: "the control API has nothing at that path", retryable: false },
  NOT_POSSIBLE: { message: "the part cannot do that", retryable: false },
  RESTART_FAILED: {
    message: "the new process did not become ready; the old one still serves",
    retryable: true,
  },
  SCALE_FAILED: { message: "a new replica did not become ready; it is tried again", retryable: true },
  CONTROL_REFUSED: { message: "the supervisor refused the request", retryable: false },
  BAD_REQUEST: { message: "a request to the control API is not of its form", retryable: false },
  STATE_TOO_NEW: { message: "the state on disk was written by a newer version", retryable: false },
} as const satisfies Record<string, ErrorRow>;

export type RunErrorCode = keyof typeof RUN_ERRORS;

/** An error of running a system; `message` names the thing and the mend. */
export class RunError extends CodedError<RunErrorCode> {
  constructor(
    code: RunErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(code, message, { retryable: RUN_ERRORS[code].retryable, ...options });
  }
}
