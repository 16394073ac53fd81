import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { runWrk, type WrkResult } from "./load/wrk.ts";
import { cpuUsOf } from "./machine/cpu.ts";
import { freePort } from "./machine/free-port.ts";
import { cpuUsOfKind, RunningSystem } from "./machine/running-system.ts";
import type { Measurement } from "./report.ts";
import { copyOfDesign } from "./shortener/design-copy.ts";
import { makeLinks, writePaths } from "./shortener/links.ts";
import { alternating, median } from "./statistics.ts";

/** How much of the processor time being observed may cost. */
const OVERHEAD_MAX = 1.05;
const CONNECTIONS = 64;
const KINDS = ["edge", "service", "cache", "database"] as const;

/**
 * What it costs to be observed: the processor time of a redirect with full metrics and one request in a hundred traced, beside
 * the same system without any telemetry. Both run at once, each with its own supervisor, and take turns under load.
 */
export const bench: Bench = async ({ args }) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      links: { type: "string", default: "20000" },
      rounds: { type: "string", default: "7" },
      seconds: { type: "string", default: "6" },
    },
  });
  await using stack = new AsyncDisposableStack();
  const start = async (name: string, options: string) => {
    const port = await freePort();
    const file = copyOfDesign({ name, port, options });
    const system = stack.adopt(await RunningSystem.start(file), (one) => one.close());
    const url = `http://127.0.0.1:${port}`;
    say(`${name}: making ${values.links} links`);
    const paths = join(dirname(file), "paths.txt");
    writePaths(paths, await makeLinks(url, Number(values.links)));
    const load = () => runWrk({ url, paths, connections: CONNECTIONS, seconds: Number(values.seconds) });
    const snapshot = await system.snapshot();
    const used = () => [cpuUsOf(snapshot.pid), ...KINDS.map((kind) => cpuUsOfKind(snapshot, kind))];
    return { name, load, used };
  };
  const observed = await start("observed", 'telemetry: { traces: { share: "1%", perSecond: 100_000 } }');
  const plain = await start("unobserved", "telemetry: false");
  say("warming up");
  for (const { load } of [observed, plain]) await load();
  say(`${values.rounds} rounds of each`);
  const round = async ({ load, used }: typeof plain): Promise<Round> => {
    const before = used();
    const wrk = await load();
    const after = used();
    return { wrk, cpuUs: after.map((value, at) => (value - (before[at] ?? 0)) / wrk.requests) };
  };
  const rounds = await alternating(Number(values.rounds), {
    ours: () => round(observed),
    theirs: () => round(plain),
  });
  return measurements(rounds);
};

/** One run of load, and the processor time per redirect: of the whole, supervisor included, and of each kind of part. */
interface Round {
  readonly wrk: WrkResult;
  readonly cpuUs: readonly number[];
}

function measurements({ ours, theirs }: Record<"ours" | "theirs", Round[]>): Measurement[] {
  const peer = "without telemetry";
  const cpu = (what: string, at: number, goal?: number): Measurement => ({
    what,
    metric: "cpu_us_per_request",
    ours: median(ours.map(({ cpuUs }) => cpuUs[at] ?? 0)),
    peer,
    theirs: median(theirs.map(({ cpuUs }) => cpuUs[at] ?? 0)),
    better: "lower",
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    cpu("a redirect, all processes", 0, OVERHEAD_MAX),
    ...KINDS.map((kind, at) => cpu(`of it the ${kind}`, at + 1)),
    {
      what: "redirects",
      metric: "requests_per_second",
      ours: median(ours.map(({ wrk }) => wrk.perSecond)),
      peer,
      theirs: median(theirs.map(({ wrk }) => wrk.perSecond)),
      better: "higher",
    },
    {
      what: "redirects that failed",
      metric: "requests",
      ours: ours.reduce((sum, { wrk }) => sum + wrk.failed, 0),
      better: "lower",
      goal: 0,
    },
  ];
}

function say(what: string): void {
  console.error(`bench: ${what}`);
}
