/** How urgent a call is. Under pressure `background` is shed first and `critical` last. */
export type Priority = "background" | "low" | "normal" | "critical";

/** How a call ended, for a gate that learns from it. `ignored`: in a way that says nothing of the capacity. */
export type GateOutcome = "succeeded" | "failed" | "ignored";

/**
 * Something that lets calls in or turns them away, at once: a load shedder, an adaptive limit. Pure: times are monotonic
 * milliseconds and are given.
 */
export interface Gate {
  /** Whether the call may go on. If so, `leave` is to be called once when it ends. */
  enter(nowMs: number, priority: Priority): boolean;
  /** A call that entered at `enteredMs` has ended. */
  leave(nowMs: number, enteredMs: number, outcome: GateOutcome): void;
  /** Milliseconds after which somebody who was turned away may sensibly come again. */
  readonly retryAfterMs: number;
}
