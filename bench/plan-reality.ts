import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { flowOf } from "../src/tool/plan/estimate/flow/index.ts";
import { simulateSystem } from "../src/tool/plan/simulate/system/index.ts";
import type { Bench } from "./bench.ts";
import { machineOf, profiledSystem } from "./plan-reality/profiled-system.ts";
import { type Reading, ShortenerUnderLoad } from "./plan-reality/shortener-under-load.ts";
import { tickedArrivals } from "./plan-reality/ticked-arrivals.ts";
import type { Measurement } from "./report.ts";
import { median } from "./statistics.ts";

/** Loads that are predicted and measured, as parts of what the system can do at most. */
const SHARES = [0.3, 0.6, 0.8];
/** Loads at which the profile is measured: one at which processes wake up for every request, one at which they are busy. None is a load that is judged. */
const IDLE_SHARE = 0.2;
const BUSY_SHARE = 0.5;
/** The goal of the issue: predicted within a quarter of what is measured. */
const ERROR_MAX = 0.25;

/**
 * How far a plan is from the truth: the shortener's redirects on this machine. Its processor time is measured at two loads; from that
 * alone p50 and p99 are predicted for three others, by the closed formulas and by the simulator, and then measured there.
 */
export const bench: Bench = async ({ args }) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      links: { type: "string", default: "20000" },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "10" },
    },
  });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  await using system = await ShortenerUnderLoad.start({ links: Number(values.links), seconds });
  say("warming up, then as many as it can");
  await system.most();
  const capacity = median((await repeated(rounds, () => system.most())).map(({ wrk }) => wrk.perSecond));
  say(`${Math.round(capacity)} redirects a second at most; measuring the profile`);
  const rates = [IDLE_SHARE, BUSY_SHARE, ...SHARES].map((share) => Math.round(share * capacity));
  const readings: Reading[][] = rates.map(() => []);
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds}`);
    for (const [index, rate] of rates.entries()) readings[index]?.push(await system.atRate(rate));
  }
  const [idle = [], busy = [], ...judged] = readings;
  const machine = machineOf(system.model, availableParallelism(), idle, busy);
  say(`measured: ${JSON.stringify(machine)}`);
  return SHARES.flatMap((share, index): Measurement[] => {
    const measured = judged[index] ?? [];
    const rate = median(measured.map(({ wrk }) => wrk.perSecond));
    const resolved = profiledSystem(system.model, machine, rate);
    const simulated = simulateSystem(resolved, {
      durationMs: 60_000,
      warmUpMs: 5_000,
      arrivals: { kind: "trace", timesMs: tickedArrivals(rate, 60_000) },
    }).classes[0]?.latencyMs;
    const estimated = flowOf(resolved).all;
    const what = `${Math.round(share * 100)} % of its most, ${Math.round(rate)}/s`;
    return (["p50", "p99"] as const).flatMap((rank): Measurement[] => {
      const truth = median(measured.map(({ wrk }) => wrk.latencyMs[rank]));
      const line = (by: string, ours: number): Measurement => ({
        what: `${what}: ${rank} ${by}`,
        metric: "latency_ms",
        ours,
        peer: "measured",
        theirs: truth,
        better: "lower",
      });
      return [
        line("simulated", simulated?.[rank] ?? Number.NaN),
        {
          what: `${what}: ${rank}, error of the simulation`,
          metric: "share",
          ours: Math.abs((simulated?.[rank] ?? Number.NaN) / truth - 1),
          better: "lower",
          goal: ERROR_MAX,
        },
        line("by formula", estimated[rank]),
      ];
    });
  });
};

async function repeated<Value>(times: number, run: () => Promise<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for (let time = 0; time < times; time++) all.push(await run());
  return all;
}

function say(what: string): void {
  console.error(`bench: ${what}`);
}
