import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { costsOf } from "./cost/costs.ts";
import type { Measurement } from "./report.ts";
import { contenders, EVENTS } from "./simulate/contenders.ts";

type Name = keyof typeof contenders;

/** What the simulator's core is to reach on one processor: see docs/plan-simulations.md. */
const EVENTS_PER_SECOND_MIN = 1_000_000;

const WHATS: Readonly<Record<Name, string>> = {
  "ours: events alone": "a thousand events planned, each planning its successor",
  "ours: one queue": "one queue at 0.9 of its capacity",
  "ours: one shared processor": "one shared processor at 0.9 of its capacity",
  "ours: balanced servers with timeouts": "100 servers by two choices, with timeouts",
};

/** How many events the core of the simulator of `trestle plan` lets happen per second of processor time, and what it takes from the heap. */
export const bench: Bench = async ({ args }) => {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: "string", default: "5" } } });
  const names = Object.keys(contenders) as Name[];
  console.error(`bench: ${values.rounds} rounds of ${names.length} contenders, each in a process of its own`);
  const costs = await costsOf("../simulate/contenders.ts", names, Number(values.rounds));
  return names.flatMap((name): Measurement[] => [
    {
      what: WHATS[name],
      metric: "events_per_cpu_second",
      ours: (EVENTS * 1e9) / costs[name].cpuNs,
      better: "higher",
      goal: EVENTS_PER_SECOND_MIN,
    },
    {
      what: WHATS[name],
      metric: "allocated_bytes_per_event",
      ours: costs[name].allocatedBytes / EVENTS,
      better: "lower",
    },
  ]);
};
