import type { Terminal } from "./terminal.ts";

/** What a command does, its exit code as the outcome. */
export type Action<Arguments extends unknown[]> = (...args: Arguments) => Promise<number>;

/** What the definitions of commands need. */
export interface CommandHost {
  readonly terminal: Terminal;
  /** Makes a commander action of one of ours. */
  act<Arguments extends unknown[]>(action: Action<Arguments>): (...args: Arguments) => Promise<void>;
}
