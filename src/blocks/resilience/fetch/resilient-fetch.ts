import type { Clock } from "../../time/index.ts";
import type { ResilienceErrorCode } from "../errors.ts";
import type { Policy } from "../policy.ts";
import { realWorld } from "../world.ts";
import { Exchange } from "./exchange.ts";
import { RequestPlan } from "./request-plan.ts";

export interface ResilientFetchOptions {
  /** Sends one attempt. Default: the global `fetch`, as it is when a request is made. */
  readonly fetch?: typeof fetch;
  /**
   * Whether an answer is a failure, which the policy's layers see and act on. Default: 408, 425, 429 and everything from 500. A
   * 404 is an answer.
   */
  readonly isFailure?: (response: Response) => boolean;
  /**
   * Whether what an attempt has left under a deadline goes along as `grpc-timeout`, unless the request has that header. Default
   * true; false for servers that refuse headers they do not know.
   */
  readonly deadlineHeader?: boolean;
  /** Reads dates in `Retry-After`. Default: the machine's. */
  readonly clock?: Clock;
}

/**
 * A `fetch` under a policy. To its caller it is `fetch`: it resolves to the last answer when all attempts were answered with a
 * failure, and rejects as `fetch` does when the last one never was, with the caller's reason when the caller gives up, or with
 * a `PolicyError` of a layer. To the layers each failure is a `FetchFailure`.
 *
 * A request is sent again only where that is harmless: its method is idempotent (RFC 9110, 9.2.2) or it has an
 * `Idempotency-Key`, and its body is no stream. Any other is sent a second time only when certainly nothing of it had been: it
 * follows no redirects (`redirect: "error"` or `"manual"`), and there was no connection. That holds for a hedge as for a retry,
 * whatever their options say.
 *
 * The layers bound an attempt until its head has arrived. The body then goes on under the caller's signal and the deadline
 * (`deadline` and `withDeadline`), not under a `timeout`. The bodies of answers that nobody gets are cancelled.
 *
 * The policy's fallback may answer with a `Response`. The result is typed as `fetch` is, of the platform.
 */
export function resilientFetch(
  policy: Policy<Response, ResilienceErrorCode, Response>,
  options: ResilientFetchOptions = {},
): typeof fetch {
  const { isFailure = failsByDefault, deadlineHeader = true, clock = realWorld.clock } = options;
  return async (input, init) => {
    const plan = new RequestPlan(input, init);
    const send = options.fetch ?? fetch;
    return new Exchange({ plan, send, isFailure, deadlineHeader, clock }).run(policy);
  };
}

function failsByDefault({ status }: Response): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}
