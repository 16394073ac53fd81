import type { Candidate } from "../balancing/balancer.ts";
import { keyOf } from "../balancing/key-of.ts";
import { Rendezvous } from "../balancing/rendezvous.ts";
import type { RequestFacts } from "../balancing/request-facts.ts";
import type { HashKeyConfig } from "../config/index.ts";
import type { Affinity } from "./affinity.ts";

/**
 * Affinity by what a request shows anyway: its client's address, or a field. Nothing is remembered: a client's member
 * is the first of its ranking (see `Rendezvous`) that can be used. While that one is away, its clients share the same
 * second choice; once it is back, they are too. Requests without the field are the balancer's. Pure.
 */
export class KeyAffinity<Member extends Candidate> implements Affinity<Member> {
  readonly #key: HashKeyConfig;
  readonly #ranking = new Rendezvous<Member>();
  #members: readonly Member[] = [];

  constructor(key: HashKeyConfig) {
    this.#key = key;
  }

  endpointFor(
    facts: RequestFacts,
    members: readonly Member[],
    nowMs: number,
    tried?: readonly Member[],
  ): Member | undefined {
    const hash = keyOf(this.#key, facts);
    if (hash === undefined) return undefined;
    if (members !== this.#members) {
      this.#members = members;
      this.#ranking.replace(members);
    }
    return this.#ranking.pick({ nowMs, hash }, tried);
  }

  setCookieFor(): undefined {
    return undefined;
  }
}
