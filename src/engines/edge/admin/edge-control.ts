import type { EdgeConfig } from "../config/index.ts";
import type { MetricsSnapshot } from "../observe/metrics-snapshot.ts";
import type { UpstreamStatus } from "../observe/upstream-status.ts";

/** What operators may see and do: of one edge, or of several workers that serve as one. */
export interface EdgeControl {
  /** `draining` from the first `drain` on, until the process ends. */
  state(): "serving" | "draining";
  /** The configuration in force, as it was given. */
  config(): EdgeConfig;
  /**
   * Changes the configuration, all or nothing. One change at a time: `next` is called when it is this one's turn, with the
   * configuration then in force, so that nobody's change is lost. Resolves as `RunningEdge.update` does, once it is in force and what it
   * removed has drained. Rejects with what `next` throws, or with `EdgeError`, and then nothing has changed.
   */
  update(next: (current: EdgeConfig) => EdgeConfig): Promise<{ readonly drained: boolean }>;
  /** How each upstream stands; of several workers as `mergeStatus` adds them up. */
  clusters(): Promise<readonly UpstreamStatus[]>;
  /** Of several workers as `mergeSnapshots` adds them up. */
  metrics(): Promise<MetricsSnapshot>;
  /** Begins to take leave: finishes what is under way, and ends when it is done. Again it does nothing. */
  drain(): void;
}
