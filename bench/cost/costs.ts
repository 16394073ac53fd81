import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { alternating, median } from "../statistics.ts";
import type { Cost } from "./contender.ts";

/** A contender that takes longer hangs. */
const LIMIT_MS = 180_000;

/**
 * What a call of each contender costs: medians over rounds in which all of a module's contenders take turns, each in a
 * process of its own, with `environment` beside what this one has. `module`: a path from the folder `bench/cost` to a file that exports `contenders`.
 */
export async function costsOf<Name extends string>(
  module: string,
  names: readonly Name[],
  rounds: number,
  environment: NodeJS.ProcessEnv = {},
): Promise<Record<Name, Cost>> {
  const runs = Object.fromEntries(
    names.map((name) => [name, () => measured(module, name, environment)]),
  ) as Record<Name, () => Promise<Cost>>;
  const costs = await alternating(rounds, runs);
  const medians = names.map((name) => [
    name,
    {
      cpuNs: median(costs[name].map(({ cpuNs }) => cpuNs)),
      allocatedBytes: median(costs[name].map(({ allocatedBytes }) => allocatedBytes)),
    },
  ]);
  return Object.fromEntries(medians) as Record<Name, Cost>;
}

async function measured(module: string, name: string, environment: NodeJS.ProcessEnv): Promise<Cost> {
  process.stderr.write(`  ${name}\n`);
  const script = join(import.meta.dirname, "./measure.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [script, module, name], {
    timeout: LIMIT_MS,
    env: { ...process.env, ...environment },
  });
  return JSON.parse(stdout) as Cost;
}
