import type { Call, Stay } from "../../resolved-model.ts";
import { budgetedShare, hedged, withRetries, withTimeout } from "../../theory/path/attempts.ts";
import { constantTime, timeOfPercentiles } from "../../theory/path/laws.ts";
import {
  AT_ONCE,
  answeredAfter,
  eitherOf,
  failedAfter,
  forgiven,
  inShare,
  NEVER,
  type Outcome,
  repeated,
  then,
  together,
} from "../../theory/path/outcome.ts";
import { percentileSeconds, type ResponseTime } from "../../theory/path/response-time.ts";
import { inSequence } from "../../theory/path/sequence.ts";
import { constantLaw, serviceLaw } from "./service-law.ts";
import type { MachineLoad, Station } from "./stations.ts";
import { exponentialWait, stayTime } from "./stay-time.ts";

/** What the ways lead through. */
export interface Passage {
  readonly stations: ReadonlyMap<string, Station>;
  readonly machine?: MachineLoad;
  /** Requests per second that come to each stay. */
  readonly perSecondAt: (stay: Stay) => number;
}

const REFUSED = failedAfter(constantTime(0));

/**
 * Composes the times of stays along the ways through a system: calls one after the other or at once, those behind a cache together on a
 * miss, with timeouts and attempts. A stay that several calls lead to is worked out once. Times are seconds. Pure.
 */
export class WayTimes {
  /** Attempts per call, hedges among them, where they are more than 1. */
  readonly attempts = new Map<Call, number>();
  readonly #passage: Passage;
  readonly #outcomes = new Map<Stay, Outcome>();

  constructor(passage: Passage) {
    this.#passage = passage;
  }

  /** From when a client makes a request until it has read the answer. */
  whole(first: Stay): Outcome {
    const { machine } = this.#passage;
    const way = this.outcome(first);
    if (machine === undefined) return way;
    const wait = exponentialWait(machine.probability, machine.meanSeconds);
    const served = wait === undefined ? way : then(answeredAfter(wait), way);
    const { client } = machine;
    if (client === undefined) return served;
    const time = stayTime(client.wait, constantLaw(client.serviceSeconds), client.turnSeconds);
    return time === undefined ? NEVER : then(answeredAfter(inSequence(time, time)), served);
  }

  /** From when a request comes to a stay until it is answered. */
  outcome(stay: Stay): Outcome {
    let outcome = this.#outcomes.get(stay);
    if (outcome === undefined) {
      outcome = then(this.#own(stay), this.#calls(stay, [], 1));
      this.#outcomes.set(stay, outcome);
    }
    return outcome;
  }

  #own(stay: Stay): Outcome {
    const station = this.#passage.stations.get(stay.part);
    const service = serviceLaw(stay.time);
    if (station === undefined) return answeredAfter(service.time);
    const time = stayTime(station.wait, service, station.turnSeconds);
    if (time === undefined) return NEVER;
    const { lostShare } = station.wait;
    return eitherOf([
      { share: 1 - lostShare, outcome: answeredAfter(time) },
      { share: lostShare, outcome: REFUSED },
    ]);
  }

