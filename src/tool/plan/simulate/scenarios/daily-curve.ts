import type { Scenario, ScenarioSetting } from "./scenario.ts";
import { behindEdge, callOf, partOf, stayOf } from "./small-designs.ts";

/** Times are a tenth of what they stand for, the autoscaler's as well, so that a day's requests are few enough to simulate. */
const FASTER = 10;
export const DAY_MS = 86_400_000 / FASTER;
const DAYS = 4;
const PER_REPLICA = 10;
const TARGET = 0.7;

/**
 * Four days with the handbook's peak of three times the mean. New replicas serve after ten minutes: the autoscaler alone sees the load when it is there; the forecast,
 * which knows two days from the third on, asks for them half an hour before. Both keep processors at 70 %.
 */
export const dailyCurve: Scenario<"autoscaler alone" | "with the forecast"> = {
  name: "daily-curve",
  title: "Predictive scaling and the daily curve",
  variants: { "autoscaler alone": curve(false), "with the forecast": curve(true) },
};

function curve(isPredictive: boolean): ScenarioSetting {
  const shop = partOf("shop", "service", {
    replicas: 2,
    places: 1,
    queueMax: 100,
    balance: "least-connections",
    startupMs: 600_000 / FASTER,
  });
  const minuteMs = 60_000 / FASTER;
  return {
    system: behindEdge(shop, callOf(stayOf("shop", 1_000 / PER_REPLICA)), { perSecond: 30 }),
    options: {
      durationMs: DAYS * DAY_MS,
      windowMs: DAY_MS / 96,
      warmUpMs: 2 * DAY_MS,
      arrivals: { kind: "rate", rate: { kind: "daily", meanPerSecond: 30, dayMs: DAY_MS } },
      scaling: [
        {
          part: "shop",
          everyMs: 15_000 / FASTER,
          autoscaler: {
            min: 1,
            max: 40,
            metrics: [{ name: "cpu", target: { utilization: TARGET } }],
            behavior: {
              scaleUp: {
                policies: [
                  { type: "percent", value: 100, periodMs: minuteMs / 4 },
                  { type: "pods", value: 4, periodMs: minuteMs / 4 },
                ],
              },
              scaleDown: {
                stabilizationWindowMs: 5 * minuteMs,
                policies: [{ type: "percent", value: 100, periodMs: minuteMs / 4 }],
              },
            },
            cpuInitializationMs: 5 * minuteMs,
            initialReadinessDelayMs: minuteMs / 2,
          },
          ...(isPredictive && {
            predictive: {
              perReplica: PER_REPLICA * TARGET,
              leadMs: 30 * minuteMs,
              history: {
                slotMs: 5 * minuteMs,
                seasonsMs: [DAY_MS],
                historyMs: 28 * DAY_MS,
                levelMs: 30 * minuteMs,
              },
            },
          }),
        },
      ],
    },
  };
}
