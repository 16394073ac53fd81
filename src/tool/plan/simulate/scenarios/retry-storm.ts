import { plainCall } from "../../plain-system.ts";
import type { Scenario } from "./scenario.ts";
import { behindEdge, partOf, stayOf } from "./small-designs.ts";

/** Four replicas that work on four requests each, 40 ms a request: 400 a second. */
const CAPACITY_PER_SECOND = 400;
/** 70 % of it. */
const USUAL_PER_SECOND = 280;
const OVERLOAD_PER_SECOND = 600;
const FROM_MS = 60_000;
const TO_MS = 75_000;

/**
 * A service that is usually 70 % full is asked for half as much again as it can do, for a quarter of a minute. Who waits longer than 250 ms gives up and tries again,
 * up to three times, while what was given up is still worked on. A budget lets one call in ten be tried again, and no more. The queue
 * holds what takes 0.8 s. (Bronson and others, "Metastable failures in distributed systems", 2021.)
 */
export const retryStorm: Scenario<"no retries" | "3 retries" | "3 retries, budget of 10 %"> = {
  name: "retry-storm",
  title: "A retry storm, and what a budget does",
  trouble: { fromMs: FROM_MS, toMs: TO_MS, label: "1.5 × capacity" },
  variants: {
    "3 retries": storm({ retries: 3, budget: false }),
    "3 retries, budget of 10 %": storm({
      retries: 3,
      budget: true,
      budgetOf: { ratio: 0.1, minPerSecond: 1, burst: 20 },
    }),
    "no retries": storm({ retries: 0, budget: false }),
  },
};

function storm(retrying: {
  retries: number;
  budget: boolean;
  budgetOf?: { ratio: number; minPerSecond: number; burst: number };
}) {
  const orders = partOf("orders", "service", { replicas: 4, places: 4, queueMax: 80 });
  const call = plainCall(stayOf("orders", (1_000 * 16) / CAPACITY_PER_SECOND), {
    timeoutMs: 250,
    ...retrying,
  });
  return {
    system: behindEdge(orders, call, { perSecond: USUAL_PER_SECOND }),
    options: {
      durationMs: 240_000,
      windowMs: 2_000,
      arrivals: {
        kind: "rate",
        rate: {
          kind: "spike",
          basePerSecond: USUAL_PER_SECOND,
          peakPerSecond: OVERLOAD_PER_SECOND,
          startMs: FROM_MS,
          durationMs: TO_MS - FROM_MS,
        },
      },
    },
  } as const;
}
