import type { RunEvent, State } from "../../run/index.ts";

/** Events as a supervisor sends them. A replica's part is its name without the number. */
export function part(replica: string, state: State, timeMs: number): RunEvent {
  return { type: "part", part: replica.replace(/\.\d+$/, ""), replica, state, timeMs };
}

export const ready = (replica: string, timeMs: number): RunEvent => part(replica, { is: "ready" }, timeMs);

export const waiting = (replica: string, what: string, timeMs: number): RunEvent =>
  part(replica, { is: "waiting", for: what }, timeMs);

export const starting = (replica: string, what: string, timeMs: number): RunEvent =>
  part(replica, { is: "starting", for: what }, timeMs);

export const ended = (
  replica: string,
  { reason, retryInMs, looping = false }: { reason: string; retryInMs: number; looping?: boolean },
  timeMs: number,
): RunEvent => part(replica, { is: "failed", reason, looping, retryInMs }, timeMs);

export const log = (replica: string, text: string, timeMs: number): RunEvent & { type: "log" } => ({
  type: "log",
  part: replica.replace(/\.\d+$/, ""),
  replica,
  stream: "stdout",
  text,
  timeMs,
});
