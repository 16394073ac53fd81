import type { Figure, FigureUnit, Source } from "../../figure.ts";
import type { Finding, PlanAnswer, SimulationAnswer } from "../../plan-answer.ts";

/** The answer of a plan for a small shortener, made by hand: a requirement of each state, a figure of each source. */
export const demoAnswer: PlanAnswer = {
  version: 1,
  system: "shortener",
  file: "/srv/shortener/system.ts",
  figures: demoFigures(),
  classes: [
    {
      name: "read",
      peakPerSecond: 6_250,
      latencyMs: { mean: 1.9, p50: 1.2, p90: 3.1, p95: 4.4, p99: 8.1, p999: 14 },
      availability: 0.9998,
      stays: [
        { part: "front", depth: 0, ms: 0.21, visits: 1 },
        { part: "shortener", depth: 1, ms: 0.92, visits: 1 },
        { part: "hot", depth: 2, ms: 0.18, visits: 1 },
        { part: "links", depth: 2, ms: 0.6, visits: 0.05 },
      ],
    },
    {
      name: "write",
      peakPerSecond: 694,
      latencyMs: { mean: 5.2, p50: 4, p90: 9.8, p95: 12.6, p99: 19, p999: 31 },
      availability: 0.9997,
      stays: [
        { part: "front", depth: 0, ms: 0.21, visits: 1 },
        { part: "shortener", depth: 1, ms: 1.4, visits: 1 },
        { part: "links", depth: 2, ms: 3.4, visits: 1 },
        { part: "hot", depth: 2, ms: 0.18, visits: 1 },
      ],
    },
  ],
  parts: [
    part("links", "database", { perSecond: 1_007, utilisation: 0.31, meanWaitMs: 0.2, lossShare: 0.71 }),
    part("hot", "cache", { perSecond: 6_944, utilisation: 0.12, meanWaitMs: 0.01, hitRatio: 0.95 }),
    part("shortener", "service", {
      replicas: 2,
      perSecond: 6_944,
      utilisation: 0.83,
      meanWaitMs: 0.9,
      replicasNeeded: 3,
      pricePerMonth: 80,
    }),
    part("front", "edge", { perSecond: 6_944, utilisation: 0.45, meanWaitMs: 0.1, lossShare: 0.19 }),
  ],
  requirements: [
    {
      id: "latency.p99",
      title: "latency p99",
      unit: "ms",
      required: 200,
      bound: "at-most",
      predicted: 12.3,
      state: "holds",
      sentence: "99 of 100 requests are answered within 12.3 ms, and 200 ms are allowed.",
      breaksAtPerSecond: 8_100,
    },
    {
      id: "availability",
      title: "availability",
      unit: "share",
      required: 0.9999,
      bound: "at-least",
      predicted: 0.9997,
      state: "fails",
      sentence:
        "It would be down for 2 hours 38 minutes a year, and 53 minutes are allowed. The database links stands alone: 71% of the loss is its own.",
      mend: { set: "links.copies=2", predicted: 0.99995, pricePerMonth: 320 },
    },
    {
      id: "durability",
      title: "durability",
      unit: "share",
      required: 0.99999999,
      bound: "at-least",
      state: "unknown",
      sentence: "Nothing in the design says how often its disks fail.",
    },
  ],
  bottleneck: { part: "shortener", perSecond: 8_370 },
  pricePerMonth: 200,
  assumptions: [
    "Nine of ten requests read, as the design says nothing else.",
    "Each replica has a processor of its own.",
  ],
};

/** What a review of it may find. */
export const demoFindings: readonly Finding[] = [
  {
    rule: "availability/single-point",
    severity: "risk",
    place: "links",
    parts: ["front", "shortener", "links"],
    title: "links stands alone",
    reason: "Every write needs it, and nothing takes over when it is down.",
    mend: "Give it a second copy: plan: { copies: 2 }.",
    link: "docs/plan-review.md#availability-single-point",
  },
  {
    rule: "cache/stampede",
    severity: "question",
    place: "hot",
    parts: ["shortener", "hot"],
    title: "What happens when hot is empty?",
    reason: "All reads come to links then, which is full at a seventh of them.",
    mend: "Let one load a key for all: trestle/resilience/single-flight.",
    link: "docs/plan-review.md#cache-stampede",
  },
];

