/** What a balancer has to know of those it chooses from. */
export interface Candidate {
  /** Whether a request may be sent there now. Asked only of the one that would be chosen, since asking may be a trial. */
  admit(nowMs: number): boolean;
}

/** Takes turns over the candidates that admit requests. Pure. */
export class RoundRobin<Member extends Candidate> {
  #members: readonly Member[] = [];
  #next = 0;

  get members(): readonly Member[] {
    return this.#members;
  }

  /** Puts other members in the place of the present ones; whose turn it is stays as near as it can. */
  replace(members: readonly Member[]): void {
    this.#members = members;
    if (this.#next >= members.length) this.#next = 0;
  }

  /** The next member that admits a request and is not among those `tried` already; undefined when there is none. */
  pick(nowMs: number, tried?: readonly Member[]): Member | undefined {
    const count = this.#members.length;
    for (let step = 0; step < count; step++) {
      const at = this.#next;
      this.#next = at + 1 === count ? 0 : at + 1;
      const member = this.#members[at];
      if (member && !tried?.includes(member) && member.admit(nowMs)) return member;
    }
    return undefined;
  }
}
