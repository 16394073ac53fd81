import { CodedError, type ErrorRow } from "../../blocks/errors/index.ts";

/** What can be wrong with what a plan is given beside the design. */
export const PLAN_ERRORS = {
  PROFILE_NOT_FOUND: { message: "there is no profile at that place", retryable: false },
  PROFILE_INVALID: { message: "the profile is not of its form", retryable: false },
  PROFILE_TOO_NEW: { message: "a newer version of Trestle wrote the profile", retryable: false },
  UNKNOWN_SETTING: { message: "the design has nothing of that name to set", retryable: false },
  BAD_SETTING: { message: "the value does not fit what is set", retryable: false },
  NO_REPOSITORY: { message: "the design is in no git repository, or there is no git", retryable: false },
  UNKNOWN_REVISION: { message: "git knows no revision of that name", retryable: false },
  REVISION_NOT_READ: { message: "the files of a revision could not be laid out", retryable: false },
  REVISION_NOT_LOADED: { message: "the design of a revision cannot be loaded", retryable: false },
} as const satisfies Record<string, ErrorRow>;

export type PlanErrorCode = keyof typeof PLAN_ERRORS;

/** An error of a plan. Match it by `code`; the message names the thing and the mend. */
export class PlanError extends CodedError<PlanErrorCode> {
  constructor(
    code: PlanErrorCode,
    message: string,
    options: { readonly details?: Record<string, unknown>; readonly cause?: unknown } = {},
  ) {
    super(code, message, { retryable: PLAN_ERRORS[code].retryable, ...options });
  }
}
