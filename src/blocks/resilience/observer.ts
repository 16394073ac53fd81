import type { CircuitPosition } from "./circuit-breaker/circuit.ts";
import type { ResilienceErrorCode } from "./errors.ts";

/** What a policy did that is worth telling. Calls that simply succeed are counted and not told. */
export type PolicyEvent =
  /** A call was turned away or ended by a layer. */
  | { readonly kind: "refused"; readonly layer: string; readonly code: ResilienceErrorCode }
  /** An attempt failed and another will follow after `delayMs`. `attempt` is the one that failed, from 1. */
  | {
      readonly kind: "retrying";
      readonly layer: string;
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: unknown;
    }
  /** An attempt failed and none will follow. */
  | {
      readonly kind: "gave-up";
      readonly layer: string;
      readonly attempt: number;
      readonly because: "attempts" | "budget" | "deadline" | "retry-after" | "not-retryable" | "aborted";
      readonly error: unknown;
    }
  | {
      readonly kind: "circuit-changed";
      readonly layer: string;
      readonly from: CircuitPosition;
      readonly to: CircuitPosition;
    }
  /** `step`: which of the fallback's steps answered, from 0. */
  | { readonly kind: "fell-back"; readonly layer: string; readonly step: number; readonly error: unknown }
  /** A second attempt was started beside a slow first one. */
  | { readonly kind: "hedged"; readonly layer: string; readonly afterMs: number }
  | { readonly kind: "hedge-won"; readonly layer: string };

/**
 * Is told what the layers of a policy do, at once and in order. It runs in the middle of a call, so it should only note; what
 * it throws is dropped, since a call must not fail because its watcher did. What a timer brings about is told in no particular
 * asynchronous context, since calls share timers.
 */
export type Observer = (event: PolicyEvent) => void;

/** Counts since the layer was made, by name: `{ calls: 12, timedOut: 1 }`. Live: reading it again shows the present. */
export type Counters = Readonly<Record<string, number>>;
