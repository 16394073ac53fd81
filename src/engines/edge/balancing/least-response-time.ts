import type { Random } from "../../../blocks/time/index.ts";
import type { Balancer, Candidate, Draw } from "./balancer.ts";
import { Lots } from "./lots.ts";
import { carriedOver, Roster } from "./roster.ts";

/** What a failure counts as at least: a member that fails at once must not look like the fastest. */
const FAILURE_MS = 1_000;

/** Times below this are alike: what is under way decides between members that answer at once. */
const FLOOR_MS = 0.01;

/** The cost of each request under way at a member that has not answered any: more than any member that has. */
const UNKNOWN_MS = 1e9;

/** Costs that are less than a twentieth apart say nothing: weights decide between such members. */
const ALIKE = 0.95;

/**
 * Least response time, by Finagle's "peak EWMA": a member costs its average time to an answer, times one and what is
 * under way there for its weight. The average moves by time, not by count, and only downwards: a slower answer than the
 * average takes its place at once, and is forgotten by a factor of e every `decayMs`, with answers (towards their time)
 * and without (towards nothing, so that a member that was slow is tried again, after about decayMs · ln(slow / fast)).
 *
 * Decides over two members drawn by lot, not over all: the best of all would get every request until its answers show
 * what that does to it, and from all edges at once; of two, the worse of any pair is still spared. Lots fall by weight.
 * A member that has not answered yet costs nothing while it is idle and more than any other while it is not: it is
 * tried, one request at a time. Pure.
 */
export class LeastResponseTime<Member extends Candidate> implements Balancer<Member> {
  readonly #decayMs: number;
  readonly #roster = new Roster<Member>();
  readonly #lots: Lots<Member>;
  readonly #places = new Map<Member, number>();
  /** The average, as of `#sinceMs`; 0: unknown. */
  #averagesMs = new Float64Array(0);
  #sinceMs = new Float64Array(0);
  /** Weights count beside this one, so that they mean the same whether they are 1 or 100 all over. */
  #meanWeight = 1;

  /** `decayMs`: above 0; default 10,000. */
  constructor(random: Random, options: { decayMs?: number | undefined } = {}) {
    this.#decayMs = options.decayMs ?? 10_000;
    this.#lots = new Lots(this.#roster, random);
  }

  replace(members: readonly Member[]): void {
    const before = this.#roster.members;
    this.#averagesMs = carriedOver(before, members, this.#averagesMs);
    this.#sinceMs = carriedOver(before, members, this.#sinceMs);
    this.#places.clear();
    for (let at = 0; at < members.length; at++) {
      const member = members[at];
      if (member) this.#places.set(member, at);
    }
    this.#roster.replace(members);
    this.#lots.prepare();
    let total = 0;
    for (const weight of this.#roster.ownWeights) total += weight;
    this.#meanWeight = total / members.length;
  }

  pick({ nowMs }: Draw, tried?: readonly Member[]): Member | undefined {
    const roster = this.#roster;
    roster.begin(tried);
    for (;;) {
      const at = this.#lots.lesserOfTwo(nowMs, this.#cost, ALIKE);
      const member = roster.members[at];
      if (!member || member.admit(nowMs)) return member;
      roster.ruleOut(at);
    }
  }

  answered(member: Member, elapsedMs: number, nowMs: number, failed = false): void {
    const at = this.#places.get(member);
    if (at === undefined) return;
    const timeMs = Math.max(elapsedMs, failed ? FAILURE_MS : FLOOR_MS);
    const averageMs = this.#averagesMs[at] ?? 0;
    const kept = Math.exp(-Math.max(0, nowMs - (this.#sinceMs[at] ?? 0)) / this.#decayMs);
    this.#averagesMs[at] = timeMs > averageMs ? timeMs : averageMs * kept + timeMs * (1 - kept);
    this.#sinceMs[at] = nowMs;
  }

  readonly #cost = (at: number, nowMs: number): number => {
    const inFlight = this.#roster.members[at]?.inFlight ?? 0;
    const load = (inFlight * this.#meanWeight) / this.#roster.weightAt(at, nowMs);
    const averageMs = this.#averagesMs[at] ?? 0;
    if (averageMs === 0) return load * UNKNOWN_MS;
    const ageMs = Math.max(0, nowMs - (this.#sinceMs[at] ?? 0));
    return Math.max(FLOOR_MS, averageMs * Math.exp(-ageMs / this.#decayMs)) * (load + 1);
  };
}
