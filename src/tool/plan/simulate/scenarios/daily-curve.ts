import { plainCall } from "../../plain-system.ts";
import type { Scenario, ScenarioSetting } from "./scenario.ts";
import { behindEdge, partOf, stayOf } from "./small-designs.ts";

/** Times are a tenth of what they stand for, the autoscaler's as well, so that a day's requests are few enough to simulate. */
const FASTER = 10;
export const DAY_MS = 86_400_000 / FASTER;
export const DAYS = 3;
const MINUTE_MS = 60_000 / FASTER;
/** By night, and on average beside that. */
const NIGHT_PER_SECOND = 10;
const MEAN_PER_SECOND = 35;
const PER_REPLICA = 10;
export const TARGET = 0.8;

/** Kubernetes' defaults, but for their time. */
const AUTOSCALER = {
  min: 1,
  max: 100,
  metrics: [{ name: "cpu", target: { utilization: TARGET } }],
  behavior: {
    scaleUp: {
      policies: [
        { type: "percent", value: 100, periodMs: MINUTE_MS / 4 },
        { type: "pods", value: 4, periodMs: MINUTE_MS / 4 },
      ],
    },
    scaleDown: {
      stabilizationWindowMs: 5 * MINUTE_MS,
      policies: [{ type: "percent", value: 100, periodMs: MINUTE_MS / 4 }],
    },
  },
  cpuInitializationMs: 5 * MINUTE_MS,
  initialReadinessDelayMs: MINUTE_MS / 2,
} as const;

const FORECAST = {
  perReplica: PER_REPLICA * TARGET,
  leadMs: 30 * MINUTE_MS,
  history: {
    slotMs: 5 * MINUTE_MS,
    seasonsMs: [DAY_MS],
    historyMs: 28 * DAY_MS,
    levelMs: 30 * MINUTE_MS,
  },
} as const;

/**
 * Three days of a service that is busy in the evening, six times the mean at its height. New replicas serve after ten minutes. The autoscaler looks every minute and
 * holds processors at 80 %: alone it sees a load when that is there. The forecast, which needs two days to learn from, asks for replicas half an hour ahead.
 */
export const dailyCurve: Scenario<"autoscaler alone" | "with the forecast"> = {
  name: "daily-curve",
  title: "Predictive scaling and the daily curve",
  variants: { "autoscaler alone": curve(false), "with the forecast": curve(true) },
};

function curve(isPredictive: boolean): ScenarioSetting {
  const shop = partOf("shop", "service", {
    replicas: 2,
    queueMax: 100,
    balance: "least-connections",
    startupMs: 10 * MINUTE_MS,
  });
  const call = plainCall(stayOf("shop", 1_000 / PER_REPLICA, [], { spread: 0.5 }));
  const rate = {
    kind: "sum",
    of: [
      { kind: "constant", perSecond: NIGHT_PER_SECOND },
      { kind: "daily", meanPerSecond: MEAN_PER_SECOND, peak: 6, dayMs: DAY_MS },
    ],
  } as const;
  return {
    system: behindEdge(shop, call, { perSecond: NIGHT_PER_SECOND + MEAN_PER_SECOND }),
    options: {
      durationMs: DAYS * DAY_MS,
      windowMs: DAY_MS / 96,
      // The last day is what counts.
      warmUpMs: (DAYS - 1) * DAY_MS,
      arrivals: { kind: "rate", rate },
      scaling: [
        {
          part: "shop",
          everyMs: MINUTE_MS,
          autoscaler: AUTOSCALER,
          ...(isPredictive && { predictive: FORECAST }),
        },
      ],
    },
  };
}
