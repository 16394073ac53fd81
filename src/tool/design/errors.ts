import { CodedError, type ErrorRow } from "../../blocks/errors/index.ts";
import { formatProblems, type Problem } from "./problem.ts";

/** What can be wrong with a design as a whole; the problems say the rest. */
export const DESIGN_ERRORS = {
  DESIGN_NOT_FOUND: { message: "there is no design file at that place", retryable: false },
  DESIGN_NOT_LOADED: { message: "the design file cannot be loaded as a module", retryable: false },
  DESIGN_INVALID: { message: "the design was loaded, and what it says does not hold", retryable: false },
} as const satisfies Record<string, ErrorRow>;

export type DesignErrorCode = keyof typeof DESIGN_ERRORS;

/** Everything that is wrong with a design. `message` tells all of it; `problems` has it as data. */
export class DesignError extends CodedError<DesignErrorCode> {
  /** At least one, in the order of the file. */
  readonly problems: readonly Problem[];

  /** Paths in the message are relative to `options.folder`, and absolute without it. */
  constructor(
    code: DesignErrorCode,
    problems: readonly Problem[],
    options: { folder?: string; cause?: unknown } = {},
  ) {
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    super(code, `the design has ${count}:\n\n${formatProblems(problems, options)}`, {
      retryable: DESIGN_ERRORS[code].retryable,
      cause: options.cause,
    });
    this.problems = Object.freeze(problems.map((one) => Object.freeze({ ...one })));
  }
}
