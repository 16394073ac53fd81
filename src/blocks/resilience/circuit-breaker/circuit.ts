import type { Random } from "../../time/index.ts";
import { HalfOpen, type Trial } from "./half-open.ts";
import { timeWindow } from "./time-window.ts";
import type { TripRecord, TripRule } from "./trip-rule.ts";

/** When a circuit opens, for how long, and how it finds out that it may close. */
export interface CircuitOptions {
  /** Default `timeWindow()`: half of at least 20 calls within 10 s failed. */
  readonly trip?: TripRule;
  /** How long it stays open, the first time. Milliseconds, above 0. Default 5,000. */
  readonly openMs?: number;
  /** Each time that trials fail it stays open twice as long, up to this. At least `openMs`. Default `openMs`: always as long. */
  readonly openMsMax?: number;
  /**
   * Stays open by up to this share longer, drawn by lot, so that many processes do not try at the same moment. From 0 to 1.
   * Default 0.
   */
  readonly openJitter?: number;
  /** How many calls a half-open circuit lets through to judge by. A whole number from 1 to 1,000. Default 3. */
  readonly trials?: number;
  /**
   * A trial that has not ended after this counts as failed, so that work that never ends does not hold the circuit half-open.
   * Longer than any call takes that is well. Milliseconds, above 0. Default 30,000.
   */
  readonly trialMs?: number;
}

/** Where a circuit stands. Forced ones stay as they are until they are told otherwise. */
export type CircuitPosition = "closed" | "open" | "half-open" | "forced-open" | "forced-closed";

/** What a call that was let in holds, and gives back with the word of how it ended. */
export type Pass = Closed | Trial | ForcedClosed;

/**
 * A circuit breaker's decisions, without time and work of its own: for the layer, a proxy's outlier detection, a simulation.
 *
 * Closed, it lets all calls in and notes how they end; the trip rule says when it opens. Open, it lets none in until its time
 * is over. Then it is half-open: in all it lets `trials` calls through, and judges them by the shares of the trip rule. It
 * opens again as soon as their share of failures (or of slow calls) is reached for certain, and closes when all have ended
 * without.
 *
 * Laws: never open below the rule's minimum of calls; never more than `trials` calls let through per half-open phase, besides
 * those that were given back with `ignored`; a call that was let in before the circuit last changed its state does not count.
 *
 * Times are monotonic milliseconds of one clock. Throws a `RangeError` for options out of their range.
 */
export class Circuit {
  readonly trials: number;
  readonly trialMs: number;
  readonly rule: TripRule;
  readonly #openMs: number;
  /** The longest opening, but for jitter. */
  readonly openMsMax: number;
  readonly #openJitter: number;
  #state: State;

  constructor(options: CircuitOptions = {}) {
    const { trip = timeWindow(), openMs = 5_000, trials = 3, trialMs = 30_000, openJitter = 0 } = options;
    const { openMsMax = openMs } = options;
    if (!(openMs > 0 && Number.isFinite(openMs)))
      throw new RangeError(`circuitBreaker: openMs has to be a finite number above 0, not ${openMs}`);
    if (!(openMsMax >= openMs && Number.isFinite(openMsMax)))
      throw new RangeError(
        `circuitBreaker: openMsMax has to be at least openMs (${openMs}), not ${openMsMax}`,
      );
    if (!(openJitter >= 0 && openJitter <= 1))
      throw new RangeError(`circuitBreaker: openJitter has to be from 0 to 1, not ${openJitter}`);
    if (!(Number.isSafeInteger(trials) && trials >= 1 && trials <= TRIALS_MAX))
      throw new RangeError(
        `circuitBreaker: trials has to be a whole number from 1 to ${TRIALS_MAX}, not ${trials}`,
      );
    if (!(trialMs > 0)) throw new RangeError(`circuitBreaker: trialMs has to be above 0, not ${trialMs}`);
    this.trials = trials;
    this.trialMs = trialMs;
    this.rule = trip;
    this.#openMs = openMs;
    this.openMsMax = openMsMax;
    this.#openJitter = openJitter;
    this.#state = { kind: "closed", record: trip.begin() };
  }

  /** An open circuit whose time is over is open until a call asks. */
  get position(): CircuitPosition {
    return this.#state.kind;
  }

  /** Whether it is open and its time is over, so that the next call is a trial. */
  isDue(nowMs: number): boolean {
    return this.#state.kind === "open" && nowMs >= this.#state.untilMs;
  }

  /** Milliseconds until an open circuit tries again; undefined where that depends on trials or on whoever forces it. */
  retryAfterMs(nowMs: number): number | undefined {
    return this.#state.kind === "open" ? Math.max(0, this.#state.untilMs - nowMs) : undefined;
  }

