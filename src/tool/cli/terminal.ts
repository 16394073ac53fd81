import type { Clock } from "../../blocks/time/index.ts";

/** One of the two streams that a command writes to. */
export interface Output {
  /** Whether a person looks at it: then lines may be redrawn in place. */
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Whether text may be coloured. */
  readonly colour: boolean;
  write(text: string): void;
}

/** A signal that asks a command to end. */
export type EndSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/**
 * All that a command sees of the world around it, as one argument: the process's own in `process-terminal.ts`, one in
 * memory in tests.
 */
export interface Terminal {
  /** What the user asked for. */
  readonly out: Output;
  /** What went wrong, and remarks that a program reading `out` must not meet. */
  readonly err: Output;
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly clock: Clock;
  /** Hears of signals until the function returned is called. Nobody listening, a signal ends the process at once. */
  onSignal(listener: (signal: EndSignal) => void): () => void;
  /** Aborts when whoever read `out` has gone, as `head` does. */
  readonly outClosed: AbortSignal;
}
