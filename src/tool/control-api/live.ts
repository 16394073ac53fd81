import type { RunEvent } from "./events.ts";
import type { Figures, Mark } from "./figures.ts";
import type { LogEntry } from "./logs.ts";
import type { RequirementStatus } from "./requirements.ts";

/**
 * What `GET /v1/live` streams, as server-sent events whose `event` is the type. With `?logs=true` entries come too, in bundles of
 * at most 200 every 250 ms.
 */
export type LiveEvent =
  | { readonly type: "figures"; readonly figures: Figures }
  | { readonly type: "requirements"; readonly requirements: readonly RequirementStatus[] }
  | { readonly type: "mark"; readonly mark: Mark }
  | { readonly type: "entries"; readonly entries: readonly LogEntry[]; readonly leftOut: number }
  /** What happened, as `GET /v1/events` tells it. */
  | { readonly type: "event"; readonly event: Exclude<RunEvent, { readonly type: "log" }> };
