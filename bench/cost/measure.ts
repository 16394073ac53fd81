import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { seededRandom } from "../../src/blocks/time/index.ts";
import { zipf } from "../load/zipf.ts";
import type { Contender, Contenders, Cost, KeyDraw } from "./contender.ts";
import { keyAt, LIVE_KEYS } from "./keys.ts";

/*
 * Measures one contender and prints its cost as JSON: `measure.ts MODULE NAME`. Alone in its process, so that no contender is
 * slowed by what the compiler learned from another, and none pays for another's garbage.
 */

const CALLS = 200_000;
/** As many as fit into the young generation, at 4 KB each. */
const CALLS_WITHOUT_COLLECTION = 2_000;
const SLICES = 5;
const KEYS_PER_BATCH = 1_000;

const [module = "", name = ""] = process.argv.slice(2);
const { contenders } = (await import(pathToFileURL(join(import.meta.dirname, module)).href)) as {
  contenders: Contenders;
};
const contender = await contenders[name]?.();
if (!contender) throw new RangeError(`no contender "${name}" in ${module}`);
const cost = await costOf(contender);
process.stdout.write(JSON.stringify(cost), () => process.exit());

async function costOf(one: Contender): Promise<Cost> {
  const run = one.kind === "awaited" ? awaited(one.call) : keyed(one.decide, one.draw);
  const calls = (one.kind === "awaited" ? one.calls : undefined) ?? CALLS;
  await run(calls);
  const slices: number[] = [];
  for (let slice = 0; slice < SLICES; slice++) slices.push(await run(calls));
  return {
    cpuNs: Math.min(...slices),
    allocatedBytes: await allocated(run, Math.min(calls, CALLS_WITHOUT_COLLECTION)),
  };
}

/** Runs some calls, and says what one took of the processor. */
type Run = (calls: number) => Promise<number>;

function awaited(call: () => unknown): Run {
  return async (calls) => {
    const before = process.cpuUsage();
    for (let done = 0; done < calls; done++) await call();
    return nsSince(before) / calls;
  };
}

/** Keys are made in batches beside the measured time, as a server has just parsed the key that it decides on. */
function keyed(decide: (key: string) => unknown, draw: KeyDraw): Run {
  const random = seededRandom(1);
  const next = draw === "evenly" ? () => Math.floor(random() * LIVE_KEYS) : zipf(LIVE_KEYS, random);
  // Those who ask most are no neighbours. An odd factor that shares none with the count maps no two to one.
  const drawn = Uint32Array.from({ length: CALLS }, () => (next() * 611_953) % LIVE_KEYS);
  const keys: string[] = Array<string>(KEYS_PER_BATCH).fill("");
  return async (calls) => {
    let spentNs = 0;
    for (let done = 0; done < calls; done += KEYS_PER_BATCH) {
      for (let at = 0; at < KEYS_PER_BATCH; at++) keys[at] = keyAt(drawn[(done + at) % CALLS] ?? 0);
      const before = process.cpuUsage();
      for (const key of keys) decide(key);
      spentNs += nsSince(before);
      await turn();
    }
    return spentNs / calls;
  };
}

async function allocated(run: Run, calls: number): Promise<number> {
  globalThis.gc?.();
  await turn();
  const before = process.memoryUsage().heapUsed;
  await run(calls);
  return Math.max(0, process.memoryUsage().heapUsed - before) / calls;
}

function nsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1_000;
}
