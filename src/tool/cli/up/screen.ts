import type { RunEvent, SystemSnapshot } from "../../run/index.ts";
import type { Terminal } from "../terminal.ts";
import type { Summary } from "./summary.ts";

/** Where `up` shows what happens. */
export interface Screen {
  /** Told every event, log lines among them, in order. */
  event(event: RunEvent): void;
  /** Every part has been ready at once, for the first time. */
  ready(summary: Summary, snapshot: SystemSnapshot): void;
  /** Something to say to a person. */
  remark(text: string): void;
  /** Frees timers and leaves the terminal as it should be. Idempotent. */
  close(): void;
}

/** Whether lines can be redrawn in place. */
export function canRedraw({ out, environment }: Pick<Terminal, "out" | "environment">): boolean {
  return out.isTerminal && environment.TERM !== "dumb";
}
