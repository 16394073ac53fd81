import type { RunEvent, State } from "../../../control-api/index.ts";
import { MarkKeeper } from "./mark-keeper.ts";

/**
 * The marks of a stored run, from the text of its `events.jsonl`: one event a line, as `RunRecord` writes them. Lines that are no events, as the
 * last one is where the supervisor was killed, are passed over. Pure.
 */
export function marksOf(text: string): MarkKeeper {
  const keeper = new MarkKeeper();
  let from = 0;
  while (from < text.length) {
    const end = text.indexOf("\n", from);
    const line = text.slice(from, end < 0 ? text.length : end);
    from = end < 0 ? text.length : end + 1;
    const event = eventIn(line);
    if (event) keeper.take(event);
  }
  return keeper;
}

function eventIn(line: string): RunEvent | undefined {
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof read !== "object" || read === null) return undefined;
  const { timeMs, type, part, replica, replicas, reason, message, state } = read as Record<string, unknown>;
  if (typeof timeMs !== "number") return undefined;
  if (type === "system" && state === "stopped") return { timeMs, type, state };
  if (type === "notice" && typeof message === "string") {
    return { timeMs, type, message, ...(typeof part === "string" ? { part } : {}) };
  }
  if (typeof part !== "string") return undefined;
  if (type === "scaled" && typeof replicas === "number")
    return { timeMs, type, part, replicas, ...(typeof reason === "string" ? { reason } : {}) };
  if (type === "part" && typeof replica === "string") {
    const known = stateIn(state);
    return known && { timeMs, type, part, replica, state: known };
  }
  return undefined;
}

function stateIn(state: unknown): State | undefined {
  if (typeof state !== "object" || state === null || !("is" in state)) return undefined;
  const { is, for: missing, reason, looping, retryInMs } = state as Record<string, unknown>;
  const why = typeof reason === "string" ? reason : "ended";
  switch (is) {
    case "ready":
    case "done":
    case "stopping":
    case "stopped":
      return { is };
    case "waiting":
    case "starting":
      return { is, for: typeof missing === "string" ? missing : "" };
    case "failed":
      return {
        is,
        reason: why,
        looping: looping === true,
        retryInMs: typeof retryInMs === "number" ? retryInMs : 0,
      };
    case "gave-up":
      return { is, reason: why };
    default:
      return undefined;
  }
}
