import type { ErrorBudget, RequirementStatus, RequirementWindow } from "../../../control-api/index.ts";
import type { RequirementsModel, SystemModel } from "../../../design/model.ts";
import { failuresBy } from "../figures/request-figures.ts";
import type { MetricReader } from "../metric-reader.ts";
import { boundsWith } from "./latency-buckets.ts";
import { type Requirement, requiredLatencies, requirementsOf } from "./requirement.ts";
import { sentenceOf } from "./sentences.ts";
import { WindowTally } from "./window-tally.ts";

/** How long a window is. */
export const WINDOW_MS = 10_000;
/** How many are kept: an hour of them, the longest stretch over which a burn is told. */
export const WINDOWS_MAX = 360;
/** How long after a window's end it is read at the earliest. */
export const SETTLE_MS = 2_000;
/** And at the latest, where an edge does not report, or no more. */
const PATIENCE_MS = 30_000;
const WINDOWS_RECENT = 6;
const WINDOWS_5_MINUTES = 30;

/** The edges of a design that measure what the world asks of it: those that run here and speak HTTP. */
export function publicEdges({ parts }: SystemModel): readonly string[] {
  return parts.flatMap((part) =>
    part.kind === "edge" && part.url === undefined && part.listeners.some(({ kind }) => kind === "http")
      ? [part.name]
      : [],
  );
}

export interface RequirementJudgeOptions {
  readonly requires: RequirementsModel;
  /** The edges by which the world reaches the system, as `publicEdges` finds them. */
  readonly edges: readonly string[];
  readonly reader: MetricReader;
  /** When the run began, in wall time. */
  readonly startMs: number;
  /** What a plan expects, by the id of a requirement. */
  readonly predicted?: ReadonlyMap<string, number>;
}

/**
 * Judges what a design requires by what its edges measure: durations as clients see them, from a request's head to the last byte of the answer,
 * failed ones included; failures; requests per second. It reads one window of 10 s after the other and adds it to the run, in
 * constant memory, so that the whole run counts even where the metric store has only its outline left.
 *
 * A share of bad requests that is allowed is a budget, and how fast it is spent is its burn: 1 is as fast as is allowed (Google,
 * "The Site Reliability Workbook", chapter 5). Pure.
 */
export class RequirementJudge {
  readonly #options: RequirementJudgeOptions;
  readonly #requirements: readonly Requirement[];
  readonly #boundsMs: readonly number[];
  readonly #run: WindowTally;
  /** The last minute's, the oldest first. */
  readonly #recent: WindowTally[] = [];
  readonly #windows: Window[] = [];
  /** The most answered in a window, and the most asked, in requests per second. */
  #mostAnswered: number | undefined;
  #mostAsked = 0;
  /** Where the next window begins. */
  #nextMs: number;

  constructor(options: RequirementJudgeOptions) {
    this.#options = options;
    this.#requirements = requirementsOf(options.requires);
    this.#boundsMs = boundsWith(requiredLatencies(options.requires));
    this.#run = new WindowTally(this.#boundsMs);
    this.#nextMs = Math.floor(options.startMs / WINDOW_MS) * WINDOW_MS;
  }

