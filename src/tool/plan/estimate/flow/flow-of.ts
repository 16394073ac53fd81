import type { LatencyPercentiles } from "../../plan-answer.ts";
import type { Call, ResolvedSystem, Stay } from "../../resolved-model.ts";
import { answeredShare, eitherOf, type Outcome } from "../../theory/path/outcome.ts";
import { meanSeconds, percentileSeconds, shareAbove } from "../../theory/path/response-time.ts";
import { capacityOf } from "./capacity.ts";
import { type AttemptMeans, type Demands, demandsOf, type Way, type Ways, waysOf } from "./demands.ts";
import type { ClassFlow, Flow, PartFlow } from "./flow.ts";
import { serviceLaw } from "./service-law.ts";
import { type Station, type Stations, stationsOf } from "./stations.ts";
import { utilisationFormula } from "./utilisation-formula.ts";
import { WayTimes } from "./way-time.ts";

/** Rounds in which attempts and the load that they make agree. Where they do not, they only end when parts are full. */
const ROUNDS_MAX = 30;
const AGREED = 1e-4;

/**
 * How a system's requests flow at `scale` (0 or more) times its peak. Requests come at random times and find each part as it is on average,
 * independently of the others; times are composed along the ways, and calls that are tried again add to the load, which is the least at which
 * both agree. Breakers, shedding, scaling and what requests of one key share are for a simulation. Pure.
 */
export function flowOf(resolved: ResolvedSystem, scale = 1): Flow {
  const ways = waysOf(resolved);
  const { demands, stations, times } = agreed(ways, scale);
  const byName = new Map(stations.parts.map((station) => [station.demand.part.name, station]));
  const outcomes = ways.classes.map(({ requests }) => times.whole(requests.way));
  const capacity = capacityOf(resolved);
  return {
    scale,
    perSecond: demands.perSecond,
    classes: ways.classes.map((way, n) =>
      classFlow(way, outcomes[n] as Outcome, way.requests.peakPerSecond * scale, { byName, demands }),
    ),
    all: percentilesOf(mixed(ways, outcomes)),
    parts: stations.parts.map((station) => partFlow(station, capacity.get(station.demand.part.name))),
  };
}

interface Agreed {
  readonly demands: Demands;
  readonly stations: Stations;
  readonly times: WayTimes;
}

function agreed(ways: Ways, scale: number): Agreed {
  let attempts: AttemptMeans = new Map();
  for (let round = 1; ; round++) {
    const demands = demandsOf(ways, scale, attempts);
    const stations = stationsOf(ways.resolved.here, demands);
    const rates = perSecondByStay(ways, scale, demands);
    const times = new WayTimes({
      ...stations,
      stations: new Map(stations.parts.map((station) => [station.demand.part.name, station])),
      perSecondAt: (stay) => rates.get(stay) ?? 0,
    });
    for (const { requests } of ways.classes) times.outcome(requests.way);
    if (round === ROUNDS_MAX || !isMore(times.attempts, attempts)) return { demands, stations, times };
    attempts = more(times.attempts, attempts);
  }
}

/** Attempts only grow from round to round, so that what is found is the least load at which all agree. */
function more(one: AttemptMeans, other: AttemptMeans): AttemptMeans {
  const most = new Map<Call, number>(other);
  for (const [call, mean] of one) most.set(call, Math.max(mean, other.get(call) ?? 1));
  return most;
}

function isMore(one: AttemptMeans, other: AttemptMeans): boolean {
  for (const [call, mean] of one) if (mean > (other.get(call) ?? 1) * (1 + AGREED)) return true;
  return false;
}

function perSecondByStay({ classes }: Ways, scale: number, { visits }: Demands): ReadonlyMap<Stay, number> {
  const rates = new Map<Stay, number>();
  for (const { requests, stays } of classes) {
    for (const stay of stays) {
      rates.set(stay, (rates.get(stay) ?? 0) + requests.peakPerSecond * scale * (visits.get(stay) ?? 0));
    }
  }
  return rates;
}

/** All classes by their rates; alike where none comes. */
function mixed({ classes }: Ways, outcomes: readonly Outcome[]): Outcome {
  const total = classes.reduce((sum, { requests }) => sum + requests.peakPerSecond, 0);
  return eitherOf(
    outcomes.map((outcome, n) => ({
      share: total > 0 ? (classes[n]?.requests.peakPerSecond ?? 0) / total : 1 / outcomes.length,
      outcome,
    })),
  );
}

interface Surroundings {
  readonly byName: ReadonlyMap<string, Station>;
  readonly demands: Demands;
}

function classFlow(way: Way, outcome: Outcome, perSecond: number, around: Surroundings): ClassFlow {
  return {
    name: way.requests.name,
    perSecond,
    latencyMs: percentilesOf(outcome),
    unansweredShare: 1 - answeredShare(outcome),
    share: (ms) =>
      outcome.answered === undefined || !(ms >= 0)
        ? 0
        : answeredShare(outcome) *
          (ms === Number.POSITIVE_INFINITY ? 1 : 1 - shareAbove(outcome.answered, ms / 1_000)),
    stays: staysOf(way.requests.way, around),
  };
}

/** What is never answered takes longer than all that is: at its ranks times are Infinity. */
function percentilesOf(outcome: Outcome): LatencyPercentiles {
  const { answered, stuckShare } = outcome;
  const share = answeredShare(outcome);
  const at = (rank: number) =>
    answered === undefined || rank >= share
      ? Number.POSITIVE_INFINITY
      : percentileSeconds(answered, Math.min(rank / share, 1 - 1e-9)) * 1_000;
  return {
    mean: answered === undefined || stuckShare > 0 ? Number.POSITIVE_INFINITY : meanSeconds(answered) * 1_000,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
  };
}

/** In the order in which they are come to, each once; without those that nobody waits for. */
function staysOf(way: Stay, { byName, demands }: Surroundings): ClassFlow["stays"] {
  const done = new Set<Stay>();
  const stays: ClassFlow["stays"][number][] = [];
  const visit = (stay: Stay, depth: number): void => {
    if (done.has(stay)) return;
    done.add(stay);
    const station = byName.get(stay.part);
    const ownMs = serviceLaw(stay.time).mean * 1_000;
    const ms = station === undefined ? ownMs : ownMs + meanWait(station) * 1_000;
    stays.push({ part: stay.part, depth, ms, visits: demands.visits.get(stay) ?? 0 });
    for (const { to, detached } of stay.calls) if (!detached) visit(to, depth + 1);
  };
  visit(way, 0);
  return stays;
}

/** For a place and a processor, waking up included. */
function meanWait({ wait, turnSeconds, processorSeconds }: Station): number {
  if (wait.isFull) return Number.POSITIVE_INFINITY;
  return wait.probability * wait.meanSeconds + processorSeconds + turnSeconds;
}

function partFlow(station: Station, capacity: number | undefined): PartFlow {
  const { demand, utilisation } = station;
  const { part, stays, perSecond } = demand;
  const waitMs = meanWait(station) * 1_000;
  const own = stays.reduce((sum, stay) => sum + stay.perSecond * stay.service.mean, 0);
  const ownMs = perSecond > 0 ? (own / perSecond) * 1_000 : 0;
  return {
    name: part.name,
    perSecond,
    utilisation,
    meanWaitMs: waitMs,
    meanStayMs: waitMs + ownMs,
    busyPlaces: Math.min(1, utilisation) * part.replicas * part.places,
    saturatedAtPerSecond: capacity ?? Number.POSITIVE_INFINITY,
    filled: utilisationFormula(part, { perSecond, ownMs, utilisation }),
  };
}
