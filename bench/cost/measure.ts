import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { seededRandom } from "../../src/blocks/time/index.ts";
import { zipf } from "../load/zipf.ts";
import { median } from "../statistics.ts";
import type { Contender, Contenders, Cost, KeyDraw } from "./contender.ts";
import { keyAt, LIVE_KEYS } from "./keys.ts";

/*
 * Measures one contender and prints its cost as JSON: `measure.ts MODULE NAME`. Alone in its process, so that no contender is
 * slowed by what the compiler learned from another, and none pays for another's garbage.
 */

const CALLS = 200_000;
const CALLS_PER_BATCH = 1_000;
/** So few that most readings see no collection: the median of what they take from the heap passes over those that do. */
const CALLS_PER_READING = 100;
const READINGS = 101;
const SLICES = 5;

/** Kept, so that no decision is left out because nobody looks at it. */
let lastDecision: unknown;

const [module = "", name = ""] = process.argv.slice(2);
const { contenders } = (await import(pathToFileURL(join(import.meta.dirname, module)).href)) as {
  contenders: Contenders;
};
const contender = await contenders[name]?.();
if (!contender) throw new RangeError(`no contender "${name}" in ${module}`);
const cost = await costOf(contender);
process.stdout.write(JSON.stringify(cost), () => process.exit(lastDecision === cost ? 1 : 0));

async function costOf(one: Contender): Promise<Cost> {
  const batches = one.kind === "awaited" ? awaited(one.call) : keyed(one.decide, one.draw);
  const calls = (one.kind === "awaited" ? one.calls : undefined) ?? CALLS;
  const cpuNs = async () => {
    let spentNs = 0;
    for (let done = 0; done < calls; done += CALLS_PER_BATCH) {
      const run = batches(Math.min(CALLS_PER_BATCH, calls));
      const before = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(before);
      spentNs += (user + system) * 1_000;
    }
    return spentNs / calls;
  };
  await cpuNs();
  const slices: number[] = [];
  for (let slice = 0; slice < SLICES; slice++) slices.push(await cpuNs());
  const readings: number[] = [];
  for (let reading = 0; reading < READINGS; reading++) {
    const run = batches(CALLS_PER_READING);
    const before = process.memoryUsage().heapUsed;
    await run();
    readings.push((process.memoryUsage().heapUsed - before) / CALLS_PER_READING);
  }
  return { cpuNs: Math.min(...slices), allocatedBytes: Math.max(0, median(readings)) };
}

/** Makes the next calls ready, beside what is measured. */
type Batches = (calls: number) => () => Promise<void>;

function awaited(call: () => unknown): Batches {
  return (calls) => async () => {
    for (let done = 0; done < calls; done++) await call();
  };
}

/** Keys are made anew for each batch, as a server has just parsed the key that it decides on. */
function keyed(decide: (key: string) => unknown, draw: KeyDraw): Batches {
  const random = seededRandom(1);
  const kinds = draw === "evenly" ? LIVE_KEYS : 1_000;
  const next = draw === "by Zipf's law" ? zipf(LIVE_KEYS, random) : () => Math.floor(random() * kinds);
  // Those who ask most are no neighbours. An odd factor that shares none with the count maps no two to one.
  const drawn = Uint32Array.from({ length: CALLS }, () => (next() * 611_953) % LIVE_KEYS);
  let at = 0;
  return (calls) => {
    const keys = Array.from({ length: calls }, () => keyAt(drawn[at++ % CALLS] ?? 0));
    return async () => {
      for (const key of keys) lastDecision = decide(key);
    };
  };
}
