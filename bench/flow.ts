import { parseArgs } from "node:util";
import { RedisServer } from "../src/blocks/flow/shared-limit/testing/redis-server.ts";
import type { Bench } from "./bench.ts";
import { allocation, type Comparison, processorTime } from "./cost/comparison.ts";
import { costsOf } from "./cost/costs.ts";
import { contenders } from "./flow/contenders.ts";

type Name = keyof typeof contenders;

const A_THOUSAND: readonly Name[] = ["rate-limiter-flexible: a thousand busy"];
const BY_ZIPF: readonly Name[] = ["rate-limiter-flexible: by Zipf"];
const EVENLY: readonly Name[] = ["rate-limiter-flexible: evenly"];
const ADMISSION: readonly Name[] = ["p-limit: admission", "bottleneck: admission"];
const SHARED: readonly Name[] = ["rate-limiter-flexible: shared"];
/** All decisions are over a million live keys; what differs is who asks. */
const BUSY = "1,000,000 live keys, 1,000 busy";
const ZIPF = "1,000,000 live keys by Zipf";
const EVEN = "1,000,000 live keys evenly";

const COMPARISONS: readonly Comparison<Name>[] = [
  { what: `${BUSY}: gcra`, ours: "ours: gcra, a thousand busy", peers: [], of: "call", goal: 100 },
  {
    what: `${BUSY}: token bucket`,
    ours: "ours: token bucket, a thousand busy",
    peers: A_THOUSAND,
    of: "call",
    goal: 0.6,
  },
  { what: `${ZIPF}: gcra`, ours: "ours: gcra, by Zipf", peers: BY_ZIPF, of: "call", goal: 0.6 },
  { what: `${EVEN}: gcra`, ours: "ours: gcra, evenly", peers: EVENLY, of: "call", goal: 0.6 },
  { what: `${ZIPF}: fixed window`, ours: "ours: fixed window, by Zipf", peers: BY_ZIPF, of: "call" },
  { what: `${ZIPF}: sliding counter`, ours: "ours: sliding counter, by Zipf", peers: BY_ZIPF, of: "call" },
  { what: `${ZIPF}: sliding log of 10`, ours: "ours: sliding log, by Zipf", peers: BY_ZIPF, of: "call" },
  { what: `${ZIPF}: two tiers`, ours: "ours: tiers, by Zipf", peers: BY_ZIPF, of: "call" },
  { what: "admission of 10 at once", ours: "ours: admission", peers: ADMISSION, of: "overhead", goal: 0.6 },
  { what: "adaptive concurrency limit", ours: "ours: adaptive limit", peers: [], of: "overhead" },
  { what: "an item through a channel", ours: "ours: channel", peers: [], of: "call" },
  {
    what: "a shared decision: fixed window",
    ours: "ours: shared fixed window",
    peers: SHARED,
    of: "call",
  },
  { what: "a shared decision: gcra", ours: "ours: shared gcra", peers: SHARED, of: "call" },
];

/** Processor time and allocation per decision of limiters, in this process and in a redis-server, beside the libraries that do the same. */
export const bench: Bench = async ({ args }) => {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: "string", default: "3" } } });
  const names = Object.keys(contenders) as Name[];
  await using redis = await RedisServer.start();
  console.error(`bench: ${values.rounds} rounds of ${names.length} contenders, each in a process of its own`);
  const costs = await costsOf("../flow/contenders.ts", names, Number(values.rounds), {
    BENCH_STORE_URL: redis.url,
  });
  return [
    { what: "the bare awaited call", metric: "cpu_ns_per_call", ours: costs.bare.cpuNs, better: "lower" },
    ...COMPARISONS.map((one) => processorTime(one, costs)),
    ...COMPARISONS.map((one) => allocation(one, costs)),
  ];
};
