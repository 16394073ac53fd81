import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { SystemSnapshot } from "../src/tool/control-api/index.ts";
import type { PartKind } from "../src/tool/design/model.ts";
import type { Bench } from "./bench.ts";
import { runWrk, type WrkResult } from "./load/wrk.ts";
import { cpuUsOf } from "./machine/cpu.ts";
import { freePort } from "./machine/free-port.ts";
import { nginxVersion, startNginx } from "./machine/nginx.ts";
import { cpuUsOfKind, RunningSystem } from "./machine/running-system.ts";
import type { ServerProcess } from "./machine/server-process.ts";
import type { Measurement } from "./report.ts";
import { copyOfDesign } from "./shortener/design-copy.ts";
import { makeLinks, writePaths } from "./shortener/links.ts";
import { alternating, median } from "./statistics.ts";

/** The handbook's peak: 10 million people, 20 requests a day each, three times the mean. */
const PEAK_PER_SECOND = 7_000;
const P99_MS_MAX = 50;
/** wrk is told to offer a little more than the peak, so that what arrives is not below it. */
const OFFERED_PER_SECOND = 7_200;
const CONNECTIONS = 64;
/** At a constant rate: enough that one is free whenever a request falls due, up to 35 ms of latency. */
const CONNECTIONS_AT_RATE = 256;
const KINDS = ["edge", "service", "cache", "database"] as const satisfies readonly PartKind[];

/**
 * Redirects of the shortener, through its edge, for links drawn by Zipf's law: as many as it can, and latency and
 * processor time at the handbook's peak. Its peer is nginx, put before the same replicas in place of our edge.
 */
export const bench: Bench = async ({ args }) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      links: { type: "string", default: "100000" },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "8" },
    },
  });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  nginxVersion();
  await using stack = new AsyncDisposableStack();
  const port = await freePort();
  const file = copyOfDesign({ name: "shortener", port });
  const system = stack.adopt(await RunningSystem.start(file), (one) => one.close());
  const url = `http://127.0.0.1:${port}`;
  const paths = join(dirname(file), "paths.txt");
  say(`making ${values.links} links`);
  writePaths(paths, await makeLinks(url, Number(values.links)));
  const snapshot = await system.snapshot();
  const nginx = stack.adopt(await startNginx(replicaPorts(snapshot)), (one) => one.close());

  say("warming up");
  const closed = (at: string) => runWrk({ url: at, paths, connections: CONNECTIONS, seconds });
  for (const one of [url, nginx.url]) await closed(one);
  say(`${rounds} rounds of: as many as it can, ours and ${nginx.version}`);
  const most = await alternating(rounds, { ours: () => closed(url), theirs: () => closed(nginx.url) });
  say(`${rounds} rounds of: a constant ${OFFERED_PER_SECOND} per second`);
  const constant = (at: string) =>
    watched(snapshot, nginx, () =>
      runWrk({
        url: at,
        paths,
        connections: CONNECTIONS_AT_RATE,
        seconds,
        ratePerSecond: OFFERED_PER_SECOND,
      }),
    );
  const steady = await alternating(rounds, { ours: () => constant(url), theirs: () => constant(nginx.url) });
  return measurements(most, steady, nginx.version);
};

// ---- what was found ----

interface Watched {
  readonly wrk: WrkResult;
  /** Processor time per request, by kind of part, in microseconds. */
  readonly cpuUs: Readonly<Record<(typeof KINDS)[number] | "nginx", number>>;
}

function measurements(
  most: Record<"ours" | "theirs", WrkResult[]>,
  steady: Record<"ours" | "theirs", Watched[]>,
  peer: string,
): Measurement[] {
  const middle = <One>(of: readonly One[], value: (one: One) => number) => median(of.map(value));
  const atRate = `redirects at a constant ${OFFERED_PER_SECOND.toLocaleString("en-US")}/s`;
  const failed = [...most.ours, ...steady.ours.map((one) => one.wrk)].reduce(
    (sum, one) => sum + one.failed,
    0,
  );
  const latency = (name: "p50" | "p99"): Omit<Measurement, "goal"> => ({
    what: atRate,
    metric: `latency_ms_${name}`,
    ours: middle(steady.ours, ({ wrk }) => wrk.latencyMs[name]),
    better: "lower",
  });
  return [
    {
      what: `redirects, ${CONNECTIONS} connections`,
      metric: "requests_per_second",
      ours: middle(most.ours, (one) => one.perSecond),
      better: "higher",
      goal: PEAK_PER_SECOND,
    },
    { what: "redirects that failed", metric: "requests", ours: failed, better: "lower", goal: 0 },
    {
      what: atRate,
      metric: "requests_per_second",
      ours: middle(steady.ours, ({ wrk }) => wrk.perSecond),
      better: "higher",
      goal: PEAK_PER_SECOND,
    },
    latency("p50"),
    { ...latency("p99"), goal: P99_MS_MAX },
    {
      what: `the edge, ${atRate}`,
      metric: "cpu_us_per_request",
      ours: middle(steady.ours, ({ cpuUs }) => cpuUs.edge),
      peer,
      theirs: middle(steady.theirs, ({ cpuUs }) => cpuUs.nginx),
      better: "lower",
    },
    ...KINDS.filter((kind) => kind !== "edge").map(
      (kind): Measurement => ({
        what: `the ${kind}${kind === "service" ? "'s replicas" : ""}, ${atRate}`,
        metric: "cpu_us_per_request",
        ours: middle(steady.ours, ({ cpuUs }) => cpuUs[kind]),
        better: "lower",
      }),
    ),
    {
      what: `redirects, ${CONNECTIONS} connections, the edge replaced`,
      metric: "requests_per_second",
      ours: middle(most.ours, (one) => one.perSecond),
      peer,
      theirs: middle(most.theirs, (one) => one.perSecond),
      better: "higher",
    },
  ];
}

async function watched(
  snapshot: SystemSnapshot,
  nginx: ServerProcess,
  run: () => Promise<WrkResult>,
): Promise<Watched> {
  const used = () => ({
    edge: cpuUsOfKind(snapshot, "edge"),
    service: cpuUsOfKind(snapshot, "service"),
    cache: cpuUsOfKind(snapshot, "cache"),
    database: cpuUsOfKind(snapshot, "database"),
    nginx: cpuUsOf(nginx.pid),
  });
  const before = used();
  const wrk = await run();
  const after = used();
  const each = (kind: keyof typeof before) => (after[kind] - before[kind]) / wrk.requests;
  const cpuUs = {
    edge: each("edge"),
    service: each("service"),
    cache: each("cache"),
    database: each("database"),
    nginx: each("nginx"),
  };
  return { wrk, cpuUs };
}

function replicaPorts(snapshot: SystemSnapshot): number[] {
  return snapshot.parts
    .filter((part) => part.kind === "service")
    .flatMap((part) => part.replicas.flatMap((replica) => replica.port ?? []));
}

function say(what: string): void {
  console.error(`bench: ${what}`);
}
