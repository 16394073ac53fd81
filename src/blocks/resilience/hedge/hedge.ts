import { SharedTimeouts, Timeout } from "../../time/index.ts";
import type { AbortListener } from "../call/abort-source.ts";
import type { Call } from "../call/call.ts";
import type { Handler, Layer } from "../layer.ts";
import { tell, type World } from "../world.ts";
import { HedgeRules, type HedgeRulesOptions } from "./hedge-rules.ts";

export interface HedgeOptions extends HedgeRulesOptions {
  /** Default `hedge`. */
  readonly name?: string;
}

export type HedgeLayer = Layer<never, never, unknown, "judges">;

/**
 * Starts a second attempt beside a first that takes longer than nearly all others do, and answers with the one that succeeds
 * first; the other is aborted through its signal. Against rare slowness of single servers ("The Tail at Scale", Dean and
 * Barroso, CACM 2013); against a failure use `retry`. Only for idempotent work, and of use only where a second attempt is
 * likely to meet another server.
 *
 * An attempt that fails leaves the call to those still under way; when all have failed, the first failure is the call's. None
 * is started once the call's time is over or the call is aborted. All run in the asynchronous context of the caller.
 *
 * Counters: `calls`; `hedges`, attempts beside the first; `hedgesWon`; `outOfBudget`, hedges that only the budget prevented.
 *
 * Throws a `RangeError` for options out of their range.
 */
export function hedge(options: HedgeOptions = {}): HedgeLayer {
  const rules = new HedgeRules(options);
  const counters = { calls: 0, hedges: 0, hedgesWon: 0, outOfBudget: 0 };
  const { name = "hedge" } = options;
  return {
    name,
    role: "judges",
    counters,
    wrap(next, world) {
      const hedger = new Hedger(name, rules, counters, next, world);
      return (call) => {
        counters.calls++;
        rules.called();
        return new Promise((resolve, reject) => new HedgedCall(hedger, call, resolve, reject).begin());
      };
    },
  };
}

/** What the calls of one layer in one policy share. */
class Hedger {
  readonly name: string;
  readonly rules: HedgeRules;
  readonly counters: { hedges: number; hedgesWon: number; outOfBudget: number };
  readonly next: Handler;
  readonly world: World;
  #timeouts: SharedTimeouts | undefined;
  #afterMs: number | undefined;

  constructor(
    name: string,
    rules: HedgeRules,
    counters: { hedges: number; hedgesWon: number; outOfBudget: number },
    next: Handler,
    world: World,
  ) {
    this.name = name;
    this.rules = rules;
    this.counters = counters;
    this.next = next;
    this.world = world;
  }

  /** Those of the present length. When it changes, which it does in steps, the calls under way keep theirs. */
  get timeouts(): SharedTimeouts | undefined {
    const { afterMs } = this.rules;
    if (afterMs !== this.#afterMs) {
      this.#afterMs = afterMs;
      this.#timeouts = afterMs === undefined ? undefined : new SharedTimeouts(this.world.clock, afterMs);
    }
    return this.#timeouts;
  }
}

/** A call and its attempts under way. As a timeout it expires when the next attempt is due. */
class HedgedCall extends Timeout implements AbortListener {
  readonly #hedger: Hedger;
  readonly #call: Call;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #startedMs: number;
  readonly #timeouts: SharedTimeouts | undefined;
  readonly #underWay: Call[] = [];
  #due: (() => void) | undefined;
  #attempts = 0;
  #firstFailure: { readonly error: unknown } | undefined;
  #isOver = false;

  constructor(
    hedger: Hedger,
    call: Call,
    resolve: (value: unknown) => void,
    reject: (reason: unknown) => void,
  ) {
    super();
    this.#hedger = hedger;
    this.#call = call;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timeouts = hedger.timeouts;
    this.#startedMs = hedger.world.clock.monotonicMs();
  }

  begin(): void {
    if (this.#call.aborted) {
      this.#reject(this.#call.reason);
      return;
    }
    if (this.#call.hasParent) this.#call.listen(this);
    this.#await();
    this.#attempt();
  }

  /** The next attempt is due. */
  expired(): void {
    this.#due?.();
  }

  /**
   * Waits until the next attempt is due. By a reaction of a promise of its own it begins in its caller's asynchronous context
   * (trace, deadline), not in that of the call whose timer it shares.
   */
  #await(): void {
    if (!this.#timeouts) return;
    new Promise<void>((resolve) => {
      this.#due = resolve;
    }).then(() => this.#hedge());
    this.#timeouts.start(this);
  }

  #hedge(): void {
    const { rules, counters, world, name } = this.#hedger;
    if (this.#isOver || this.#call.remainingMs <= 0) return;
    const nowMs = world.clock.monotonicMs();
    if (!rules.admit(nowMs)) {
      counters.outOfBudget++;
      return;
    }
    counters.hedges++;
    if (world.observer) tell(world, { kind: "hedged", layer: name, afterMs: nowMs - this.#startedMs });
    // The observer may have been the one to abort it.
    if (this.#isOver) return;
    if (this.#attempts + 1 < rules.attempts) this.#await();
    this.#attempt();
  }

  onAbort(reason: unknown): void {
    this.#end(false);
    this.#reject(reason);
  }

  #attempt(): void {
    const isHedge = this.#attempts > 0;
    const child = this.#call.child(this.#call.attempt + this.#attempts);
    this.#attempts++;
    this.#underWay.push(child);
    this.#hedger.next(child).then(
      (value) => this.#succeeded(child, isHedge, value),
      (error) => this.#failed(child, error),
    );
  }

  #succeeded(child: Call, isHedge: boolean, value: unknown): void {
    if (this.#isOver) return;
    const { counters, world, name } = this.#hedger;
    this.#leave(child);
    this.#end(!isHedge);
    if (isHedge) {
      counters.hedgesWon++;
      if (world.observer) tell(world, { kind: "hedge-won", layer: name });
    }
    this.#resolve(value);
    if (this.#underWay.length === 0) return;
    const reason = new DOMException("another attempt was faster", "AbortError");
    for (const loser of this.#underWay) loser.abort(reason);
  }

  #failed(child: Call, error: unknown): void {
    if (this.#isOver) return;
    this.#leave(child);
    this.#firstFailure ??= { error };
    if (this.#underWay.length > 0) return;
    this.#end(false);
    this.#reject(this.#firstFailure.error);
  }

  #leave(child: Call): void {
    this.#underWay.splice(this.#underWay.indexOf(child), 1);
    child.end();
  }

  #end(firstSucceeded: boolean): void {
    this.#isOver = true;
    this.#timeouts?.stop(this);
    this.#call.unlisten(this);
    if (firstSucceeded || this.#attempts > 1)
      this.#hedger.rules.took(this.#hedger.world.clock.monotonicMs() - this.#startedMs);
  }
}
