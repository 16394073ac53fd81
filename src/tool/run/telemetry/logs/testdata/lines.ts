import type { PartDirectory } from "../../part-directory.ts";
import type { LogEvent } from "../log-store.ts";

/** Senders as their resources name them. */
export const directory: PartDirectory = {
  senderOf: ({ "service.name": part }) => ({ part: String(part), replica: String(part) }),
  peerOf: () => undefined,
};

/** A line that a process of a part wrote. */
export function line(part: string, timeMs: number, text = `line ${timeMs}`): LogEvent {
  return { type: "log", timeMs, part, replica: `${part}.1`, stream: "stdout", text };
}
