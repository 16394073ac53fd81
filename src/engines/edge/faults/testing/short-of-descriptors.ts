import { closeSync, openSync } from "node:fs";
import { ask, edgeFor } from "../../testing/servers.ts";

/**
 * Run in a process that may open few files, with the port of a server elsewhere: takes all files from an edge in it, gives them back, and
 * prints what there was to see as JSON. While there are none, checks of health are due several times.
 */
const said: string[] = [];
await using edge = await edgeFor(
  [Number(process.argv[2])],
  { health: { intervalMs: 20, timeoutMs: 1_000, unhealthyAfter: 1 } },
  { onEvent: ({ state, reason }) => said.push(`${state}: ${reason}`) },
);
const before = (await ask(edge.port)).body;
const taken: number[] = [];
for (let round = 0; round < 40; round++) {
  // What is given back meanwhile is taken, too.
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const { metrics, upstreams } = edge.reading();
for (const one of taken) closeSync(one);
const after = (await ask(edge.port)).body;
const report = {
  before,
  after,
  said,
  state: upstreams[0]?.endpoints[0]?.state,
  isCounted: metrics.process_cpu_seconds !== undefined,
};
process.stdout.write(JSON.stringify(report));
