import type { Random } from "../../../../blocks/time/random.ts";
import { PlanError } from "../../errors.ts";
import type { Call, ResolvedClass, ResolvedPart, ServiceTime, Stay } from "../../resolved-model.ts";
import {
  constant,
  type Distribution,
  erlang,
  exponential,
  fromPercentiles,
  hyperexponential,
  logNormal,
  type Streams,
} from "../engine/index.ts";
import { CallGuard, type GuardSettings } from "./call-guard.ts";

/** What is done at a cache. */
export type CacheUse = "read" | "put" | "remove";

/** A stay as it is simulated: what is looked up and worked out once is there. */
export interface StayPlan {
  /** The part's number. */
  readonly part: number;
  readonly time: Distribution;
  readonly random: Random;
  readonly cpuShare: number;
  /** In how many its own work is done, on average: before the first of its calls, and after each. 1 where it is all done before. */
  readonly pieces: number;
  /** Calls at the same time, stage after stage. */
  readonly stages: readonly (readonly CallPlan[])[];
}

/** A call likewise. */
export interface CallPlan {
  readonly to: StayPlan;
  /** Whole times, and the chance of one more. */
  readonly times: number;
  readonly oneMore: number;
  readonly share: number;
  readonly lots: Random;
  /** The bit of the cache on whose miss it depends; 0 for none. */
  readonly onMiss: number;
  /** What it does where it goes to a cache. */
  readonly cacheUse: CacheUse | undefined;
  /** The bit of the cache that it reads; 0 for none. */
  readonly reads: number;
  /** The numbers of caches that hold what it brought from then on. */
  readonly fills: readonly number[];
  readonly networkMs: number;
  /** `Infinity` for none. */
  readonly timeoutMs: number;
  readonly optional: boolean;
  readonly detached: boolean;
  /** Whether who is too late has failed, in the eyes of those who choose among the replicas: only where an edge itself waits, not where its client leaves. */
  readonly blames: boolean;
  /** The number of what guards it, among the guards of the caller's replicas. */
  readonly guard: number;
}

/** A class likewise. */
export interface ClassPlan {
  readonly name: string;
  readonly number: number;
  /** The call by which clients come in. */
  readonly entry: CallPlan;
  readonly requests: ResolvedClass;
}

/** Kinds of guards, each once, that callers make for themselves when they need them. */
export interface GuardList {
  readonly settings: GuardSettings[];
  readonly numbers: Map<string, number>;
}

/** Caches that one stay may read: as many bits as are kept of them. */
const CACHES_MAX = 30;

/** Prepares the ways of classes. `guards` takes up what guards their calls. Pure. */
export class Planner {
  readonly guards: GuardList = { settings: [], numbers: new Map() };
  readonly #parts: readonly ResolvedPart[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #streams: Streams;
  readonly #inPieces: boolean;

  /** `inPieces`: whether the work of a stay is done bit by bit, between its calls. */
  constructor(parts: readonly ResolvedPart[], streams: Streams, inPieces: boolean) {
    this.#inPieces = inPieces;
    this.#parts = parts;
    this.#numbers = new Map(parts.map(({ name }, number) => [name, number]));
    this.#streams = streams;
  }

  class(requests: ResolvedClass, number: number): ClassPlan {
    const known = new Map<Stay, StayPlan>();
    const to = this.#stay(requests.way, requests, known);
    const entry: CallPlan = {
      to,
      times: 1,
      oneMore: 0,
      share: 1,
      lots: to.random,
      onMiss: 0,
      cacheUse: this.#part(to.part).kind === "cache" ? useOf(requests) : undefined,
      reads: 0,
      fills: [],
      networkMs: 0,
      timeoutMs: Number.POSITIVE_INFINITY,
      optional: false,
      detached: false,
      blames: false,
      guard: -1,
    };
    return { name: requests.name, number, entry, requests };
  }