  /** Reads the windows that are over. Returns whether there was any: then what is known has changed. */
  advance(nowMs: number): boolean {
    if (this.#requirements.length === 0) return false;
    const overMs = nowMs - SETTLE_MS - WINDOW_MS;
    // After a long sleep of the machine, what came before the last hour is nobody's measure of anything.
    const hourMs = WINDOWS_MAX * WINDOW_MS;
    if (overMs - this.#nextMs > hourMs) this.#nextMs = Math.floor((overMs - hourMs) / WINDOW_MS) * WINDOW_MS;
    const before = this.#nextMs;
    for (; this.#nextMs <= overMs; this.#nextMs += WINDOW_MS) {
      if (!this.#isReported(this.#nextMs + WINDOW_MS, nowMs)) break;
      this.#add(this.#nextMs, this.#read(this.#nextMs));
    }
    return this.#nextMs > before;
  }

  /** What is known of each requirement, in the order in which designs state them. */
  statuses(): readonly RequirementStatus[] {
    const recent = new WindowTally(this.#boundsMs);
    for (const tally of this.#recent) recent.add(tally);
    return this.#requirements.map((requirement, at) => this.#statusOf(requirement, at, recent));
  }

  /** Whether every edge has told of the time up to here. */
  #isReported(endMs: number, nowMs: number): boolean {
    if (nowMs - endMs >= PATIENCE_MS) return true;
    const { reader, edges } = this.#options;
    return edges.every((part) => (reader.reportedUntilMs({ name: SERVED, part }) ?? 0) >= endMs);
  }

  #read(fromMs: number): WindowTally {
    const { reader, edges } = this.#options;
    const tally = new WindowTally(this.#boundsMs);
    const stretch = { fromMs, toMs: fromMs + WINDOW_MS };
    tally.lengthMs = WINDOW_MS;
    for (const part of edges) {
      const of = { name: SERVED, part };
      const reading = reader.histogram(of, stretch.fromMs, stretch.toMs);
      if (!reading || reading.count <= 0) continue;
      const failed = failuresBy(reader, of, "part", stretch, "server").get(part) ?? 0;
      tally.buckets.addReading(reading);
      tally.requests += reading.count;
      tally.failed += Math.min(reading.count, failed);
    }
    return tally;
  }

  #add(fromMs: number, tally: WindowTally): void {
    this.#run.add(tally);
    this.#recent.push(tally);
    if (this.#recent.length > WINDOWS_RECENT) this.#recent.shift();
    const asked = (tally.requests * 1_000) / WINDOW_MS;
    const answered = ((tally.requests - tally.failed) * 1_000) / WINDOW_MS;
    if (tally.requests > 0) {
      this.#mostAnswered = Math.max(this.#mostAnswered ?? 0, answered);
      this.#mostAsked = Math.max(this.#mostAsked, asked);
    }
    this.#windows.push({
      requests: tally.requests,
      bad: this.#requirements.map((requirement) => badIn(requirement, tally)),
      shown: this.#requirements.map((requirement) => {
        const measured = requirement.measured(tally);
        const state = stateOf(requirement, measured, asked);
        return { fromMs, state, ...(measured === undefined ? {} : { measured }) };
      }),
    });
    if (this.#windows.length > WINDOWS_MAX) this.#windows.shift();
  }

  #statusOf(requirement: Requirement, at: number, recent: WindowTally): RequirementStatus {
    const { id, title, unit, required, bound } = requirement;
    const isTraffic = id === "traffic";
    const measured = isTraffic ? this.#mostAnswered : requirement.measured(this.#run);
    const now = requirement.measured(recent);
    const predicted = this.#options.predicted?.get(id);
    const state = stateOf(requirement, measured, this.#mostAsked);
    const budget = this.#budgetOf(requirement, at);
    return {
      id,
      title,
      unit,
      required,
      bound,
      ...(predicted === undefined ? {} : { predicted }),
      ...(measured === undefined ? {} : { measured }),
      ...(now === undefined ? {} : { recent: now }),
      state,
      sentence: sentenceOf({ id, required, measured, requests: this.#run.requests, state }),
      windows: this.#windows.flatMap(({ shown }) => shown[at] ?? []),
      windowMs: WINDOW_MS,
      ...(budget ? { budget } : {}),
    };
  }

  #budgetOf(requirement: Requirement, at: number): ErrorBudget | undefined {
    const { allowedShare } = requirement;
    if (allowedShare === undefined || allowedShare <= 0) return undefined;
    const { requests } = this.#run;
    const bad = badIn(requirement, this.#run);
    return {
      allowedShare,
      requests,
      bad,
      remaining: requests > 0 ? 1 - bad / (allowedShare * requests) : 1,
      burn5m: this.#burn(at, allowedShare, WINDOWS_5_MINUTES),
      burn1h: this.#burn(at, allowedShare, WINDOWS_MAX),
    };
  }

  #burn(at: number, allowedShare: number, windows: number): number {
    let requests = 0;
    let bad = 0;
    for (const window of this.#windows.slice(-windows)) {
      requests += window.requests;
      bad += window.bad[at] ?? 0;
    }
    return requests > 0 ? bad / requests / allowedShare : 0;
  }
}

/** What is kept of a window: per requirement, how many were bad, and what is shown. */
interface Window {
  readonly requests: number;
  readonly bad: readonly number[];
  readonly shown: readonly RequirementWindow[];
}

const SERVED = "http.server.request.duration";

/** How many were bad. Requests that a window shares with its neighbour are parts of one, whose sum leaves crumbs. */
function badIn(requirement: Requirement, tally: WindowTally): number {
  return Math.round(requirement.bad(tally) * 1_000) / 1_000;
}

/** `asked` is what was offered, in requests per second: too little of it proves nothing of the peak. */
function stateOf(
  { id, required, bound }: Requirement,
  measured: number | undefined,
  asked: number,
): RequirementStatus["state"] {
  if (measured === undefined) return "unknown";
  if (bound === "at-most" ? measured <= required : measured >= required) return "met";
  return id === "traffic" && asked < required ? "unknown" : "not-met";
}
