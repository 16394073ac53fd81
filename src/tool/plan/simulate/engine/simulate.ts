import { settled as settledByTurn } from "../../../../blocks/time/simulated-clock.ts";
import { Streams } from "./random/streams.ts";
import { Recording, type RequestFigures } from "./recording.ts";
import { type RunEnd, Simulation, type SimulationOptions } from "./simulation.ts";
import { SimulationClock } from "./simulation-clock.ts";
import type { SeriesOptions } from "./statistics/series.ts";
import { warmUpOf } from "./statistics/warm-up.ts";

/** What a model is built in. */
export interface World {
  readonly simulation: Simulation;
  /** All chance of the run. */
  readonly streams: Streams;
  /** For blocks that take a clock. */
  readonly clock: SimulationClock;
  /**
   * A request is over: once for each, when it is. `outcome`: an index into the run's `outcomes`; 0, the first, is the one whose
   * latencies make the run's mean and warm-up. Default 0.
   */
  answered(latencyMs: number, outcome?: number): void;
}

/** What is simulated. Building it plans its first events. */
export interface Model<Report> {
  /** The warm-up is over: statistics begin anew. */
  warmedUp?(nowMs: number): void;
  /** The model's own figures, as plain data, at the run's end. */
  report(nowMs: number): Report;
}

/** How far a run has come. */
export interface Progress {
  /** 0 to 1: of its time or of its requests, whichever is further. */
  readonly share: number;
  readonly simulatedMs: number;
  readonly events: number;
  readonly requests: number;
}

export interface SimulateOptions<Report> {
  /** A whole number. The same seed gives the same bytes. */
  readonly seed: number;
  /** Ends the run at this simulated time, warm-up included. This or `requests` has to be given; with both, the run ends at what comes first. */
  readonly untilMs?: number;
  /** Ends the run when so many requests are over after the warm-up. */
  readonly requests?: number;
  /**
   * What is left out at the beginning, in simulated milliseconds or requests. `auto`: a run of a fifth of the length, with the same seed, is
   * made beforehand, and what the marginal standard error rule says of it is left out (all of it where it did not settle). Default `auto`.
   */
  readonly warmUp?: { readonly ms: number } | { readonly requests: number } | "auto";
  /** How requests may end, the good way first. Default `["answered", "failed"]`. */
  readonly outcomes?: readonly string[];
  /** Of the charts over time. */
  readonly series?: SeriesOptions;
  readonly limits?: SimulationOptions;
  readonly build: (world: World) => Model<Report>;
  /** Told about a hundred times how far the run has come. It changes nothing of the result. */
  readonly progress?: (progress: Progress) => void;
  /** Aborted, ends the run within a hundredth of its length: its `end` is `stopped`. */
  readonly signal?: AbortSignal;
}

/** What a run found, as plain data. */
export interface SimulationResult<Report> extends RequestFigures {
  readonly seed: number;
  readonly end: RunEnd | "requests";
  /** Simulated time in all. */
  readonly simulatedMs: number;
  /** When the warm-up was over; null when the run was over before. */
  readonly warmUpMs: number | null;
  readonly events: number;
  readonly report: Report;
}

/**
 * Runs a model from an empty start to its end and tells what was found.
 *
 * @throws RangeError when an option is out of its range. What a model throws comes through.
 */
export function simulate<Report>(options: SimulateOptions<Report>): SimulationResult<Report> {
  const warmUpRequests = isAuto(options) ? ran(new Run(pilotOf(options), 0)).warmUpSeen() : undefined;
  return ran(new Run(options, warmUpRequests)).result();
}

/** As `simulate`, for models in which promises take part: see `SimulationClock`. `settled`: default a turn of the event loop. */
export async function simulateWithPromises<Report>(
  options: SimulateOptions<Report>,
  settled: () => Promise<void> = settledByTurn,
): Promise<SimulationResult<Report>> {
  let warmUpRequests: number | undefined;
  if (isAuto(options)) {
    const pilot = await ranWithPromises(new Run(pilotOf(options), 0), settled);
    warmUpRequests = pilot.warmUpSeen();
  }
  return (await ranWithPromises(new Run(options, warmUpRequests), settled)).result();
}

function ran<Report>(run: Run<Report>): Run<Report> {
  for (let step = 1; step <= STEPS; step++) {
    if (run.endedAt(step, run.simulation.run(run.stepMs(step)))) break;
  }
  return run;
}

async function ranWithPromises<Report>(run: Run<Report>, settled: () => Promise<void>): Promise<Run<Report>> {
  for (let step = 1; step <= STEPS; step++) {
    const end = await run.simulation.runWithPromises(settled, run.stepMs(step));
    if (run.endedAt(step, end)) break;
  }
  return run;
}

/** Parts of a run, between which progress is told. */
const STEPS = 100;
/** Of a run, to find its warm-up. */
const PILOT_SHARE = 0.2;

function isAuto(options: SimulateOptions<unknown>): boolean {
  return (options.warmUp ?? "auto") === "auto";
}

