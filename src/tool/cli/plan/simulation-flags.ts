import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf, nearest } from "../../../blocks/errors/index.ts";
import { DURATION } from "../../design/quantities/duration.ts";
import { readQuantity } from "../../design/quantities/measure.ts";
import type { ResolvedSystem } from "../../plan/resolved-model.ts";
import { scaledParts } from "../../plan/scaled-parts.ts";
import { readTrace } from "../../plan/simulate/engine/index.ts";
import type { SystemArrivals, SystemSimulationOptions, Trouble } from "../../plan/simulate/system/index.ts";
import { type PlanFlags, type PlanNumbers, wrong } from "./flags.ts";
import type { Progress } from "./progress.ts";

/** Without `--duration`, until about so many requests have come; at least a second and at most an hour. */
const REQUESTS_USUAL = 300_000;
const DURATION_MS_MIN = 1_000;
const DURATION_MS_MAX = 3_600_000;
/** A trace is read into memory. */
const TRACE_BYTES_MAX = 512 * 1024 * 1024;
const SHAPES = ["poisson", "daily", "ramp", "flash"] as const;

type Shape = (typeof SHAPES)[number];

/** How a simulation is asked for, once the design is resolved. */
export type Simulate = (resolved: ResolvedSystem) => SystemSimulationOptions;

/**
 * Reads how to simulate. A file of arrivals is read here.
 *
 * @throws CliError `BAD_ARGUMENT`
 */
export async function simulationFrom(
  flags: PlanFlags,
  { seed, durationMs }: PlanNumbers,
  { folder, progress }: { readonly folder: string; readonly progress: Progress },
): Promise<Simulate> {
  const troubles = (flags.fail ?? []).map(readTrouble);
  const { arrivals = "poisson" } = flags;
  const timesMs = isShape(arrivals) ? undefined : await traceOf(arrivals, folder);
  return (resolved) => {
    const whole = durationMs ?? (timesMs === undefined ? usualMs(resolved) : (timesMs.at(-1) ?? 0) + 1);
    checkTroubles(troubles, resolved, whole);
    return {
      seed,
      durationMs: whole,
      arrivals: isShape(arrivals)
        ? arrivalsOf(arrivals, resolved, whole)
        : { kind: "trace", timesMs: timesMs ?? [] },
      troubles,
      scaling: scaledParts(resolved),
      onProgress: ({ share }) => progress.say("simulating", share),
    };
  };
}

function isShape(text: string): text is Shape {
  return SHAPES.some((shape) => shape === text);
}

function usualMs({ classes }: ResolvedSystem): number {
  const perSecond = classes.reduce((sum, { peakPerSecond }) => sum + peakPerSecond, 0);
  const ms = perSecond > 0 ? (REQUESTS_USUAL / perSecond) * 1_000 : DURATION_MS_MAX;
  // To two digits, so that the report's length of time is a round one.
  return Number(Math.min(DURATION_MS_MAX, Math.max(DURATION_MS_MIN, ms)).toPrecision(2));
}

/**
 * The rates of a shape over a run: `poisson` is the peak all the time; `daily` a day from its mean to its peak, within the run; `ramp` rises
 * from a tenth of the peak to twice as much; `flash` is the mean, and from a quarter of the run on for a while three times the peak.
 */
function arrivalsOf(shape: Shape, { classes }: ResolvedSystem, durationMs: number): SystemArrivals {
  const sum = (field: "perSecond" | "peakPerSecond") => classes.reduce((all, one) => all + one[field], 0);
  const [mean, peak] = [sum("perSecond"), sum("peakPerSecond")];
  switch (shape) {
    case "poisson":
      return { kind: "rate", rate: { kind: "constant", perSecond: peak } };
    case "daily":
      return {
        kind: "rate",
        rate: {
          kind: "daily",
          meanPerSecond: mean,
          peak: Math.min(20, Math.max(1, mean > 0 ? peak / mean : 1)),
          peakMs: durationMs * (20 / 24),
          dayMs: durationMs,
        },
      };
    case "ramp":
      return {
        kind: "rate",
        rate: { kind: "ramp", fromPerSecond: peak / 10, toPerSecond: 2 * peak, durationMs },
      };
    case "flash":
      return {
        kind: "rate",
        rate: {
          kind: "flash-crowd",
          basePerSecond: mean,
          peakPerSecond: 3 * peak,
          startMs: durationMs / 4,
          riseMs: durationMs / 20,
          holdMs: durationMs / 10,
          halfLifeMs: durationMs / 10,
        },
      };
  }
}

async function traceOf(file: string, folder: string): Promise<Float64Array> {
  const path = resolve(folder, file);
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > TRACE_BYTES_MAX) throw new Error(`it is larger than ${TRACE_BYTES_MAX} bytes`);
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw wrong(
      "--arrivals",
      `${file} is none of ${SHAPES.join(", ")}, and no file that can be read: ${messageOf(cause)}`,
    );
  }
  const reading = readTrace(text);
  if (reading.kind === "mistaken")
    throw wrong("--arrivals", `${file}:${reading.mistake.line}: ${reading.mistake.wrong}`);
  if (reading.timesMs.length === 0)
    throw wrong("--arrivals", `${file} has no times in it: write one a line, in milliseconds`);
  return reading.timesMs;
}

/** `PART[#REPLICA]@TIME+DURATION[:KIND]`. */
const TROUBLE =
  /^([a-z][a-z0-9-]*)(?:#(\d{1,3}))?@([^+:]+)(?:\+([^:]+))?(?::([a-z]+)(?:x(\d+(?:\.\d+)?))?)?$/;
const FORM =
  "write PART@TIME+DURATION as in links@20s+10s; #2 after the part means its second replica, and :partition, :slowx5 or :flush at the end something else than a crash";

function readTrouble(text: string): Trouble {
  const [, part, replica, at, lasting, kind = "crash", factor] = TROUBLE.exec(text) ?? [];
  if (part === undefined || at === undefined)
    throw wrong("--fail", `${JSON.stringify(text.slice(0, 80))}: ${FORM}`);
  const base = { part, atMs: time(at), ...(replica === undefined ? {} : { replica: Number(replica) }) };
  if (kind === "flush" && lasting === undefined) return { ...base, kind };
  const known = kind === "crash" || kind === "partition" || (kind === "slow" && Number(factor) > 0);
  if (!known || lasting === undefined || (kind !== "slow" && factor !== undefined))
    throw wrong("--fail", `${JSON.stringify(text.slice(0, 80))}: ${FORM}`);
  const durationMs = time(lasting);
  return kind === "slow"
    ? { ...base, kind, durationMs, factor: Number(factor) }
    : { ...base, kind: kind === "crash" ? "crash" : "partition", durationMs };
}

function time(text: string): number {
  const reading = readQuantity(DURATION, text);
  if (reading.value !== undefined) return reading.value;
  throw wrong("--fail", `${reading.wrong}. ${reading.mend}`);
}

function checkTroubles(troubles: readonly Trouble[], { parts }: ResolvedSystem, durationMs: number): void {
  const names = parts.map(({ name }) => name);
  for (const { part, atMs } of troubles) {
    if (!names.includes(part)) {
      const near = nearest(part, names);
      throw wrong(
        "--fail",
        `the design has no part ${JSON.stringify(part)}: ${near ? `did you mean ${near}?` : `it has ${names.join(", ")}`}`,
      );
    }
    if (atMs >= durationMs)
      throw wrong(
        "--fail",
        `${part} would fail after the end of the simulation, which takes ${Math.round(durationMs) / 1_000} s: add --duration`,
      );
  }
}
