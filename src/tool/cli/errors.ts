import { CodedError, type ErrorRow } from "../../blocks/errors/index.ts";

/** What can go wrong in the command line itself. */
export const CLI_ERRORS = {
  BAD_ARGUMENT: { message: "an argument is not of its form; the command exits with 2", retryable: false },
  UNKNOWN_PART: { message: "the system has no part of this name", retryable: false },
  NO_RUN_RECORDED: { message: "nothing runs here, and no earlier run is recorded", retryable: false },
  TARGET_NOT_EMPTY: { message: "init writes only into a new or an empty folder", retryable: false },
  SUPERVISOR_ENDED: {
    message: "the supervisor in the background ended before the system was ready",
    retryable: false,
  },
  CONFIG_NOT_READ: {
    message: "a configuration file cannot be read, or holds no configuration",
    retryable: false,
  },
  PAGE_NOT_WRITTEN: { message: "the page of a plan cannot be written to that file", retryable: false },
  STOPPED: { message: "the user called it off before it was done", retryable: true },
  ENGINE_ENDED: { message: "the engine ended by itself", retryable: true },
} as const satisfies Record<string, ErrorRow>;

export type CliErrorCode = keyof typeof CLI_ERRORS;

/** An error of the command line; `message` names the thing and the mend. */
export class CliError extends CodedError<CliErrorCode> {
  constructor(
    code: CliErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(code, message, { retryable: CLI_ERRORS[code].retryable, ...options });
  }
}
