import { requireNotNegative, requirePositive, requireShare, requireWhole } from "../numerics/ranges.ts";
import { findRoot } from "../numerics/root.ts";

/**
 * Erlang's formulas for Poisson arrivals and c servers (A. K. Erlang, "Solution of some Problems in the Theory of
 * Probabilities of Significance in Automatic Telephone Exchanges", 1917). Service times of any law for B, exponential ones
 * for C. Load is in Erlangs: arrivals per second times mean service in seconds. Pure.
 */

/** Servers up to which formulas are worked out and searched. */
export const SERVERS_MAX = 1_000_000;

/**
 * Erlang B: the share of arrivals that find all of `servers` (0 to 1,000,000) busy and are lost. By the recursion
 * B(n) = a B(n-1) / (n + a B(n-1)), which has no factorials to overflow and loses no digits (Jagerman, "Some Properties
 * of the Erlang Loss Function", 1974).
 *
 * @throws RangeError outside those ranges.
 */
export function erlangB(offeredErlangs: number, servers: number): number {
  requireNotNegative("the offered load", offeredErlangs);
  requireWhole("the number of servers", servers, 0, SERVERS_MAX);
  let blocking = 1;
  for (let n = 1; n <= servers; n++) blocking = nextBlocking(blocking, offeredErlangs, n);
  return blocking;
}

/**
 * Erlang C: the share of arrivals that have to wait when none are lost; 1 when the load is not below the servers.
 * C = B / (1 - ρ (1 - B)).
 *
 * @throws RangeError outside the ranges of `erlangB`, or without a server.
 */
export function erlangC(offeredErlangs: number, servers: number): number {
  requireWhole("the number of servers", servers, 1, SERVERS_MAX);
  if (offeredErlangs >= servers) return 1;
  return waitFromBlocking(erlangB(offeredErlangs, servers), offeredErlangs / servers);
}

/**
 * The fewest servers that lose at most `blocking` (above 0 to 1) of the arrivals.
 *
 * @throws RangeError for another share or load, or when 1,000,000 servers do not suffice.
 */
export function serversForBlocking(offeredErlangs: number, blocking: number): number {
  requireNotNegative("the offered load", offeredErlangs);
  requirePositive("the blocking", blocking);
  requireShare("the blocking", blocking);
  return firstServers(offeredErlangs, (b) => b <= blocking);
}

/**
 * The fewest servers of whose arrivals at most the share `waiting` (above 0 to 1) has to wait.
 *
 * @throws RangeError as `serversForBlocking`.
 */
export function serversForWaiting(offeredErlangs: number, waiting: number): number {
  requireNotNegative("the offered load", offeredErlangs);
  requirePositive("the share that waits", waiting);
  requireShare("the share that waits", waiting);
  return firstServers(
    offeredErlangs,
    (b, n) => n > offeredErlangs && waitFromBlocking(b, offeredErlangs / n) <= waiting,
  );
}

/** What is to hold: at most `share` of the arrivals wait for longer than `waitSeconds`. */
export interface WaitGoal {
  readonly arrivalsPerSecond: number;
  readonly serviceSeconds: number;
  /** 0 or more. */
  readonly waitSeconds: number;
  /** Above 0 to 1: 0.2 for the call centre's "80 % within 20 seconds". */
  readonly share: number;
}

/**
 * The fewest servers that keep the goal, for exponential service: P(W > t) = C e^(-(c - a) t / E[S]).
 *
 * @throws RangeError for numbers outside their ranges, or when 1,000,000 servers do not suffice.
 */
export function serversForWait(goal: WaitGoal): number {
  requireNotNegative("the arrival rate", goal.arrivalsPerSecond);
  requirePositive("the service time", goal.serviceSeconds);
  requireNotNegative("the wait", goal.waitSeconds);
  requirePositive("the share that waits longer", goal.share);
  requireShare("the share that waits longer", goal.share);
  const offered = goal.arrivalsPerSecond * goal.serviceSeconds;
  const services = goal.waitSeconds / goal.serviceSeconds;
  return firstServers(
    offered,
    (b, n) =>
      n > offered && waitFromBlocking(b, offered / n) * Math.exp(-(n - offered) * services) <= goal.share,
  );
}

/**
 * The load in Erlangs of which `servers` lose just the share `blocking` (above 0 to below 1): the other way to read a table
 * of Erlang B. To 1e-10 of itself.
 *
 * @throws RangeError for another share, or without a server.
 */
export function loadForBlocking(servers: number, blocking: number): number {
  requireWhole("the number of servers", servers, 1, SERVERS_MAX);
  if (!(blocking > 0 && blocking < 1)) {
    throw new RangeError(`the blocking is above 0 and below 1, not ${blocking}`);
  }
  // Of a load a, no more than the servers can be carried: a (1 - B) < c.
  const most = servers / (1 - blocking) + 1;
  return findRoot((load) => erlangB(load, servers) - blocking, 0, most, 1e-10);
}

/** What becomes of a load when the blocked try again. */
export type RetriedLoad =
  | { readonly stable: true; readonly blocking: number; readonly offeredErlangs: number }
  /** Retries come faster than the servers can take them: nothing short of fewer retries ends it. */
  | { readonly stable: false };

/**
 * Extended Erlang B: of the blocked, the share `recall` (0 to 1) tries again, so that the load a offered in the end solves
 * a = a0 + recall a B(c, a). Retries are taken to come at random times, long after the block (J. Jewett, J. Shrago and B.
 * Yomtov, "Designing Optimal Voice Networks for Businesses, Government, and Telephone Companies", 1980).
 *
 * @throws RangeError outside the ranges of `erlangB`, or for another recall.
 */
export function extendedErlangB(load: {
  readonly firstErlangs: number;
  readonly servers: number;
  readonly recall: number;
}): RetriedLoad {
  requireNotNegative("the offered load", load.firstErlangs);
  requireWhole("the number of servers", load.servers, 1, SERVERS_MAX);
  requireShare("the recall", load.recall);
  const { firstErlangs, servers, recall } = load;
  const excess = (a: number) => a * (1 - recall * erlangB(a, servers)) - firstErlangs;
  if (recall === 1 && firstErlangs >= servers) return { stable: false };
  let high = Math.max(1, firstErlangs);
  // With a recall below 1 the load is at most a0 / (1 - recall); with 1 it is finite below c.
  for (let doublings = 0; excess(high) < 0; doublings++) {
    if (doublings > 60) return { stable: false };
    high *= 2;
  }
  const offeredErlangs = findRoot(excess, firstErlangs, high);
  return { stable: true, blocking: erlangB(offeredErlangs, servers), offeredErlangs };
}

function nextBlocking(blocking: number, offered: number, n: number): number {
  const weighted = offered * blocking;
  return weighted / (n + weighted);
}

/** Erlang C from Erlang B of the same servers. */
function waitFromBlocking(blocking: number, utilisation: number): number {
  return blocking / (1 - utilisation * (1 - blocking));
}

/** The first number of servers, from 1, that suffices, told Erlang B of it. */
function firstServers(offered: number, suffices: (blocking: number, servers: number) => boolean): number {
  let blocking = 1;
  for (let n = 1; n <= SERVERS_MAX; n++) {
    blocking = nextBlocking(blocking, offered, n);
    if (suffices(blocking, n)) return n;
  }
  throw new RangeError(`no number of servers up to ${SERVERS_MAX} suffices for ${offered} Erlangs`);
}
