import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf } from "../../../blocks/errors/index.ts";
import {
  ARRIVAL_NAMES,
  arrivalsOf,
  arrivalsOfTrace,
  isArrivalName,
  type ResolvedSystem,
  readFailures,
  type SystemArrivals,
  type SystemSimulationOptions,
  type Trouble,
} from "../../plan/index.ts";
import { type PlanFlags, type PlanNumbers, wrong } from "./flags.ts";
import type { Progress } from "./progress.ts";

/** Without `--duration`, until about so many requests have come; at least a second and at most an hour. */
const REQUESTS_USUAL = 300_000;
const REQUESTS_MAX = 100_000_000;
const USUAL_MS_MIN = 1_000;
const USUAL_MS_MAX = 3_600_000;
/** A trace is read into memory. */
const TRACE_BYTES_MAX = 512 * 1024 * 1024;

/** How a simulation is asked for, once the design is resolved. */
export type Simulate = (resolved: ResolvedSystem) => SystemSimulationOptions;

/**
 * Reads how to simulate. A file of arrivals is read here.
 *
 * @throws CliError `BAD_ARGUMENT`, and PlanError `BAD_SETTING`.
 */
export async function simulationFrom(
  { arrivals = "poisson", fail = [] }: PlanFlags,
  { seed, durationMs: asked }: PlanNumbers,
  { folder, progress }: { readonly folder: string; readonly progress: Progress },
): Promise<Simulate> {
  const troubles = readFailures(fail);
  const trace = isArrivalName(arrivals) ? undefined : await traceOf(arrivals, folder);
  return (resolved) => {
    const durationMs = asked ?? (trace === undefined ? usualMs(resolved) : lengthMs(trace));
    checkTimes(troubles, durationMs);
    checkRequests(resolved, durationMs);
    return {
      seed,
      durationMs,
      arrivals: trace ?? arrivalsOf(arrivals, resolved, durationMs),
      troubles,
      onProgress: ({ share }) => progress.say("simulating", share),
    };
  };
}

function usualMs({ classes }: ResolvedSystem): number {
  const perSecond = classes.reduce((sum, { peakPerSecond }) => sum + peakPerSecond, 0);
  const ms = perSecond > 0 ? (REQUESTS_USUAL / perSecond) * 1_000 : USUAL_MS_MAX;
  // To two digits, so that the report's length of time is a round one.
  return Number(Math.min(USUAL_MS_MAX, Math.max(USUAL_MS_MIN, ms)).toPrecision(2));
}

/** Some minutes of simulating: more is a mistake in a figure. */
function checkRequests({ classes }: ResolvedSystem, durationMs: number): void {
  const perSecond = classes.reduce((sum, { peakPerSecond }) => sum + peakPerSecond, 0);
  if ((perSecond * durationMs) / 1_000 <= REQUESTS_MAX) return;
  const most = `${Number(((REQUESTS_MAX / perSecond) * 1_000).toPrecision(2))} ms`;
  throw wrong(
    "--simulate",
    `more than ${REQUESTS_MAX.toLocaleString("en-US")} requests would come: give a --duration of at most ${most}`,
  );
}

function lengthMs(trace: SystemArrivals): number {
  let last = 0;
  if (trace.kind === "trace") for (const timeMs of trace.timesMs) last = Math.max(last, timeMs);
  return last + USUAL_MS_MIN;
}

async function traceOf(file: string, folder: string): Promise<SystemArrivals> {
  const path = resolve(folder, file);
  let text: string;
  try {
    const found = await stat(path);
    // A device or a pipe has no size, and may have no end.
    if (!found.isFile()) throw new RangeError("it is no file");
    if (found.size > TRACE_BYTES_MAX) throw new RangeError(`it is larger than ${TRACE_BYTES_MAX} bytes`);
    text = await readFile(path, "utf8");
  } catch (cause) {
    const names = ARRIVAL_NAMES.join(", ");
    throw wrong(
      "--arrivals",
      `${file} is none of ${names}, and no file that can be read: ${messageOf(cause)}`,
    );
  }
  return arrivalsOfTrace(text, file);
}

function checkTimes(troubles: readonly Trouble[], durationMs: number): void {
  const late = troubles.find(({ atMs }) => atMs >= durationMs);
  if (late === undefined) return;
  const length = `${Number((durationMs / 1_000).toPrecision(3))} s`;
  throw wrong(
    "--fail",
    `${late.part} would fail after the end of the simulation, which takes ${length}: add --duration`,
  );
}
