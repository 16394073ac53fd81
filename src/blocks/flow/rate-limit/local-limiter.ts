import { type Clock, type Random, turnClock } from "../../time/index.ts";
import type { Algorithm, Place, ReservingAlgorithm } from "./algorithms/algorithm.ts";
import { ArrivalTime } from "./algorithms/arrival-time.ts";
import { FixedWindow } from "./algorithms/fixed-window.ts";
import { SlidingCounter } from "./algorithms/sliding-counter.ts";
import { SlidingLog } from "./algorithms/sliding-log.ts";
import { Tiered } from "./algorithms/tiered.ts";
import { KeyTable } from "./keys/key-table.ts";
import { secretRandom } from "./keys/secret-random.ts";
import type { Accuracy, Decision, RateLimiter, Reservation, Reserves } from "./rate-limiter.ts";
import type { ReservableRule, Rule, SingleRule } from "./rule.ts";

/** How a limiter in this process keeps its keys. */
export interface RateLimiterOptions {
  /** Default: a `turnClock()` of its own. */
  readonly clock?: Clock;
  /**
   * How many keys are told apart at once: 1 to 16,777,216, default 1,000,000. Beyond, a new key takes the place of one, of 8
   * looked at, that is nearest to being as good as new: of those that used least, never of all. That one then begins anew.
   */
  readonly keysMax?: number;
  /** Where the secret of the table of keys comes from; default: the runtime's cryptographic generator. To be given by tests. */
  readonly random?: Random;
}

const KEYS_MAX = 1_000_000;
const KEYS_MAX_MAX = 2 ** 24;

/**
 * Limits keys by a rule, in this process: no timers, constant time (`sliding-log`: on average), memory bounded by `keysMax`.
 * Idle keys are forgotten by and by, some at each operation. Costs of which a key could never have enough are refused with a
 * `retryAfterMs` of `Infinity`.
 *
 * @throws RangeError when an option is out of its range; from the limiter's methods, when a cost is.
 */
export function rateLimiter(
  rule: ReservableRule,
  options?: RateLimiterOptions,
): RateLimiter<true> & Reserves<true>;
export function rateLimiter(rule: Rule, options?: RateLimiterOptions): RateLimiter<true>;
export function rateLimiter(rule: Rule, options: RateLimiterOptions = {}): RateLimiter<true> {
  const { clock = turnClock(), keysMax = KEYS_MAX, random = secretRandom } = options;
  if (!(Number.isInteger(keysMax) && keysMax >= 1 && keysMax <= KEYS_MAX_MAX))
    throw new RangeError(
      `rateLimiter: keysMax has to be a whole number from 1 to ${KEYS_MAX_MAX}, not ${keysMax}`,
    );
  const algorithm = algorithmOf(rule, clock);
  const setup = { algorithm, clock, keysMax, random };
  return canReserve(algorithm) ? new ReservingLimiter({ ...setup, algorithm }) : new LocalLimiter(setup);
}

/** How a rule is kept. Windows are aligned to the Unix epoch by what the clock's two times differ by now. */
export function algorithmOf(rule: Rule, clock: Clock): Algorithm | ReservingAlgorithm {
  if (rule.kind === "tiers") return new Tiered(rule.tiers.map((tier) => singleAlgorithm(tier, clock)));
  return singleAlgorithm(rule, clock);
}

function singleAlgorithm(rule: SingleRule, clock: Clock): Algorithm | ReservingAlgorithm {
  switch (rule.kind) {
    case "token-bucket":
    case "gcra":
    case "leaky-meter":
    case "leaky-queue":
      return new ArrivalTime(rule);
    case "fixed-window":
      return new FixedWindow(rule, Math.round(clock.wallMs() - clock.monotonicMs()));
    case "sliding-counter":
      return new SlidingCounter(rule, Math.round(clock.wallMs() - clock.monotonicMs()));
    case "sliding-log":
      return new SlidingLog(rule);
  }
}

function canReserve(algorithm: Algorithm): algorithm is ReservingAlgorithm {
  return "reserve" in algorithm;
}

interface Setup<Kind extends Algorithm> {
  readonly algorithm: Kind;
  readonly clock: Clock;
  readonly keysMax: number;
  readonly random: Random;
}