  /** Calls that are made on the miss of the last of those caches, or whatever caches say, which is so in that share of requests. */
  #calls(stay: Stay, missed: readonly string[], share: number): Outcome {
    const stages = new Map<string | Call, Call[]>();
    for (const call of stay.calls) {
      if (call.detached || missOf(stay, call) !== missed.at(-1) || call.share <= 0 || call.times <= 0)
        continue;
      const stage = call.group ?? call;
      const others = stages.get(stage);
      if (others === undefined) stages.set(stage, [call]);
      else others.push(call);
    }
    let all = AT_ONCE;
    for (const calls of stages.values()) {
      all = then(
        all,
        together(calls.map((call) => inShare(Math.min(1, call.share / share), this.#call(stay, call)))),
      );
      for (const { to } of calls) {
        // What was missing is put into caches that have been asked.
        if (missed.includes(to.part)) continue;
        const missShare = missShareOf(stay, to.part);
        if (missShare > 0)
          all = then(
            all,
            inShare(Math.min(1, missShare / share), this.#calls(stay, [...missed, to.part], missShare)),
          );
      }
    }
    return all;
  }

  #call(caller: Stay, call: Call): Outcome {
    const { to, times, retries, timeoutMs, networkMs, optional } = call;
    let outcome = this.outcome(to);
    if (networkMs > 0) outcome = then(answeredAfter(constantTime(networkMs / 1_000)), outcome);
    let extra = 0;
    if (call.hedge !== undefined && outcome.answered !== undefined) {
      const twice = hedged(outcome.answered, hedgeAfter(call.hedge, outcome.answered));
      outcome = { ...outcome, answered: twice.time };
      extra = twice.extraShare;
    }
    if (timeoutMs !== undefined && timeoutMs !== Number.POSITIVE_INFINITY)
      outcome = withTimeout(outcome, timeoutMs / 1_000);
    let mean = 1;
    if (retries > 0 && outcome.failed !== undefined) {
      const tried = withRetries(outcome, pausesOf(call), this.#retriedShare(caller, call, outcome));
      outcome = tried.outcome;
      mean = tried.mean;
    }
    if (mean + extra > 1) this.attempts.set(call, mean + extra);
    outcome = repeated(outcome, times);
    return optional ? forgiven(outcome) : outcome;
  }

  #retriedShare(caller: Stay, call: Call, { failedShare }: Outcome): number {
    if (!call.budget) return 1;
    const { ratio = 0.2, minPerSecond = 10 } = call.budgetOf ?? {};
    const callsPerSecond = this.#passage.perSecondAt(caller) * call.times * call.share;
    const replicas = this.#passage.stations.get(caller.part)?.demand.part.replicas ?? 1;
    const least = callsPerSecond > 0 ? (minPerSecond * replicas) / callsPerSecond : Number.POSITIVE_INFINITY;
    return budgetedShare(failedShare, call.retries, ratio + least);
  }
}

/** The cache on whose miss a call is made, if it is asked here. */
function missOf(stay: Stay, { onMissOf }: Call): string | undefined {
  if (onMissOf === undefined) return undefined;
  const asks = stay.calls.some(
    ({ to, onMissOf: other, detached }) => to.part === onMissOf && other !== onMissOf && !detached,
  );
  return asks ? onMissOf : undefined;
}

/** The share of requests in which a cache that is asked here has not got it. */
function missShareOf(stay: Stay, cache: string): number {
  return stay.calls.reduce(
    (most, { onMissOf, share, detached }) =>
      onMissOf === cache && !detached ? Math.max(most, Math.min(1, share)) : most,
    0,
  );
}

const AT_MOST_RETRIES = 100;

/** The pauses before each attempt after the first, spread as the back-off draws them. */
function pausesOf({ backoff, retries }: Call): readonly ResponseTime[] {
  const count = Math.min(AT_MOST_RETRIES, Math.floor(retries));
  if (backoff === undefined) return Array.from({ length: count }, () => NO_PAUSE);
  const { firstMs = 100, factor = 2, maxMs = 10_000, jitter = "full" } = backoff;
  return Array.from({ length: count }, (_, n) => {
    const most = Math.min(maxMs, firstMs * Math.min(factor ** n, Number.MAX_VALUE)) / 1_000;
    if (most === 0) return NO_PAUSE;
    if (jitter === "none") return constantTime(most);
    const least = jitter === "full" ? 0 : jitter === "equal" ? most / 2 : firstMs / 1_000;
    return timeOfPercentiles([
      { rank: 0, seconds: Math.min(least, most) },
      { rank: 1, seconds: most },
    ]);
  });
}

const NO_PAUSE = constantTime(0);

function hedgeAfter({ after = {} }: NonNullable<Call["hedge"]>, time: ResponseTime): number {
  if (typeof after === "number") return after / 1_000;
  const { percentile = 0.95, atLeastMs = 5 } = after;
  return Math.max(atLeastMs / 1_000, percentileSeconds(time, percentile));
}
