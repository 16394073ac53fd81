/** What a balancer has to know of those it chooses from. */
export interface Candidate {
  /** Stable, and the same in every process that balances over these members. */
  readonly id: string;
  /** Requests, or connections, under way there. */
  readonly inFlight: number;
  /**
   * Its share beside the others', above 0; less than its own weight while it starts slowly. At `Infinity`, when every
   * slow start is over: its own weight.
   */
  weightAt(nowMs: number): number;
  /**
   * Whether a request may be sent there now. Asked only of the one that would be chosen, since asking may be a trial.
   */
  admit(nowMs: number): boolean;
}

/** For whom a member is chosen. */
export interface Draw {
  readonly nowMs: number;
  /** Of the key by which requests belong together: 32 bits, unsigned. Undefined where there is none. */
  readonly hash: number | undefined;
}

/** Chooses a member for each request. Pure; one small file for each algorithm, and a line in `balancers.ts`. */
export interface Balancer<Member extends Candidate> {
  /** Puts other members in the place of the present ones; what is known of those that stay is kept. */
  replace(members: readonly Member[]): void;
  /** A member that admits a request and is not among those `tried`; undefined when there is none. */
  pick(draw: Draw, tried?: readonly Member[]): Member | undefined;
  /**
   * A member's answer has begun, or `failed` to (default false), after so long: a failure that was quick is no sign
   * of a quick member. Only algorithms that weigh it have this.
   */
  answered?(member: Member, elapsedMs: number, nowMs: number, failed?: boolean): void;
}
