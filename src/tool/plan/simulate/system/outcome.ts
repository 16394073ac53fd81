import type { FailureKind } from "./system-simulation.ts";

/** How a request or a call ended: 0 when it was answered, else one more than its kind's place in `FAILURE_KINDS`. A number, since it is asked for at each event. */
export type Outcome = number;

export const ANSWERED: Outcome = 0;
/** Nobody took the connection, or a queue or a pool was full. */
export const REFUSED: Outcome = 1;
export const TIMED_OUT: Outcome = 2;
/** Turned away under load. */
export const SHED: Outcome = 3;
/** Gone with its replica. */
export const LOST: Outcome = 4;
/** Not tried: a circuit was open. */
export const SPARED: Outcome = 5;

/** In the order of their numbers. */
export const FAILURE_KINDS: readonly FailureKind[] = ["refused", "timed-out", "shed", "lost", "spared"];