function pilotOf<Report>(options: SimulateOptions<Report>): SimulateOptions<Report> {
  const { progress: _, ...rest } = options;
  return {
    ...rest,
    ...(options.untilMs !== undefined && { untilMs: options.untilMs * PILOT_SHARE }),
    ...(options.requests !== undefined && { requests: Math.ceil(options.requests * PILOT_SHARE) }),
  };
}

class Run<Report> {
  readonly simulation: Simulation;
  readonly #options: SimulateOptions<Report>;
  readonly #untilMs: number;
  readonly #requestsMax: number;
  readonly #warmUpRequests: number;
  readonly #recording: Recording;
  readonly #model: Model<Report>;
  #requests = 0;
  #nextNews = 0;
  #warmUpMs: number | null = null;
  #end: RunEnd | "requests" | undefined;

  constructor(options: SimulateOptions<Report>, warmUpRequests: number | undefined) {
    const { untilMs = Number.POSITIVE_INFINITY, requests = Number.POSITIVE_INFINITY } = options;
    const warmUp = warmUpRequests !== undefined || options.warmUp === "auto" ? undefined : options.warmUp;
    checkLength(untilMs, requests);
    this.#options = options;
    this.#untilMs = untilMs;
    this.#requestsMax = requests;
    this.#warmUpRequests = warmUpRequests ?? (warmUp && "requests" in warmUp ? warmUp.requests : 0);
    this.#recording = new Recording(options.outcomes ?? ["answered", "failed"], options.series);
    const simulation = new Simulation(options.limits);
    this.simulation = simulation;
    const warmUpMs = warmUp && "ms" in warmUp ? warmUp.ms : 0;
    if (warmUpMs > 0) {
      this.#warmUpRequests = Number.POSITIVE_INFINITY;
      simulation.at(warmUpMs, { happen: () => this.#warmedUp() });
    }
    this.#model = options.build({
      simulation,
      streams: new Streams(options.seed),
      clock: new SimulationClock(simulation),
      answered: (latencyMs, outcome = 0) => this.#answered(latencyMs, outcome),
    });
    if (this.#warmUpRequests === 0) this.#warmedUp();
  }

  /** To when a step of the run goes; the steps of one that counts requests alone are told by these. */
  stepMs(step: number): number {
    if (this.#untilMs === Number.POSITIVE_INFINITY || step === STEPS) return this.#untilMs;
    return (this.#untilMs * step) / STEPS;
  }

  /** Takes note of how a step ended, and says whether the run is over. */
  endedAt(step: number, end: RunEnd): boolean {
    this.#tell();
    const isWhole = end !== "time" || step === STEPS;
    const isAborted = this.#options.signal?.aborted === true;
    if (isWhole) this.#end ??= end;
    else if (isAborted) this.#end ??= "stopped";
    return this.#end !== undefined;
  }

  result(): SimulationResult<Report> {
    const { nowMs, events } = this.simulation;
    return {
      seed: this.#options.seed,
      end: this.#end ?? "time",
      simulatedMs: nowMs,
      warmUpMs: this.#warmUpMs,
      events,
      ...this.#recording.figures(nowMs),
      report: this.#model.report(nowMs),
    };
  }

  /** Requests that this run says have to be left out. */
  warmUpSeen(): number {
    const { values, isSettled } = warmUpOf(this.#recording.batches());
    return isSettled ? values : this.#requests;
  }

  #answered(latencyMs: number, outcome: number): void {
    const { nowMs } = this.simulation;
    this.#recording.record(nowMs, latencyMs, outcome);
    this.#requests++;
    if (this.#warmUpMs === null) {
      if (this.#requests >= this.#warmUpRequests) this.#warmedUp();
      return;
    }
    if (this.#requests >= this.#requestsMax) {
      this.#end ??= "requests";
      this.simulation.stop();
    } else if (this.#requests >= this.#nextNews && this.#requestsMax !== Number.POSITIVE_INFINITY) {
      this.#nextNews = this.#requests + this.#requestsMax / STEPS;
      this.#tell();
      if (!this.#options.signal?.aborted) return;
      this.#end ??= "stopped";
      this.simulation.stop();
    }
  }

  #warmedUp(): void {
    const { nowMs } = this.simulation;
    this.#warmUpMs = nowMs;
    this.#requests = 0;
    this.#recording.reset(nowMs);
    this.#model.warmedUp?.(nowMs);
  }

  #tell(): void {
    const { progress } = this.#options;
    if (!progress) return;
    const { nowMs, events } = this.simulation;
    const share = Math.min(1, Math.max(nowMs / this.#untilMs, this.#requests / this.#requestsMax));
    progress({ share, simulatedMs: nowMs, events, requests: this.#requests });
  }
}

function checkLength(untilMs: number, requests: number): void {
  if (!(untilMs > 0) || !(requests >= 1)) {
    throw new RangeError(`untilMs (${untilMs}) has to be above 0, and requests (${requests}) 1 or more`);
  }
  if (untilMs === Number.POSITIVE_INFINITY && requests === Number.POSITIVE_INFINITY) {
    throw new RangeError("a run needs an end: untilMs or requests");
  }
}
