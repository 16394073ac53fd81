import assert from "node:assert/strict";
import { test } from "node:test";
import { hitRatio } from "../../theory/cache/hit-ratio.ts";
import { erlangC, markovResponse } from "../engine/testing/known-queues.ts";
import { simulateSystem } from "./index.ts";
import { callOf, classOf, partOf, stayOf, systemOf, timeOf } from "./testing/small-system.ts";

function within(value: number | undefined, due: number, share: number, what: string): void {
  assert.ok(value !== undefined && Math.abs(value / due - 1) <= share, `${what}: ${value}, not ${due}`);
}

for (const [places, load] of [
  [1, 0.5],
  [1, 0.8],
  [4, 0.7],
  [4, 0.9],
] as const) {
  test(`a design of one service with ${places} places at ${load} is M/M/c: mean and p99 to within 3 %, wait and utilisation too`, () => {
    const perSecond = 1_000 * places * load;
    const resolved = systemOf([partOf("api", "service", { places })], [classOf(stayOf("api", 1), perSecond)]);
    const requests = 1_500_000;
    const { classes, parts } = simulateSystem(resolved, { durationMs: (requests / perSecond) * 1_000 });
    const due = markovResponse(places, load);
    within(classes[0]?.latencyMs.mean, due.mean, 0.03, "mean");
    within(classes[0]?.latencyMs.p99, due.p99, 0.03, "p99");
    within(parts[0]?.utilisation, load, 0.01, "utilisation");
    within(parts[0]?.meanWaitMs, erlangC(places, load) / (places * (1 - load)), 0.06, "wait");
  });
}

test("a full queue refuses what M/M/1/K says it does, by Erlang's formula for K states", () => {
  const load = 0.9;
  const states = 6;
  const resolved = systemOf(
    [partOf("api", "service", { queueMax: states - 1 })],
    [classOf(stayOf("api", 1), load * 1_000)],
  );
  const { requests, failed, failedBy } = simulateSystem(resolved, { durationMs: 600_000 });
  within(
    failed / requests,
    ((1 - load) * load ** states) / (1 - load ** (states + 1)),
    0.03,
    "share refused",
  );
  assert.equal(failedBy.refused, failed);
});

test("two tiers one behind the other are two M/M/1 by Burke's theorem: their means add up, with the network between them", () => {
  const resolved = systemOf(
    [partOf("api", "service"), partOf("links", "database")],
    [classOf(stayOf("api", 1, [callOf(stayOf("links", 1.5), { networkMs: 0.5 })]), 500)],
  );
  const { classes } = simulateSystem(resolved, { durationMs: 1_500_000 });
  within(classes[0]?.latencyMs.mean, 1 / (1 - 0.5) + 0.5 + 1.5 / (1 - 0.75), 0.02, "mean");
});

test("calls of one group at the same time take as long as the longest of them, those in sequence as long as all", () => {
  const calls = (group: object) => [callOf(stayOf("left", 10), group), callOf(stayOf("right", 10), group)];
  const meanOf = (group: object) => {
    const parts = ["api", "left", "right"].map((name) => partOf(name, "service", { places: 1_000 }));
    const way = stayOf("api", timeOf(0), calls(group));
    return simulateSystem(systemOf(parts, [classOf(way, 100)]), { durationMs: 1_000_000 }).classes[0]
      ?.latencyMs.mean;
  };
  // The longer of two exponentials: their mean, and half of it.
  within(meanOf({ group: "both" }), 15, 0.02, "together");
  within(meanOf({}), 20, 0.02, "in sequence");
});

test("fractions of calls are made in that share of the requests, and 2.5 times are 2.5 on average", () => {
  const way = stayOf("api", 0, [
    callOf(stayOf("links", 0.1), { times: 2.5 }),
    callOf(stayOf("hot", 0.1), { share: 0.3 }),
  ]);
  const parts = [partOf("api", "service"), partOf("links", "database"), partOf("hot", "database")];
  const { calls, requests } = simulateSystem(systemOf(parts, [classOf(way, 1_000)]), { durationMs: 200_000 });
  within((calls[1]?.attempts ?? 0) / requests, 2.5, 0.005, "times");
  within((calls[2]?.attempts ?? 0) / requests, 0.3, 0.02, "share");
});