/** What a simulation of it may come to. */
export const demoSimulation: SimulationAnswer = {
  seed: 1,
  simulatedMs: 60_000,
  events: 2_400_000,
  requests: 416_600,
  failed: 12,
  classes: [
    {
      name: "read",
      requests: 375_000,
      failed: 2,
      latencyMs: { mean: 1.92, p50: 1.2, p90: 3.1, p95: 4.5, p99: 8.3, p999: 15 },
    },
    {
      name: "write",
      requests: 41_600,
      failed: 10,
      latencyMs: { mean: 5.3, p50: 4, p90: 9.9, p95: 12.8, p99: 19.4, p999: 33 },
    },
  ],
  parts: [
    { name: "links", utilisation: 0.31, meanWaitMs: 0.21, refused: 0 },
    { name: "hot", utilisation: 0.12, meanWaitMs: 0.01, hitRatio: 0.948, refused: 0 },
    { name: "shortener", utilisation: 0.83, meanWaitMs: 0.92, refused: 12 },
    { name: "front", utilisation: 0.45, meanWaitMs: 0.1, refused: 0 },
  ],
  windowMs: 10_000,
  series: [
    { name: "requests", unit: "/s", values: [6_900, 6_950, 6_940, null, 6_950, 6_930] },
    { name: "p99", unit: "ms", values: [8, 9, 8.4, null, 12, 8.2] },
  ],
};

function part(
  name: string,
  kind: PlanAnswer["parts"][number]["kind"],
  more: Partial<PlanAnswer["parts"][number]>,
): PlanAnswer["parts"][number] {
  return {
    name,
    kind,
    replicas: 1,
    perSecond: 0,
    utilisation: 0,
    meanWaitMs: 0,
    availability: 0.9999,
    lossShare: 0.05,
    ...more,
  };
}

function demoFigures(): Figure[] {
  return [
    given("traffic.dailyUsers", "daily users", 10_000_000, "count"),
    given("traffic.requestsPerUser", "requests per user and day", 20, "count"),
    given("traffic.peakFactor", "peak beside the average", 3, "count", "requires.traffic.peak"),
    derived("traffic.perDay", "requests per day", 200_000_000, "count", {
      formula: "daily users × requests per user",
      filled: "10M × 20 = 200M",
      inputs: ["traffic.dailyUsers", "traffic.requestsPerUser"],
    }),
    derived("traffic.average", "average request rate", 2_314.8, "per-second", {
      formula: "requests per day / 86,400 s",
      filled: "200M / 86,400 s = 2,315/s",
      inputs: ["traffic.perDay"],
    }),
    derived("traffic.peak", "peak request rate", 6_944.4, "per-second", {
      formula: "average request rate × peak",
      filled: "2,315/s × 3 = 6,944/s",
      inputs: ["traffic.average", "traffic.peakFactor"],
    }),
    {
      id: "links.timeMs",
      title: "time of a statement",
      value: 3.2,
      unit: "ms",
      source: { kind: "default", of: "postgresql", publication: "docs/plan-defaults.md" },
    },
    derived("links.utilisation", "utilisation of links", 0.31, "share", {
      formula: "rate × mean time / places",
      filled: "1,007/s × 3.2 ms / 10 = 31%",
      inputs: ["traffic.peak", "links.timeMs"],
      publication: "Kleinrock, Queueing Systems, volume 1, 1975",
    }),
  ];
}

function given(id: string, title: string, value: number, unit: FigureUnit, place = `requires.${id}`): Figure {
  return { id, title, value, unit, source: { kind: "given", place } };
}

function derived(
  id: string,
  title: string,
  value: number,
  unit: FigureUnit,
  source: Omit<Extract<Source, { kind: "derived" }>, "kind">,
): Figure {
  return { id, title, value, unit, source: { kind: "derived", ...source } };
}
