import { plainCall } from "../../plain-system.ts";
import type { Admission } from "../../resolved-model.ts";
import type { Scenario } from "./scenario.ts";
import { behindEdge, partOf, stayOf } from "./small-designs.ts";

/** Four replicas that work on four requests each, 40 ms a request: 400 a second. */
const CAPACITY_PER_SECOND = 400;
const FROM_MS = 60_000;
const TO_MS = 180_000;

/**
 * A service gets half as much again as it can do, for two minutes; who waits longer than 500 ms is gone, and nobody tries again. A queue that holds
 * 20 s of work serves those who came first, who are gone; whoever sheds turns away the third that there is no room for, and serves the others in time.
 */
export const overload: Scenario<"long queue" | "short queue" | "CoDel" | "adaptive limit"> = {
  name: "overload",
  title: "An overloaded queue, with and without shedding",
  trouble: { fromMs: FROM_MS, toMs: TO_MS, label: "1.5 × capacity" },
  variants: {
    "long queue": overloaded({ queueMax: 2_000 }),
    "short queue": overloaded({ queueMax: 20 }),
    CoDel: overloaded({ queueMax: 2_000, admission: { kind: "codel", targetMs: 50, intervalMs: 500 } }),
    "adaptive limit": overloaded({ queueMax: 2_000, admission: { kind: "adaptive", law: "gradient" } }),
  },
};

function overloaded(own: { readonly queueMax: number; readonly admission?: Admission }) {
  const search = partOf("search", "service", { replicas: 4, places: 4, ...own });
  const call = plainCall(stayOf("search", (1_000 * 16) / CAPACITY_PER_SECOND), { timeoutMs: 500 });
  return {
    system: behindEdge(search, call, { perSecond: 280 }),
    options: {
      durationMs: 300_000,
      windowMs: 2_500,
      arrivals: {
        kind: "rate",
        rate: {
          kind: "spike",
          basePerSecond: 280,
          peakPerSecond: 600,
          startMs: FROM_MS,
          durationMs: TO_MS - FROM_MS,
        },
      },
    },
  } as const;
}
