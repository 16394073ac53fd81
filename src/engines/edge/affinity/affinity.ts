import type { Clock } from "../../../blocks/time/index.ts";
import type { Candidate } from "../balancing/balancer.ts";
import type { RequestFacts } from "../balancing/request-facts.ts";

/**
 * Keeps clients with the members that they were given. It is asked before the balancer, which chooses when it names
 * nobody. A member that is merely busy, or beyond a balancer's bound, keeps its clients; one that is gone, refuses or
 * was tried does not.
 */
export interface Affinity<Member extends Candidate> {
  /**
   * The member that a request's client belongs to, if it can be used: asking may be a trial, as with
   * `Candidate.admit`. `nowMs` is monotonic. Pass the same list as long as the members are the same: each new one is
   * looked through once.
   */
  endpointFor(
    facts: RequestFacts,
    members: readonly Member[],
    nowMs: number,
    tried?: readonly Member[],
  ): Member | undefined;
  /**
   * The value of the `Set-Cookie` to add to a member's answer, so that the client comes back to it. Undefined when
   * that needs none: the client has a good one, or no cookie is involved.
   */
  setCookieFor(member: Member, facts: RequestFacts): string | undefined;
}

/** What an affinity has to be given. */
export interface AffinityContext {
  /** The upstream's name: cookies of other upstreams mean nothing to it. */
  readonly upstream: string;
  /** Its wall time dates cookies. */
  readonly clock: Clock;
  /**
   * At least 16 random bytes, which sign cookies when the configuration names no secret: the same in all workers of
   * an edge and after every update, or clients lose their places.
   */
  readonly secret: Uint8Array;
}
