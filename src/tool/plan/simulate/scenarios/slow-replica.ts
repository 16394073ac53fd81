import { plainCall } from "../../plain-system.ts";
import type { Scenario, ScenarioSetting } from "./scenario.ts";
import { behindEdge, partOf, stayOf } from "./small-designs.ts";

/** Balancing algorithms of the edge that need no key. */
export const ALGORITHMS = [
  "round-robin",
  "random",
  "power-of-two",
  "least-connections",
  "least-response-time",
] as const;

const FROM_MS = 30_000;
const TO_MS = 630_000;

/**
 * Five replicas, each good for 100 requests a second, get 300; the first takes ten times as long for ten minutes, so it is good for 10, and gets 60 where all
 * get the same. Its queue holds 100.
 */
export const slowReplica: Scenario<(typeof ALGORITHMS)[number]> = {
  name: "slow-replica",
  title: "One slow replica of five, under each balancing algorithm",
  trouble: { fromMs: FROM_MS, toMs: TO_MS, label: "ten times as slow" },
  variants: Object.fromEntries(ALGORITHMS.map((balance) => [balance, balanced(balance)])) as Record<
    (typeof ALGORITHMS)[number],
    ScenarioSetting
  >,
};

function balanced(balance: string): ScenarioSetting {
  const search = partOf("search", "service", { replicas: 5, places: 4, queueMax: 100, balance });
  return {
    system: behindEdge(search, plainCall(stayOf("search", 40)), { perSecond: 300 }),
    options: {
      durationMs: TO_MS,
      // The trouble alone, once it has come to what it comes to.
      warmUpMs: 2 * FROM_MS,
      windowMs: 10_000,
      troubles: [
        { kind: "slow", part: "search", replica: 1, atMs: FROM_MS, durationMs: TO_MS - FROM_MS, factor: 10 },
      ],
    },
  };
}