class LocalLimiter<Kind extends Algorithm = Algorithm> implements RateLimiter<true> {
  readonly accuracy: Accuracy;
  protected readonly algorithm: Kind;
  protected readonly clock: Clock;
  protected readonly keys: KeyTable;
  /** A key that nobody has taken from, to ask about those that are not known. */
  readonly #unknown: Float64Array;

  constructor({ algorithm, clock, keysMax, random }: Setup<Kind>) {
    this.accuracy = algorithm.accuracy;
    this.algorithm = algorithm;
    this.clock = clock;
    this.#unknown = new Float64Array(algorithm.numbersPerKey);
    this.keys = new KeyTable({
      numbersPerKey: algorithm.numbersPerKey,
      keysMax,
      random,
      release: algorithm.release && ((numbers, at) => algorithm.release?.(numbers, at)),
    });
  }

  take(key: string, cost = 1): Decision {
    if (!(cost > 0 && cost < Number.POSITIVE_INFINITY)) throw wrongUnits("take", "cost", cost);
    const nowMs = this.clock.monotonicMs();
    const at = this.keys.locate(key, nowMs);
    return this.algorithm.take(this.keys.numbers, at, nowMs, cost);
  }

  peek(key: string, cost = 1): Decision {
    if (!(cost > 0 && cost < Number.POSITIVE_INFINITY)) throw wrongUnits("peek", "cost", cost);
    const nowMs = this.clock.monotonicMs();
    const at = this.keys.find(key, nowMs);
    if (at >= 0) return this.algorithm.peek(this.keys.numbers, at, nowMs, cost);
    this.#unknown.fill(0);
    this.#unknown[0] = nowMs;
    return this.algorithm.peek(this.#unknown, 0, nowMs, cost);
  }

  penalize(key: string, units: number): Decision {
    if (!(units > 0 && units < Number.POSITIVE_INFINITY)) throw wrongUnits("penalize", "units", units);
    const nowMs = this.clock.monotonicMs();
    const at = this.keys.locate(key, nowMs);
    this.algorithm.penalize(this.keys.numbers, at, nowMs, units);
    return this.algorithm.standing(this.keys.numbers, at, nowMs);
  }

  reward(key: string, units: number): Decision {
    if (!(units > 0 && units < Number.POSITIVE_INFINITY)) throw wrongUnits("reward", "units", units);
    const nowMs = this.clock.monotonicMs();
    const at = this.keys.locate(key, nowMs);
    this.algorithm.reward(this.keys.numbers, at, nowMs, units);
    return this.algorithm.standing(this.keys.numbers, at, nowMs);
  }

  forget(key: string): void {
    this.keys.delete(key, this.clock.monotonicMs());
  }
}

class ReservingLimiter extends LocalLimiter<ReservingAlgorithm> implements Reserves<true> {
  reserve(key: string, cost = 1, options: { waitMsMax?: number } = {}): Reservation {
    const { waitMsMax = Number.POSITIVE_INFINITY } = options;
    if (!(cost > 0 && cost < Number.POSITIVE_INFINITY)) throw wrongUnits("reserve", "cost", cost);
    if (!(waitMsMax >= 0))
      throw new RangeError(`reserve: waitMsMax has to be a number of 0 or more, not ${waitMsMax}`);
    const nowMs = this.clock.monotonicMs();
    const at = this.keys.locate(key, nowMs);
    const decision = this.algorithm.reserve(this.keys.numbers, at, nowMs, cost, waitMsMax);
    let place: Place | undefined = decision.allowed
      ? { cost, dueMs: nowMs + decision.delayMs, idleAtMs: this.keys.numbers[at] as number }
      : undefined;
    const cancel = () => {
      if (place) this.#cancel(key, place);
      place = undefined;
    };
    return { ...decision, cancel };
  }

  #cancel(key: string, place: Place): void {
    const nowMs = this.clock.monotonicMs();
    if (nowMs > place.dueMs) return;
    const at = this.keys.find(key, nowMs);
    if (at >= 0) this.algorithm.cancel(this.keys.numbers, at, nowMs, place);
  }
}

function wrongUnits(method: string, name: string, value: unknown): RangeError {
  return new RangeError(`${method}: ${name} has to be a finite number above 0, not ${String(value)}`);
}
