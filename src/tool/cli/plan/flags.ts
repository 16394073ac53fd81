import { DURATION } from "../../design/quantities/duration.ts";
import { type Measure, readQuantity } from "../../design/quantities/measure.ts";
import { RATE } from "../../design/quantities/rate.ts";
import { CliError } from "../errors.ts";

/** The options of `trestle plan` as they stand in the command line. */
export interface PlanFlags {
  readonly set?: readonly string[];
  readonly sweep?: readonly string[];
  readonly load?: string;
  readonly here?: true;
  readonly profile?: string;
  readonly review?: true;
  readonly simulate?: true;
  readonly seed?: string;
  readonly duration?: string;
  readonly arrivals?: string;
  readonly fail?: readonly string[];
  readonly against?: string;
  readonly markdown?: true;
  readonly explain?: string | true;
  readonly html?: string;
  readonly json?: true;
}

/** The numbers among them, read. */
export interface PlanNumbers {
  /** Requests per second at the peak. */
  readonly loadPerSecond?: number;
  readonly seed: number;
  /** Of a simulation. Absent: as long as a sensible number of requests takes. */
  readonly durationMs?: number;
}

/** A year: nobody waits for more. */
const DURATION_MS_MAX = 31_536_000_000;

/**
 * Reads the numbers and checks that the options go together.
 *
 * @throws CliError `BAD_ARGUMENT`
 */
export function numbersOf(flags: PlanFlags): PlanNumbers {
  checkTogether(flags);
  const { load, seed = "1", duration } = flags;
  const durationMs = duration === undefined ? undefined : quantity("--duration", DURATION, duration);
  if (durationMs !== undefined && !(durationMs >= 1 && durationMs <= DURATION_MS_MAX))
    throw wrong("--duration", "it is a time from 1 ms to a year, such as 10min");
  if (!/^\d{1,9}$/.test(seed)) throw wrong("--seed", "it is a whole number from 0 to 999999999");
  const loadPerSecond = load === undefined ? undefined : quantity("--load", RATE, load);
  if (loadPerSecond === 0) throw wrong("--load", "it is a rate above 0, such as 9k/s");
  return {
    seed: Number(seed),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(loadPerSecond === undefined ? {} : { loadPerSecond }),
  };
}

function checkTogether(flags: PlanFlags): void {
  for (const option of ["seed", "duration", "arrivals", "fail"] as const)
    if (flags[option] !== undefined && !flags.simulate)
      throw wrong(`--${option}`, "it says how to simulate: add --simulate");
  if (flags.markdown && flags.against === undefined)
    throw wrong("--markdown", "it is how a difference is written: add --against REV");
  if (flags.markdown && flags.json) throw wrong("--markdown", "the output is either Markdown or --json");
  if (flags.explain !== undefined && flags.against !== undefined)
    throw wrong("--explain", "it tells of one plan, and --against of two: ask for one of them");
}

/** A bare number counts the base unit, as in a design. */
function quantity(option: string, measure: Measure, text: string): number {
  const reading = readQuantity(measure, /^\d+(\.\d+)?$/.test(text) ? Number(text) : text);
  if (reading.value !== undefined) return reading.value;
  throw wrong(option, `${reading.wrong}. ${reading.mend}`);
}

/** An error of an option. */
export function wrong(option: string, problem: string): CliError {
  return new CliError("BAD_ARGUMENT", `${option}: ${problem}`);
}
