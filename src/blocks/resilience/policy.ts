import type { AbortListener } from "./call/abort-source.ts";
import { Call, type CallOptions, type Work } from "./call/call.ts";
import type { Accepts, Adds, AnyLayer, Codes, InOrder } from "./composition.ts";
import { PolicyError, type ResilienceErrorCode } from "./errors.ts";
import type { Handler, LayerTypes } from "./layer.ts";
import type { Counters } from "./observer.ts";
import { realWorld, type World } from "./world.ts";

/** How a call ended, for callers who would rather look than catch. */
export type Settled<Value, Code extends ResilienceErrorCode> =
  | { readonly kind: "done"; readonly value: Value }
  /** A layer of the policy refused or ended it. */
  | { readonly kind: "refused"; readonly error: PolicyError<Code> }
  /** The caller's signal was aborted. */
  | { readonly kind: "aborted"; readonly reason: unknown }
  /** The work failed. */
  | { readonly kind: "failed"; readonly error: unknown };

/** Runs work under its layers. Immutable; its layers' state is theirs. */
export interface Policy<Adds = never, Code extends ResilienceErrorCode = never, Accepts = unknown> {
  /**
   * Runs the work and resolves to its value, or to a fallback's.
   *
   * Rejects with what the work threw, with a `PolicyError` of one of the layers' codes, or with the reason of
   * `options.signal` as soon as that is aborted.
   */
  run<Value extends Accepts>(work: Work<Value>, options?: CallOptions): Promise<Value | Adds>;
  /** As `run`, but never rejects: says how it ended. */
  settle<Value extends Accepts>(
    work: Work<Value>,
    options?: CallOptions,
  ): Promise<Settled<Value | Adds, Code>>;
  /** The same layers, their state included, in another world: a clock, a source of chance, an observer. */
  with(world: Partial<World>): Policy<Adds, Code, Accepts>;
  /** What each layer counted, in order. */
  readonly counters: readonly { readonly layer: string; readonly counters: Counters }[];
  /** Never there: carries the types, which the compiler does not compare in the methods since they are generic. */
  readonly types?: LayerTypes<Adds, Code, Accepts>;
}

/** No layers: the work as it is. */
export function policy(): Policy;
/**
 * Composes layers into a policy: the first is the outermost, so a policy reads from what the caller sees to what the work
 * sees. `policy(fallback(…), timeout(2_000), retry(), circuitBreaker(), timeout(500))` gives up on the whole after two
 * seconds and on each attempt after half a second.
 *
 * A fallback that stands inside of a layer that acts on failures does not compile.
 */
export function policy<const Layers extends readonly AnyLayer[]>(
  ...layers: Layers & InOrder<Layers>
): Policy<Adds<Layers>, Codes<Layers>, Accepts<Layers>>;
export function policy(...layers: readonly AnyLayer[]): Policy<unknown, ResilienceErrorCode> {
  return new LayeredPolicy(layers, realWorld);
}

class LayeredPolicy implements Policy<unknown, ResilienceErrorCode, unknown> {
  readonly #layers: readonly AnyLayer[];
  readonly #world: World;
  readonly #handler: Handler;
  /** Those whose errors reach the caller as refusals. */
  readonly #heard: readonly AnyLayer[];

  constructor(layers: readonly AnyLayer[], world: World) {
    this.#layers = layers;
    const covering = layers.findIndex((layer) => layer.role === "recovers");
    this.#heard = covering < 0 ? layers : layers.slice(0, covering + 1);
    this.#world = world;
    this.#handler = layers.reduceRight<Handler>((next, layer) => layer.wrap(next, world), begin);
  }

  run<Value>(work: Work<Value>, options?: CallOptions): Promise<Value> {
    const call = Call.of(work, options);
    return (options?.signal ? abortable(this.#handler, call) : this.#handler(call)) as Promise<Value>;
  }

  async settle<Value>(
    work: Work<Value>,
    options?: CallOptions,
  ): Promise<Settled<Value, ResilienceErrorCode>> {
    try {
      return { kind: "done", value: await this.run(work, options) };
    } catch (error) {
      const signal = options?.signal;
      if (signal?.aborted && error === signal.reason) return { kind: "aborted", reason: error };
      return this.#isOwn(error) ? { kind: "refused", error } : { kind: "failed", error };
    }
  }

  with(world: Partial<World>): LayeredPolicy {
    return new LayeredPolicy(this.#layers, { ...this.#world, ...world });
  }

  get counters(): readonly { readonly layer: string; readonly counters: Counters }[] {
    return this.#layers.map(({ name, counters }) => ({ layer: name, counters }));
  }

  /**
   * Work may use policies of its own; their errors are failures of the work. So is an error from inside of a fallback, which
   * had an answer to it and threw it again.
   */
  #isOwn(error: unknown): error is PolicyError {
    return error instanceof PolicyError && this.#heard.some((layer) => layer === error.by);
  }
}

/** The innermost step: the work itself, whatever it returns or throws. */
function begin(call: Call): Promise<unknown> {
  try {
    // Not any promise as it is: the `then` of another library's may throw, and that of a subclass as well.
    return Promise.resolve(call.work(call));
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}

/** Rejects as soon as the caller gives up, and frees what listens when it is over. */
function abortable(handler: Handler, call: Call): Promise<unknown> {
  if (call.aborted) return Promise.reject(call.reason);
  return new Promise((resolve, reject) => {
    const listener: AbortListener = { onAbort: reject };
    call.listen(listener);
    handler(call).then(
      (value) => {
        call.end();
        resolve(value);
      },
      (error) => {
        call.end();
        reject(error);
      },
    );
  });
}