test("a cache before a database has the hit ratio that Che's approximation says, to within a point, from the first second on", () => {
  for (const [count, skew, items] of [
    [100_000, 0.8, 5_000],
    [1_000_000, 1, 50_000],
    [20_000, 1.2, 500],
  ] as const) {
    const hot = stayOf("hot", 0.01);
    const way = stayOf("api", 0.1, [
      callOf(hot, { optional: true }),
      callOf(stayOf("links", 0.2), { onMissOf: "hot", share: 0.5 }),
      callOf(hot, { onMissOf: "hot", share: 0.5, optional: true }),
    ]);
    const parts = [
      partOf("api", "service"),
      partOf("hot", "cache", { cache: { memoryBytes: 0, itemBytes: 1, items, hitRatio: 0.5 } }),
      partOf("links", "database"),
    ];
    const resolved = systemOf(parts, [classOf(way, 2_000, { keys: { count, skew } })]);
    const { parts: told, calls, requests, series } = simulateSystem(resolved, { durationMs: 100_000 });
    const due = hitRatio({ policy: "lru", items, keys: { count, skew } });
    assert.ok(Math.abs((told[1]?.hitRatio ?? 0) - due) < 0.01, `${told[1]?.hitRatio}, not ${due}`);
    within((calls[2]?.attempts ?? 0) / requests, 1 - due, 0.05, "reads of the database");
    const early = series.find(({ name }) => name === "hot hits")?.values[0] ?? 0;
    assert.ok(Math.abs(early - due) < 0.06, `${early} in the first window`);
  }
});

test("a cache of more items than are kept one by one is made smaller with what is asked for, and that is said", () => {
  const keys = { count: 30_000_000, skew: 0.9 };
  const items = 4_000_000;
  const parts = [partOf("hot", "cache", { cache: { memoryBytes: 0, itemBytes: 1, items, hitRatio: 0.5 } })];
  const resolved = systemOf(parts, [classOf(stayOf("hot", 0.01), 1_000, { keys })]);
  const { parts: told, notes } = simulateSystem(resolved, { durationMs: 100_000 });
  const due = hitRatio({ policy: "lru", items, keys });
  assert.ok(Math.abs((told[0]?.hitRatio ?? 0) - due) < 0.03, `${told[0]?.hitRatio}, not ${due}`);
  assert.match(notes.join(), /4\.0 times as few/);
});

test("requests without keys have the hit ratio that the design expects", () => {
  const way = stayOf("api", 0.1, [
    callOf(stayOf("hot", 0.01), { optional: true }),
    callOf(stayOf("links", 0.2), { onMissOf: "hot", share: 0.25 }),
  ]);
  const parts = [
    partOf("api", "service"),
    partOf("hot", "cache", { cache: { memoryBytes: 0, itemBytes: 1, items: 1_000, hitRatio: 0.75 } }),
    partOf("links", "database"),
  ];
  const { parts: told } = simulateSystem(systemOf(parts, [classOf(way, 1_000)]), { durationMs: 100_000 });
  within(told[1]?.hitRatio, 0.75, 0.01, "hit ratio");
});

test("parts on one machine share its processors: M/G/1 under processor sharing, whose mean does not depend on the law of service", () => {
  // A constant and an irregular time one after the other: a network of processor sharing is insensitive to both (Baskett and others, 1975).
  const way = stayOf("api", timeOf(1, { spread: 0 }), [callOf(stayOf("links", timeOf(1, { spread: 2 })))]);
  const parts = [
    partOf("api", "service", { places: 100_000 }),
    partOf("links", "database", { places: 100_000 }),
  ];
  const resolved = systemOf(parts, [classOf(way, 300)], { here: { cores: 1, sliceMs: 0.05 } });
  const { classes, series } = simulateSystem(resolved, { durationMs: 1_000_000 });
  within(classes[0]?.latencyMs.mean, 2 / (1 - 0.6), 0.03, "mean");
  const busy = series.find(({ name }) => name === "processors utilisation")?.values ?? [];
  within(busy.reduce((sum: number, one) => sum + (one ?? 0), 0) / busy.length, 0.6, 0.02, "processors");
});

test("what is no processor time of a service holds its place and no processor, and waking up and work by the clock take their part", () => {
  const way = stayOf("links", timeOf(10, { cpuShare: 0.1 }));
  const parts = [partOf("links", "database", { places: 1_000 })];
  const machine = {
    cores: 1,
    otherCpuMs: 0.25,
    turnMs: 0.5,
    background: [{ title: "writes", everyMs: 1_000, cpuMs: 50, cpuMsPerRequest: 0.5 }],
  };
  const resolved = systemOf(parts, [classOf(way, 200)], { here: machine });
  const { parts: told, series } = simulateSystem(resolved, { durationMs: 400_000 });
  const busy = series.find(({ name }) => name === "processors utilisation")?.values ?? [];
  const mean = busy.reduce((sum: number, one) => sum + (one ?? 0), 0) / busy.length;
  // 200 requests of 1 ms and a quarter beside it, 50 ms and 0.5 ms for each of 200 requests: 0.4. For each request three processes wake up at most: who
  // makes it, who serves it, and again who made it.
  assert.ok(mean > 0.4 + 0.2 && mean < 0.4 + 0.3, `${mean}`);
  assert.ok((told[0]?.utilisation ?? 0) * 1_000 > 2, "places are held for the whole of the time");
});
