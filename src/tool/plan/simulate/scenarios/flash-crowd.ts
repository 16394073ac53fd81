import { plainCall } from "../../plain-system.ts";
import type { Scenario, ScenarioSetting } from "./scenario.ts";
import { behindEdge, partOf, stayOf } from "./small-designs.ts";

const FROM_MS = 120_000;
const RISE_MS = 30_000;
const HOLD_MS = 240_000;

/**
 * Ten times the load within half a minute, for four, and half of it every minute after that. A replica is good for 50 requests a second; the HorizontalPodAutoscaler
 * looks every 15 s and holds processors at 60 %, two replicas at least and forty at most. New ones serve after a minute and a half, or after ten seconds.
 */
export const flashCrowd: Scenario<"start in 90 s" | "start in 90 s, shedding" | "start in 10 s"> = {
  name: "flash-crowd",
  title: "The HorizontalPodAutoscaler and a flash crowd",
  trouble: { fromMs: FROM_MS, toMs: FROM_MS + RISE_MS + HOLD_MS, label: "flash crowd" },
  variants: {
    "start in 90 s": crowd(90_000, false),
    "start in 90 s, shedding": crowd(90_000, true),
    "start in 10 s": crowd(10_000, false),
  },
};

function crowd(startupMs: number, isShedding: boolean): ScenarioSetting {
  const shop = partOf("shop", "service", {
    replicas: 3,
    places: 2,
    queueMax: 200,
    balance: "least-connections",
    startupMs,
    ...(isShedding && { admission: { kind: "codel", targetMs: 50, intervalMs: 500 } as const }),
  });
  return {
    system: behindEdge(shop, plainCall(stayOf("shop", 40), { timeoutMs: 1_000 }), { perSecond: 80 }),
    options: {
      durationMs: 900_000,
      windowMs: 5_000,
      arrivals: {
        kind: "rate",
        rate: {
          kind: "flash-crowd",
          basePerSecond: 80,
          peakPerSecond: 800,
          startMs: FROM_MS,
          riseMs: RISE_MS,
          holdMs: HOLD_MS,
          halfLifeMs: 60_000,
        },
      },
      scaling: [
        {
          part: "shop",
          autoscaler: {
            min: 2,
            max: 40,
            metrics: [{ name: "cpu", target: { utilization: 0.6 } }],
          },
        },
      ],
    },
  };
}
