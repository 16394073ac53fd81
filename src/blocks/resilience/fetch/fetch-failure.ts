/**
 * An attempt of a `resilientFetch` that failed, as the layers of its policy see it: in `retryable`, in a breaker's `isFailure`,
 * in a fallback. Outside of the policy it turns back into what `fetch` gives: the response, or the error that is the `cause`.
 */
export class FetchFailure extends Error {
  /** The answer, where there was one. Its body is unread; a fallback may answer with it. */
  readonly response: Response | undefined;
  /** Whether the request may be sent again, and doing so may help. */
  readonly retryable: boolean;
  /** What the answer's `Retry-After` asks for, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: {
      readonly retryable: boolean;
      readonly response?: Response;
      readonly retryAfterMs?: number | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "FetchFailure";
    this.response = options.response;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}
