import { messageOf } from "../../errors/index.ts";
import type { Clock } from "../../time/index.ts";
import type { CallContext } from "../call/call.ts";
import { currentDeadline, Deadline } from "../deadline/deadline.ts";
import { deadlineHeaders } from "../deadline/deadline-headers.ts";
import type { ResilienceErrorCode } from "../errors.ts";
import type { Policy } from "../policy.ts";
import { BodyGuard } from "./body-guard.ts";
import { FetchFailure } from "./fetch-failure.ts";
import type { RequestPlan } from "./request-plan.ts";
import { retryAfterMs } from "./retry-after.ts";

/** One request and how it is sent. */
export interface ExchangeOptions {
  readonly plan: RequestPlan;
  readonly send: typeof fetch;
  readonly isFailure: (response: Response) => boolean;
  readonly deadlineHeader: boolean;
  readonly clock: Clock;
}

/** All attempts of one request, and what has become of their answers. */
export class Exchange {
  readonly #options: ExchangeOptions;
  /** Answers whose bodies nobody has got yet. */
  readonly #held = new Map<Response, BodyGuard | undefined>();
  #underWay = 0;
  /** Whether the server may have got the request. */
  #mayHaveArrived = false;
  #lastFailure: FetchFailure | undefined;
  #isOver = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  async run(policy: Policy<Response, ResilienceErrorCode, Response>): Promise<Response> {
    const { plan } = this.#options;
    let answer: Response | undefined;
    try {
      answer = await policy.run((context) => this.#attempt(context), { signal: plan.signal });
    } catch (error) {
      answer = this.#answerOf(error);
    } finally {
      this.#isOver = true;
      this.#discardAllBut(answer);
      plan.end();
    }
    return answer;
  }

  /** The answer that a failure holds; otherwise throws what `fetch` would have. */
  #answerOf(error: unknown): Response {
    if (!(error instanceof FetchFailure)) throw error;
    const failure = error === NOT_AGAIN ? (this.#lastFailure ?? error) : error;
    if (failure.response) return failure.response;
    throw failure.cause ?? failure;
  }

  async #attempt(context: CallContext): Promise<Response> {
    const { plan, send, deadlineHeader } = this.#options;
    if (this.#mayHaveArrived && !plan.isRepeatable) throw this.#lastFailure ?? NOT_AGAIN;
    // While others are under way this is a hedge, and what failed before may still be what the caller gets.
    if (this.#underWay === 0) this.#discardAllBut(undefined);
    const controller = new AbortController();
    const { signal } = context;
    const giveUp = () => controller.abort(signal.reason);
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
    this.#underWay++;
    this.#mayHaveArrived = true;
    try {
      const headers = deadlineHeader ? headersFor(context) : {};
      const response = await send(...plan.argumentsFor(controller.signal, headers));
      return this.#answered(response, controller);
    } catch (error) {
      throw signal.aborted || error instanceof FetchFailure ? error : this.#unanswered(error);
    } finally {
      this.#underWay--;
      signal.removeEventListener("abort", giveUp);
    }
  }

  #answered(response: Response, controller: AbortController): Response {
    const { plan, isFailure, clock } = this.#options;
    const guard = response.body
      ? BodyGuard.watch(response.body, controller, plan.signal, currentDeadline())
      : undefined;
    this.#held.set(response, guard);
    if (this.#isOver) this.#discardAllBut(undefined);
    if (this.#isOver || !isFailure(response)) return response;
    const { status, headers } = response;
    this.#lastFailure = new FetchFailure(`${plan.method} was answered with ${status}`, {
      response,
      retryable: plan.isRepeatable && !NEVER_BETTER.has(status),
      retryAfterMs: retryAfterMs(headers.get("retry-after"), clock),
    });
    throw this.#lastFailure;
  }

  #unanswered(error: unknown): unknown {
    const { plan } = this.#options;
    // A mistake of the caller's, such as an address that is none: it stays as it is, so that layers see what it is.
    if (error instanceof TypeError && (error.cause === undefined || error.cause instanceof TypeError))
      return error;
    if (plan.wasNotSent(error)) this.#mayHaveArrived = false;
    const { cause } = error instanceof Error ? error : {};
    this.#lastFailure = new FetchFailure(`${plan.method} was not answered: ${messageOf(cause ?? error)}`, {
      retryable: plan.isRepeatable || !this.#mayHaveArrived,
      cause: error,
    });
    return this.#lastFailure;
  }

  /** Frees the connections of answers that nobody will get. */
  #discardAllBut(kept: Response | undefined): void {
    for (const [response, guard] of this.#held) {
      if (response === kept) continue;
      guard?.release();
      response.body?.cancel().catch(() => {});
    }
    this.#held.clear();
  }
}

/** Under a deadline, what this attempt has left of it: a timeout around it may leave less than the deadline does. */
function headersFor({ remainingMs }: CallContext): Record<string, string> {
  const deadline = currentDeadline();
  return deadline ? deadlineHeaders(new Deadline(remainingMs, deadline.clock)) : {};
}

/** In place of a hedge that would send the request a second time. Not the failure of anything, and no caller's to see. */
const NOT_AGAIN = Object.freeze(
  new FetchFailure("the request may have arrived, and must not be sent twice", { retryable: false }),
);

/** Not implemented, and HTTP version not supported: the same request will not fare better. */
const NEVER_BETTER: ReadonlySet<number> = new Set([501, 505]);
