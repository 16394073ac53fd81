import type { Accuracy, Decision } from "../rate-limiter.ts";
import type { Algorithm } from "./algorithm.ts";

/**
 * Several rules over one key: a take passes all of them or takes from none. The answer is that of the tier that binds: of those
 * that refuse, the one that refuses for longest; of those that allow, the one with the least remaining.
 */
export class Tiered implements Algorithm {
  readonly numbersPerKey: number;
  readonly accuracy: Accuracy;
  readonly #tiers: readonly Algorithm[];
  /** Where each tier's numbers begin, behind the one of the whole. */
  readonly #offsets: readonly number[];

  constructor(tiers: readonly Algorithm[]) {
    const offsets: number[] = [];
    let numbersPerKey = 1;
    for (const tier of tiers) {
      offsets.push(numbersPerKey);
      numbersPerKey += tier.numbersPerKey;
    }
    this.#tiers = tiers;
    this.#offsets = offsets;
    this.numbersPerKey = numbersPerKey;
    this.accuracy = accuracyOf(tiers);
  }

  take(numbers: Float64Array, at: number, nowMs: number, cost: number): Decision {
    const decision = this.peek(numbers, at, nowMs, cost);
    if (!decision.allowed) return decision;
    this.#each(numbers, at, (tier, own) => void tier.take(numbers, own, nowMs, cost));
    return decision;
  }

  peek(numbers: Float64Array, at: number, nowMs: number, cost: number): Decision {
    return this.#binding(numbers, at, (tier, own) => tier.peek(numbers, own, nowMs, cost));
  }

  standing(numbers: Float64Array, at: number, nowMs: number): Decision {
    return this.#binding(numbers, at, (tier, own) => tier.standing(numbers, own, nowMs));
  }

  penalize(numbers: Float64Array, at: number, nowMs: number, units: number): void {
    this.#each(numbers, at, (tier, own) => tier.penalize(numbers, own, nowMs, units));
  }

  reward(numbers: Float64Array, at: number, nowMs: number, units: number): void {
    this.#each(numbers, at, (tier, own) => tier.reward(numbers, own, nowMs, units));
  }

  release(numbers: Float64Array, at: number): void {
    for (let index = 0; index < this.#tiers.length; index++)
      this.#tiers[index]?.release?.(numbers, at + (this.#offsets[index] ?? 0));
  }

  /** Changes every tier; the key is as good as new when the last of them is. */
  #each(numbers: Float64Array, at: number, change: (tier: Algorithm, at: number) => void): void {
    let idleAtMs = 0;
    for (let index = 0; index < this.#tiers.length; index++) {
      const own = at + (this.#offsets[index] ?? 0);
      change(this.#tiers[index] as Algorithm, own);
      idleAtMs = Math.max(idleAtMs, numbers[own] as number);
    }
    numbers[at] = idleAtMs;
  }

  #binding(numbers: Float64Array, at: number, ask: (tier: Algorithm, at: number) => Decision): Decision {
    let binding: Decision | undefined;
    let delayMs = 0;
    for (let index = 0; index < this.#tiers.length; index++) {
      const answer = ask(this.#tiers[index] as Algorithm, at + (this.#offsets[index] ?? 0));
      numbers[at] = Math.max(numbers[at] as number, numbers[at + (this.#offsets[index] ?? 0)] as number);
      delayMs = Math.max(delayMs, answer.delayMs);
      if (!binding || bindsMore(answer, binding)) binding = answer;
    }
    const { allowed } = binding as Decision;
    return { ...(binding as Decision), delayMs: allowed ? delayMs : 0 };
  }
}

function bindsMore(answer: Decision, than: Decision): boolean {
  if (answer.allowed !== than.allowed) return !answer.allowed;
  if (!answer.allowed) return answer.retryAfterMs > than.retryAfterMs;
  return answer.remaining < than.remaining;
}

/**
 * Of the tier with the longest window, which is what the whole promises over time; of several, of the strictest. The others
 * can but make it less.
 */
function accuracyOf(tiers: readonly Algorithm[]): Accuracy {
  const [first, ...others] = tiers.map(({ accuracy }) => accuracy);
  if (!first) throw new RangeError("tiers: got no rules; needs at least 1");
  let told = first;
  for (const other of others) {
    const isStricter =
      other.windowMs === told.windowMs && other.admittedPerWindowMax < told.admittedPerWindowMax;
    if (other.windowMs > told.windowMs || isStricter) told = other;
  }
  return { ...told, because: `of the tier with the longest window: ${told.because}` };
}