  /** How long it stays open when it opens the next time, but for jitter. */
  get nextOpenMs(): number {
    const { kind } = this.#state;
    const openings = kind === "open" || kind === "half-open" ? this.#state.openings : 0;
    return Math.min(this.openMsMax, this.#openMs * 2 ** Math.min(openings, 50));
  }

  /** What every call gets while nothing is to be decided: when it is closed. The same as `admit` gives then, without a time. */
  get freePass(): Pass | undefined {
    const state = this.#state;
    return state.kind === "closed" || state.kind === "forced-closed" ? state : undefined;
  }

  /** Lets a call in, or not. One of `succeeded`, `failed` and `ignored` is owed for each pass. */
  admit(nowMs: number, random: Random): Pass | undefined {
    const state = this.#state;
    switch (state.kind) {
      case "closed":
      case "forced-closed":
        return state;
      case "forced-open":
        return undefined;
      case "open": {
        if (nowMs < state.untilMs) return undefined;
        const halfOpen = new HalfOpen(state.openings);
        this.#enter(halfOpen);
        return halfOpen.begin(nowMs);
      }
      case "half-open":
        if (state.loseOlderThan(nowMs - this.trialMs)) {
          this.#judge(state, nowMs, random);
          if (this.#state !== state) return this.admit(nowMs, random);
        }
        return state.begun < this.trials ? state.begin(nowMs) : undefined;
    }
  }

  /** The call was answered, as far as the dependency goes, after `durationMs`. */
  succeeded(pass: Pass, nowMs: number, durationMs: number, random: Random): void {
    this.#note(pass, nowMs, false, durationMs > this.rule.slowAfterMs, random);
  }

  /** The call failed in a way that speaks against the dependency. */
  failed(pass: Pass, nowMs: number, durationMs: number, random: Random): void {
    this.#note(pass, nowMs, true, durationMs > this.rule.slowAfterMs, random);
  }

  /** The call ended in a way that says nothing of the dependency: a trial's place is free again. */
  ignored(pass: Pass): void {
    if (pass.kind === "trial") pass.phase.giveBack(pass);
  }

  /**
   * Holds it open or closed whatever calls do, until it is told otherwise; `undefined` lets it run again, from closed and with
   * nothing remembered.
   */
  force(position: "open" | "closed" | undefined): void {
    if (position === undefined) {
      if (this.#isForced) this.#close();
    } else this.#enter(position === "open" ? { kind: "forced-open" } : { kind: "forced-closed" });
  }

  /** Opens it for `openMs` because somebody else knows. A forced one stays as it is. */
  openFor(nowMs: number, openMs: number): void {
    const state = this.#state;
    if (this.#isForced) return;
    const openings = state.kind === "open" || state.kind === "half-open" ? state.openings : 1;
    this.#enter({ kind: "open", untilMs: nowMs + openMs, openings });
  }

  /** Closes it because somebody else knows. A forced one stays as it is. */
  close(): void {
    if (this.#state.kind === "open" || this.#state.kind === "half-open") this.#close();
  }

  get #isForced(): boolean {
    return this.#state.kind === "forced-open" || this.#state.kind === "forced-closed";
  }

  #note(pass: Pass, nowMs: number, failed: boolean, slow: boolean, random: Random): void {
    switch (pass.kind) {
      case "closed":
        if (pass !== this.#state) return;
        if (pass.record.note(nowMs, failed, slow)) this.#open(nowMs, random);
        return;
      case "trial":
        if (pass.phase !== this.#state || !pass.phase.note(pass, failed, slow)) return;
        this.#judge(pass.phase, nowMs, random);
        return;
      case "forced-closed":
        return;
    }
  }

  #judge(phase: HalfOpen, nowMs: number, random: Random): void {
    const { failureShare, slowShare } = this.rule;
    const { failures, slow } = phase;
    const isIll =
      (failures > 0 && failures / this.trials >= failureShare) ||
      (slow > 0 && slow / this.trials >= slowShare);
    if (isIll) this.#open(nowMs, random);
    else if (phase.ended >= this.trials) this.#close();
  }

  #open(nowMs: number, random: Random): void {
    const state = this.#state;
    const openMs = this.nextOpenMs * (this.#openJitter === 0 ? 1 : 1 + this.#openJitter * random());
    const openings = (state.kind === "half-open" ? state.openings : 0) + 1;
    this.#enter({ kind: "open", untilMs: nowMs + openMs, openings });
  }

  #close(): void {
    this.#enter({ kind: "closed", record: this.rule.begin() });
  }

  #enter(next: State): void {
    const from = this.#state.kind;
    if (!STEPS[from].includes(next.kind))
      throw new Error(`a circuit does not go from ${from} to ${next.kind}`);
    this.#state = next;
  }
}

const TRIALS_MAX = 1_000;

interface Closed {
  readonly kind: "closed";
  readonly record: TripRecord;
}

interface Open {
  readonly kind: "open";
  readonly untilMs: number;
  /** How often it opened since it was last closed. */
  readonly openings: number;
}

interface ForcedOpen {
  readonly kind: "forced-open";
}

interface ForcedClosed {
  readonly kind: "forced-closed";
}

type State = Closed | Open | HalfOpen | ForcedOpen | ForcedClosed;

/** Where it may go from where. Open to open is what others told, which may take longer. */
const STEPS: Readonly<Record<CircuitPosition, readonly CircuitPosition[]>> = {
  closed: ["open", "forced-open", "forced-closed"],
  open: ["open", "half-open", "closed", "forced-open", "forced-closed"],
  "half-open": ["open", "closed", "forced-open", "forced-closed"],
  "forced-open": ["closed", "forced-open", "forced-closed"],
  "forced-closed": ["closed", "forced-open", "forced-closed"],
};