  #stay(stay: Stay, requests: ResolvedClass, known: Map<Stay, StayPlan>): StayPlan {
    const before = known.get(stay);
    if (before) return before;
    const part = this.#numberOf(stay.part);
    const streams = this.#streams.within(`${requests.name} at ${stay.part}`);
    const bits = new Map<string, number>();
    const puts = new Set<string>();
    for (const { to, onMissOf } of stay.calls) {
      if (onMissOf === to.part) puts.add(to.part);
      if (onMissOf !== undefined && !bits.has(onMissOf)) {
        if (bits.size === CACHES_MAX) {
          throw new PlanError("BAD_SETTING", `${stay.part} reads more than ${CACHES_MAX} caches`);
        }
        bits.set(onMissOf, 2 ** bits.size);
      }
    }
    const calls = stay.calls.map((call, at) => {
      const to = this.#stay(call.to, requests, known);
      return this.#call(call, to, {
        requests,
        streams,
        bits,
        puts,
        at,
        blames: this.#part(part).kind === "edge",
      });
    });
    const stages = stagesOf(stay.calls, calls);
    const plan: StayPlan = {
      part,
      time: timeOf(stay.time),
      random: streams.of("service"),
      cpuShare: stay.time.cpuShare,
      pieces: this.#inPieces ? 1 + stages.reduce((sum, stage) => sum + chanceOf(stage), 0) : 1,
      stages,
    };
    known.set(stay, plan);
    return plan;
  }

  #call(
    call: Call,
    to: StayPlan,
    context: {
      readonly requests: ResolvedClass;
      readonly streams: Streams;
      readonly bits: ReadonlyMap<string, number>;
      readonly puts: ReadonlySet<string>;
      readonly at: number;
      readonly blames: boolean;
    },
  ): CallPlan {
    const { requests, streams, bits, puts, at, blames } = context;
    const { onMissOf } = call;
    const part = this.#part(to.part);
    const isPut = onMissOf === part.name;
    const cacheUse = part.kind !== "cache" ? undefined : isPut ? "put" : useOf(requests);
    return {
      to,
      times: Math.floor(call.times),
      oneMore: call.times - Math.floor(call.times),
      share: call.share,
      lots: streams.of(`call ${at} of ${part.name}`),
      onMiss: (onMissOf !== undefined && bits.get(onMissOf)) || 0,
      cacheUse,
      reads: (cacheUse === "read" && bits.get(part.name)) || 0,
      fills:
        onMissOf !== undefined && part.kind !== "cache" && !puts.has(onMissOf)
          ? [this.#numberOf(onMissOf)]
          : [],
      networkMs: call.networkMs,
      timeoutMs: call.timeoutMs ?? Number.POSITIVE_INFINITY,
      optional: call.optional === true,
      detached: call.detached === true,
      blames,
      guard: this.#guard(call, part),
    };
  }

  #guard(call: Call, part: ResolvedPart): number {
    const { retries, budget, budgetOf, backoff, hedge, singleFlight } = call;
    const breaker = call.breaker ?? part.upstream?.breaker;
    const settings: GuardSettings = {
      retries,
      budget,
      ...(budgetOf && { budgetOf }),
      ...(backoff && { backoff }),
      ...(breaker && { breaker }),
      ...(hedge && { hedge }),
      ...(singleFlight && { singleFlight }),
    };
    const name = JSON.stringify([part.name, settings]);
    const { settings: all, numbers } = this.guards;
    let number = numbers.get(name);
    if (number === undefined) {
      // Each caller makes its own when it first calls; what is out of its range is said before the run.
      new CallGuard(settings);
      number = all.push(settings) - 1;
      numbers.set(name, number);
    }
    return number;
  }

  #numberOf(name: string): number {
    const number = this.#numbers.get(name);
    if (number === undefined) throw new PlanError("UNKNOWN_SETTING", `the design has no part ${name}`);
    return number;
  }

  #part(number: number): ResolvedPart {
    const part = this.#parts[number];
    if (!part) throw new RangeError(`there is no part ${number}`);
    return part;
  }
}

function useOf({ kind }: ResolvedClass): CacheUse {
  return kind === "read" ? "read" : "remove";
}

/** Calls of one group are made when the first of them is. */
function stagesOf(calls: readonly Call[], plans: readonly CallPlan[]): readonly (readonly CallPlan[])[] {
  const stages: CallPlan[][] = [];
  const groups = new Map<string, CallPlan[]>();
  for (const [at, { group }] of calls.entries()) {
    const plan = plans[at];
    if (!plan) continue;
    const together = group === undefined ? undefined : groups.get(group);
    if (together) {
      together.push(plan);
      continue;
    }
    const stage = [plan];
    stages.push(stage);
    if (group !== undefined) groups.set(group, stage);
  }
  return stages;
}

/** That any call of a stage is made and waited for, where each is made or not on its own. */
function chanceOf(stage: readonly CallPlan[]): number {
  return 1 - stage.reduce((none, { share, detached }) => none * (detached ? 1 : 1 - share), 1);
}

/** A spread below this is none. */
const SPREAD_LEAST = 1e-6;

/**
 * How a service time varies, in milliseconds: as measured where there are percentiles, brought to the mean that is told; else what such a spread
 * looks like: below 1 Erlang's law where a whole number of phases has it, exponential at 1, else log-normal.
 */
export function timeOf({ meanMs, spread, percentiles }: ServiceTime): Distribution {
  if (percentiles && percentiles.length > 0) {
    const measured = fromPercentiles(percentiles.map(({ rank, ms }) => ({ percent: rank * 100, value: ms })));
    return measured.mean > 0 && meanMs > 0 ? new Scaled(measured, meanMs / measured.mean) : measured;
  }
  if (!(meanMs > 0) || spread < SPREAD_LEAST) return constant(Math.max(0, meanMs));
  if (spread === 1) return exponential(meanMs);
  const phases = Math.round(1 / spread ** 2);
  if (spread < 1 && phases <= PHASES_MAX && Math.abs(1 / spread ** 2 - phases) < PHASES_OFF)
    return erlang(meanMs, phases);
  return spread < SPREAD_WILD
    ? logNormal({ mean: meanMs, variation: spread })
    : hyperexponential(meanMs, spread);
}

/** Each draw of Erlang's law takes as many numbers. */
const PHASES_MAX = 16;
/** People write 0.71 for the root of a half. */
const PHASES_OFF = 0.05;
/** Beyond it a log-normal law has its mean from values that no run ever draws. */
const SPREAD_WILD = 10;

class Scaled implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly #of: Distribution;
  readonly #factor: number;

  constructor(of: Distribution, factor: number) {
    this.#of = of;
    this.#factor = factor;
    this.mean = of.mean * factor;
    this.variance = of.variance * factor * factor;
  }

  draw(random: Random): number {
    return this.#of.draw(random) * this.#factor;
  }
}
