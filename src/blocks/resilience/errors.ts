import { CodedError, type ErrorRow } from "../errors/index.ts";

/** Everything that a policy itself may refuse or end a call for. */
export const RESILIENCE_ERRORS = {
  TIMED_OUT: { message: "the call took too long", retryable: true },
  DEADLINE_EXCEEDED: { message: "the time that its caller has left is over", retryable: false },
  CIRCUIT_OPEN: { message: "the circuit is open: too many calls failed or were slow", retryable: true },
  BULKHEAD_FULL: { message: "too many calls are under way", retryable: true },
  OVERLOADED: { message: "the call was shed, to keep up with the rest", retryable: true },
  RATE_LIMITED: { message: "the rate limit is used up", retryable: true },
} as const satisfies Record<string, ErrorRow>;

export type ResilienceErrorCode = keyof typeof RESILIENCE_ERRORS;

/** Whoever refuses or ends a call: nearly always a layer, known again by being the same object. */
export interface Named {
  readonly name: string;
}

/**
 * A call that a policy refused or ended. Match it by `code`.
 *
 * Carries no stack: layers make it by the thousand in the very moments when the machine has no time to spare, a stack is ten
 * times what the rest of a refusal costs, and it would lead into the policy, which `by` names better.
 */
export class PolicyError<Code extends ResilienceErrorCode = ResilienceErrorCode> extends CodedError<Code> {
  /** The layer that spoke. */
  readonly by: Named;
  /** When trying again may help, in milliseconds from now; undefined when the layer cannot know. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: Code,
    options: {
      readonly by: Named;
      /** What happened, in place of the table's words. */
      readonly message?: string;
      readonly retryAfterMs?: number | undefined;
      readonly details?: Record<string, unknown>;
      readonly cause?: unknown;
    },
  ) {
    const { message: usual, retryable } = RESILIENCE_ERRORS[code];
    const { by, message = usual, retryAfterMs, details, cause } = options;
    const text = `${by.name}: ${message}`;
    const stackTraceLimit = beginWithoutStack();
    super(code, text, details ? { retryable, details, cause } : { retryable, cause });
    endWithoutStack(stackTraceLimit);
    this.by = by;
    this.retryAfterMs = retryAfterMs;
  }
}

/** False where a program has frozen the language's own objects. */
const mayLimitStacks = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")?.writable === true;

function beginWithoutStack(): number {
  const before = Error.stackTraceLimit;
  if (mayLimitStacks) Error.stackTraceLimit = 0;
  return before;
}

function endWithoutStack(before: number): void {
  if (mayLimitStacks) Error.stackTraceLimit = before;
}
