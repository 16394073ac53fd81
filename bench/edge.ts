import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { memoryOf } from "./edge/memory.ts";
import { ANSWERS, startOrigin } from "./edge/origin.ts";
import { startCaddy, startHaproxy, startOurs } from "./edge/proxies.ts";
import { runWrk } from "./load/wrk.ts";
import { cpuUsOf } from "./machine/cpu.ts";
import { startNginx } from "./machine/nginx.ts";
import type { ServerProcess } from "./machine/server-process.ts";
import type { Measurement } from "./report.ts";
import { alternating, median } from "./statistics.ts";

/** What is asked of our edge, as a multiple of a peer's processor time per request: see issue and README. */
const GOALS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "100 B": { nginx: 1.5, caddy: 1 / 3 },
  "1 MB": { nginx: 1.5 },
};

interface Figures {
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly failed: number;
}

/** Our edge, nginx, HAProxy and Caddy in turn before one origin, each in one process: processor time per request, and throughput. */
export const bench: Bench = async ({ args }) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "4" },
      gigabytes: { type: "string", default: "10" },
    },
  });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  await using stack = new AsyncDisposableStack();
  const started = async <One extends ServerProcess>(server: Promise<One>) =>
    stack.adopt(await server, (one) => one.close());
  const folder = stack.adopt(mkdtempSync(join(tmpdir(), "trestle-bench-")), (one) =>
    rmSync(one, { recursive: true, force: true }),
  );
  const origin = await started(startOrigin());
  const proxies = {
    ours: await started(startOurs(origin.port)),
    nginx: await started(startNginx([origin.port])),
    haproxy: await started(startHaproxy(origin.port)),
    caddy: await started(startCaddy(origin.port)),
  };
  const measurements: Measurement[] = [];
  for (const answer of ANSWERS) {
    const paths = join(folder, "paths.txt");
    writeFileSync(paths, `${answer.path}\n`);
    const drive = (proxy: ServerProcess, forSeconds: number) => async (): Promise<Figures> => {
      const before = cpuUsOf(proxy.pid);
      const { connections } = answer;
      const wrk = await runWrk({ url: proxy.url, paths, connections, seconds: forSeconds });
      const cpuUs = (cpuUsOf(proxy.pid) - before) / wrk.requests;
      return { cpuUs, perSecond: wrk.perSecond, failed: wrk.failed };
    };
    console.error(`bench: ${answer.what}: warming up, then ${rounds} rounds of ${seconds} s each`);
    for (const proxy of Object.values(proxies)) await drive(proxy, 2)();
    const found = await alternating(rounds, {
      ours: drive(proxies.ours, seconds),
      nginx: drive(proxies.nginx, seconds),
      haproxy: drive(proxies.haproxy, seconds),
      caddy: drive(proxies.caddy, seconds),
    });
    measurements.push(...measurementsOf(answer.what, found, proxies));
  }
  return [...measurements, ...(await memoryOf(Number(values.gigabytes) * 1e9))];
};

function measurementsOf(
  what: string,
  found: Readonly<Record<"ours" | "nginx" | "haproxy" | "caddy", readonly Figures[]>>,
  proxies: Readonly<Record<string, ServerProcess>>,
): Measurement[] {
  const measurements: Measurement[] = [];
  for (const peer of ["nginx", "haproxy", "caddy"] as const) {
    const version = proxies[peer]?.version ?? peer;
    const goal = GOALS[what]?.[peer];
    measurements.push(
      {
        what: `${what} proxied`,
        metric: "cpu_us_per_request",
        ours: median(found.ours.map((one) => one.cpuUs)),
        peer: version,
        theirs: median(found[peer].map((one) => one.cpuUs)),
        better: "lower",
        ...(goal === undefined ? {} : { goal }),
      },
      {
        what: `${what} proxied`,
        metric: "requests_per_second",
        ours: median(found.ours.map((one) => one.perSecond)),
        peer: version,
        theirs: median(found[peer].map((one) => one.perSecond)),
        better: "higher",
      },
    );
  }
  const failed = found.ours.reduce((sum, one) => sum + one.failed, 0);
  return [
    ...measurements,
    { what: `${what} requests that failed`, metric: "requests", ours: failed, better: "lower", goal: 0 },
  ];
}
