import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { allocation, type Comparison, processorTime } from "./cost/comparison.ts";
import { costsOf } from "./cost/costs.ts";
import { contenders } from "./resilience/contenders.ts";

type Name = keyof typeof contenders;

const COMPARISONS: readonly Comparison<Name>[] = [
  {
    what: "circuit breaker, consecutive failures",
    ours: "ours: breaker",
    peers: ["cockatiel: breaker", "opossum: breaker"],
    of: "overhead",
    goal: 0.6,
  },
  {
    what: "circuit breaker, time window",
    ours: "ours: breaker over a time window",
    peers: ["cockatiel: breaker over a time window", "opossum: breaker"],
    of: "overhead",
    goal: 0.6,
  },
  {
    what: "refused by an open circuit",
    ours: "ours: refused",
    peers: ["cockatiel: refused", "opossum: refused"],
    of: "overhead",
    goal: 1,
  },
  { what: "retry", ours: "ours: retry", peers: ["cockatiel: retry"], of: "overhead", goal: 0.6 },
  {
    what: "bulkhead",
    ours: "ours: bulkhead",
    peers: ["cockatiel: bulkhead", "p-limit: bulkhead", "bottleneck: bulkhead"],
    of: "overhead",
    goal: 0.6,
  },
  {
    what: "timeout",
    ours: "ours: timeout",
    peers: ["cockatiel: timeout", "opossum: timeout"],
    of: "overhead",
    goal: 0.6,
  },
  { what: "timeout", ours: "ours: timeout", peers: ["cockatiel: timeout"], of: "call", goal: 0.1 },
  {
    what: "timeout, signal used",
    ours: "ours: timeout, signal used",
    peers: ["cockatiel: timeout, signal used"],
    of: "call",
    goal: 0.1,
  },
  {
    what: "retry, breaker and timeout composed",
    ours: "ours: composed",
    peers: ["cockatiel: composed"],
    of: "call",
    goal: 0.1,
  },
];

/** Processor time and allocation per call of each policy, on the happy path, beside cockatiel, opossum, p-limit and bottleneck. */
export const bench: Bench = async ({ args }) => {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: "string", default: "5" } } });
  const names = Object.keys(contenders) as Name[];
  console.error(`bench: ${values.rounds} rounds of ${names.length} contenders, each in a process of its own`);
  const costs = await costsOf("../resilience/contenders.ts", names, Number(values.rounds));
  return [
    { what: "the bare awaited call", metric: "cpu_ns_per_call", ours: costs.bare.cpuNs, better: "lower" },
    ...COMPARISONS.map((one) => processorTime(one, costs)),
    ...COMPARISONS.map((one) => allocation(one, costs)),
  ];
};
