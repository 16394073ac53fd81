import { LONGEST_TIMER_MS } from "../time/timer-range.ts";
import type { Call, CallContext } from "./call/call.ts";
import { PolicyError } from "./errors.ts";
import type { Handler, Layer } from "./layer.ts";
import { pause } from "./retry/pause.ts";
import { tell, type World } from "./world.ts";

/** What a limiter says to one who takes. */
export interface Taken {
  readonly allowed: boolean;
  /** Milliseconds until the same could be allowed; `Infinity`: never. */
  readonly retryAfterMs: number;
  /** Milliseconds that an allowed taker has to wait before it goes on: above 0 where a limiter queues. */
  readonly delayMs: number;
}

/** All that the layer needs of a rate limiter; those of `trestle/flow` are such. */
export interface Takes {
  /** Takes `cost` units of the key, if it has them. */
  take(key: string, cost?: number): Taken | Promise<Taken>;
}

export interface RateLimitedOptions {
  /** Whose limit a call counts against. Default: the call's own `key`, or one limit for all calls that have none. */
  readonly key?: (context: CallContext) => string;
  /** What a call takes, as the limiter counts. Default 1. */
  readonly cost?: (context: CallContext) => number;
  /** Default `rate limit`. */
  readonly name?: string;
}

export type RateLimitedLayer = Layer<never, "RATE_LIMITED", unknown, "bounds">;

/**
 * Takes from a rate limiter before each call. What is not allowed rejects with `RATE_LIMITED` and the limiter's
 * `retryAfterMs`. Where the limiter queues, the call waits for its turn, and leaves as soon as it is given up; what it took
 * stays taken. A turn that would come after the call's deadline, or after a timeout around it ends it, is refused at once.
 *
 * A call rejects with whatever the limiter, `key` or `cost` throws: a limiter that fails open or closed decides that itself.
 *
 * Counters: `calls`; `refused`; `delayed`, those that waited for their turn.
 */
export function rateLimited(limiter: Takes, options: RateLimitedOptions = {}): RateLimitedLayer {
  const { name = "rate limit" } = options;
  const counters = { calls: 0, refused: 0, delayed: 0 };
  const layer: RateLimitedLayer = {
    name,
    role: "bounds",
    counters,
    wrap(next, world) {
      const turnstile = new Turnstile(layer, limiter, options, counters, next, world);
      return (call) => turnstile.enter(call);
    },
  };
  return layer;
}

class Turnstile {
  readonly #layer: RateLimitedLayer;
  readonly #limiter: Takes;
  readonly #key: ((context: CallContext) => string) | undefined;
  readonly #cost: ((context: CallContext) => number) | undefined;
  readonly #counters: { calls: number; refused: number; delayed: number };
  readonly #next: Handler;
  readonly #world: World;

  constructor(
    layer: RateLimitedLayer,
    limiter: Takes,
    options: RateLimitedOptions,
    counters: { calls: number; refused: number; delayed: number },
    next: Handler,
    world: World,
  ) {
    this.#layer = layer;
    this.#limiter = limiter;
    this.#key = options.key;
    this.#cost = options.cost;
    this.#counters = counters;
    this.#next = next;
    this.#world = world;
  }

  enter(call: Call): Promise<unknown> {
    this.#counters.calls++;
    try {
      const key = this.#key ? this.#key(call) : (call.key ?? "");
      const taken = this.#limiter.take(key, this.#cost ? this.#cost(call) : 1);
      if (!isLater(taken)) return this.#go(call, taken);
      return Promise.resolve(taken).then((later) => this.#go(call, later));
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  #go(call: Call, taken: Taken): Promise<unknown> {
    if (!taken.allowed) return Promise.reject(this.#refusal(taken.retryAfterMs));
    // While a shared limiter was asked, the caller may have gone.
    if (call.aborted) return Promise.reject(call.reason);
    const { delayMs } = taken;
    if (!(delayMs > 0)) return this.#next(call);
    if (delayMs >= call.remainingMs || delayMs > LONGEST_TIMER_MS)
      return Promise.reject(this.#refusal(delayMs));
    this.#counters.delayed++;
    return pause(this.#world.clock, delayMs, call).then(() => this.#next(call));
  }

  #refusal(retryAfterMs: number): PolicyError {
    this.#counters.refused++;
    if (this.#world.observer)
      tell(this.#world, { kind: "refused", layer: this.#layer.name, code: "RATE_LIMITED" });
    return new PolicyError("RATE_LIMITED", { by: this.#layer, retryAfterMs });
  }
}

function isLater(taken: Taken | Promise<Taken>): taken is Promise<Taken> {
  return "then" in taken;
}
