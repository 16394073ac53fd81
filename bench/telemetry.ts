import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { type Comparison, processorTime } from "./cost/comparison.ts";
import { costsOf } from "./cost/costs.ts";
import { contenders, TIMES } from "./telemetry/contenders.ts";

type Name = keyof typeof contenders;

const METRICS = "@opentelemetry/sdk-metrics";
const TRACE = "@opentelemetry/sdk-trace";

/** Nanoseconds that a bound instrument may take: it is there for hot paths. */
const BOUND_COUNTER_NS_MAX = 5;
const BOUND_HISTOGRAM_NS_MAX = 40;

const COMPARISONS: readonly Comparison<Name>[] = [
  {
    what: "100 additions to a counter, three attributes",
    ours: "ours: counter",
    peers: [`${METRICS}: counter`],
    of: "call",
    goal: 0.2,
  },
  {
    what: "100 additions to a bound counter",
    ours: "ours: bound counter",
    peers: [],
    of: "call",
    goal: BOUND_COUNTER_NS_MAX * TIMES,
  },
  {
    what: "100 values of a histogram, three attributes",
    ours: "ours: histogram",
    peers: [`${METRICS}: histogram`],
    of: "call",
    goal: 0.25,
  },
  {
    what: "100 values of an exponential histogram, three attributes",
    ours: "ours: exponential histogram",
    peers: [`${METRICS}: histogram`],
    of: "call",
    goal: 0.3,
  },
  {
    what: "100 values of a bound histogram",
    ours: "ours: bound histogram",
    peers: [],
    of: "call",
    goal: BOUND_HISTOGRAM_NS_MAX * TIMES,
  },
  {
    what: "100 spans, sampled, three attributes",
    ours: "ours: sampled span",
    peers: [`${TRACE}: sampled span`],
    of: "call",
    goal: 0.5,
  },
  {
    what: "100 spans, not sampled",
    ours: "ours: unsampled span",
    peers: [`${TRACE}: unsampled span`],
    of: "call",
    goal: 0.4,
  },
  {
    what: "100 spans that nobody wants",
    ours: "ours: span that nobody wants",
    peers: ["@opentelemetry/api: span that nobody wants"],
    of: "call",
    goal: 0.9,
  },
];

/**
 * Processor time of metrics and spans, with what collecting their garbage takes, beside OpenTelemetry's own API and SDK, and where nobody
 * listens.
 */
export const bench: Bench = async ({ args }) => {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: "string", default: "5" } } });
  const names = Object.keys(contenders) as Name[];
  console.error(`bench: ${values.rounds} rounds of ${names.length} contenders, each in a process of its own`);
  const costs = await costsOf("../telemetry/contenders.ts", names, Number(values.rounds));
  return [
    {
      what: "100 turns of an empty loop",
      metric: "cpu_ns_per_call",
      ours: costs.bare.cpuNs,
      better: "lower",
    },
    ...COMPARISONS.map((one) => processorTime(one, costs)),
  ];
};
