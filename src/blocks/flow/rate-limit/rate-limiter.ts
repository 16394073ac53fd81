/** What a limiter says to a taker; always whole, so that a client can be told everything (RFC 9110 `Retry-After` included). */
export interface Decision {
  readonly allowed: boolean;
  /** The most that can be taken at once by a key that has been quiet: the window's limit, or the burst. */
  readonly limit: number;
  /** Whole units that could be taken right after this decision. */
  readonly remaining: number;
  /** Milliseconds until the key, left alone, is as good as new. */
  readonly resetAfterMs: number;
  /** Milliseconds until the same take could succeed: 0 when it was allowed, `Infinity` when its cost exceeds the limit. */
  readonly retryAfterMs: number;
  /** Milliseconds that an allowed taker has to wait before it goes on. 0 except for limiters that queue. */
  readonly delayMs: number;
}

/** A place in the future that has been taken. */
export interface Reservation extends Decision {
  /** Gives the place back, as far as later reservations allow it. Twice does nothing. */
  cancel(): void | Promise<void>;
}

/** How much a limiter may admit, told before it is used. */
export interface Accuracy {
  /** `exact`: never more than the rule's law allows. `approximate`: up to `admittedPerWindowMax`, as said there. */
  readonly kind: "exact" | "approximate";
  /** The rule's window, in milliseconds; of tiers, the longest. */
  readonly windowMs: number;
  /** The most units that any stretch of `windowMs` can see admitted, wherever it begins, over all processes. */
  readonly admittedPerWindowMax: number;
  /** The reason of the difference between that and the limit, in one sentence. */
  readonly because: string;
}

/**
 * A limit on each of many keys. `Local` is false for limiters that share their state with other processes: those answer
 * with promises.
 *
 * A cost is a finite number above 0 (default 1); anything else is a `RangeError`. A key is any string.
 */
export interface RateLimiter<Local extends boolean = boolean> {
  readonly accuracy: Accuracy;
  /** Takes `cost` units of the key if it has them; otherwise takes nothing. */
  take(key: string, cost?: number): Answered<Local, Decision>;
  /** What `take` would say, `remaining` after it included, without taking. */
  peek(key: string, cost?: number): Answered<Local, Decision>;
  /**
   * Takes `units` whether the key has them or not, so that it has to work off a debt: for a client that misbehaves.
   * Answers how the key stands: `allowed` when a unit could be taken, `remaining` before taking it.
   */
  penalize(key: string, units: number): Answered<Local, Decision>;
  /** Gives `units` back, up to those of a quiet key: for what turned out to cost nothing. Answers as `penalize` does. */
  reward(key: string, units: number): Answered<Local, Decision>;
  /** Makes the key as good as new. */
  forget(key: string): Answered<Local, void>;
}

/** The second, smaller interface: of the rules under which a place in the future can be held. */
export interface Reserves<Local extends boolean = boolean> {
  /**
   * "When may I?": takes `cost` units at the first moment they are free and says in `delayMs` when that is. Not allowed, and
   * nothing taken, when that is more than `waitMsMax` away (default: no bound but the rule's own).
   */
  reserve(key: string, cost?: number, options?: { waitMsMax?: number }): Answered<Local, Reservation>;
}

/** An answer of a limiter in this process is there at once, that of a shared one comes later; both can be awaited. */
export type Answered<Local extends boolean, Value> = Local extends true ? Value : Promise<Value>;
