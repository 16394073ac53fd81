import { CodedError } from "../errors/index.ts";
import type { Call } from "./call/call.ts";
import type { GateOutcome } from "./gate.ts";

/**
 * Whether an error speaks against what was called. `false`: the answer was a refusal that the caller earned (nothing of that
 * name, no right to it), and counts as a success. What it throws counts as true.
 */
export type IsFailure = (error: unknown) => boolean;

/**
 * What the failure of a call says of the thing behind: a judgement that breakers and gates share.
 *
 * - `ignored`: nothing. The caller gave up, a hedged attempt lost, or the time of a deadline was over, which is its caller's
 *   and may have been short; or something inside of this process (a bulkhead, a rate limit, a load shedder, an open circuit)
 *   refused the call, which then never got there.
 * - `failed`: a timeout of an outer layer ended the call, or it failed with an error that `isFailure` takes for one. By
 *   default that is any: a thing that answers with what nobody expects is not well.
 */
export function verdictOn(call: Call, error: unknown, isFailure: IsFailure | undefined): GateOutcome {
  if (call.aborted) return isTimeout(call.reason) ? "failed" : "ignored";
  if (isRefusal(error)) return "ignored";
  if (!isFailure) return "failed";
  try {
    return isFailure(error) ? "failed" : "succeeded";
  } catch {
    return "failed";
  }
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof CodedError && reason.code === "TIMED_OUT";
}

/** By what the package's own errors say; a server's words with the same code are an answer of that server. */
function isRefusal(error: unknown): boolean {
  return error instanceof CodedError && REFUSALS.has(error.code);
}

const REFUSALS: ReadonlySet<string> = new Set([
  "BULKHEAD_FULL",
  "CIRCUIT_OPEN",
  "DEADLINE_EXCEEDED",
  "OVERLOADED",
  "RATE_LIMITED",
]);
