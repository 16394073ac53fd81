import type { Call, CallContext } from "../call/call.ts";
import type { Layer } from "../layer.ts";
import { tell, type World } from "../world.ts";
import { LastGood } from "./last-good.ts";

/** What a fallback has to answer to. */
export interface Failure {
  readonly error: unknown;
  /** Of the call that failed: its key, its signal, what is left of its time. */
  readonly context: CallContext;
}

/** Answers in place of the work. One that has no answer throws; to throw the failure's own error is to pass. */
export type FallbackStep = ((failure: Failure) => unknown) | LastGood<unknown>;

export interface FallbackOptions {
  /** Default `fallback`. */
  readonly name?: string;
  /** Which failures to answer to; others go through. Default: all. What it throws is what the call rejects with. */
  readonly when?: (error: unknown) => boolean;
}

type Steps = readonly [FallbackStep, ...FallbackStep[]];

type ValueOf<Step> =
  Step extends LastGood<infer Value>
    ? Value
    : Step extends (failure: never) => infer Value
      ? Awaited<Value>
      : never;

type AcceptedBy<Some extends readonly unknown[]> = Some extends readonly [infer First, ...infer Rest]
  ? (First extends LastGood<infer Value> ? Value : unknown) & AcceptedBy<Rest>
  : unknown;

/** A step that computes its answer always has one; the last good value may be missing. */
type RoleOf<Some extends Steps, Options> = "when" extends keyof Options
  ? "may-recover"
  : [Extract<Some[number], (failure: never) => unknown>] extends [never]
    ? "may-recover"
    : "recovers";

/** The layer that `fallback` makes of these steps. */
export type FallbackLayer<Some extends Steps, Options = object> = Layer<
  ValueOf<Some[number]>,
  never,
  AcceptedBy<Some>,
  RoleOf<Some, Options>
>;

/**
 * Answers in place of work that failed: with the first of its steps that has an answer, from the freshest to the plainest, as
 * in `fallback(lastGood<Price[]>({ ageMsMax: 60_000 }), () => [])`. Belongs outside of everything that acts on failures.
 *
 * When no step has an answer the call rejects with what the last of them threw, and what failed first as its `cause` (where
 * that is still free). A call that its caller has aborted is not answered.
 *
 * Counters: `calls`; `failures`, calls that failed and were to be answered; `answered`.
 *
 * Throws a `TypeError` for a step that is none.
 */
export function fallback<const Some extends Steps>(...steps: Some): FallbackLayer<Some>;
export function fallback<const Options extends FallbackOptions, const Some extends Steps>(
  options: Options,
  ...steps: Some
): FallbackLayer<Some, Options>;
export function fallback(
  ...given: readonly (FallbackOptions | FallbackStep)[]
): Layer<unknown, never, unknown, "recovers" | "may-recover"> {
  const [first, ...rest] = given;
  const options = first === undefined || isStep(first) ? {} : first;
  const steps = (options === first ? rest : given).map(checkedStep);
  if (steps.length === 0) throw new TypeError("fallback: at least one step is needed");
  const { name = "fallback", when } = options;
  const memories = steps.filter((step) => step instanceof LastGood);
  const counters = { calls: 0, failures: 0, answered: 0 };
  return {
    name,
    role: when || memories.length === steps.length ? "may-recover" : "recovers",
    counters,
    wrap(next, world) {
      const answerer = new Answerer(name, steps, when, counters, world);
      if (memories.length === 0) {
        return (call) => {
          counters.calls++;
          return next(call).then(undefined, (error) => answerer.answer(call, error));
        };
      }
      return (call) => {
        counters.calls++;
        return next(call).then(
          (value) => {
            const { key } = call;
            if (key !== undefined)
              for (const memory of memories) memory.keep(key, value, world.clock.monotonicMs());
            return value;
          },
          (error) => answerer.answer(call, error),
        );
      };
    },
  };
}

function isStep(given: FallbackOptions | FallbackStep): given is FallbackStep {
  return typeof given === "function" || given instanceof LastGood;
}

function checkedStep(given: FallbackOptions | FallbackStep): FallbackStep {
  if (isStep(given)) return given;
  throw new TypeError("fallback: a step has to be a function or what lastGood returns");
}

/** What follows on a failure. */
class Answerer {
  readonly #name: string;
  readonly #steps: readonly FallbackStep[];
  readonly #when: ((error: unknown) => boolean) | undefined;
  readonly #counters: { failures: number; answered: number };
  readonly #world: World;

  constructor(
    name: string,
    steps: readonly FallbackStep[],
    when: ((error: unknown) => boolean) | undefined,
    counters: { failures: number; answered: number },
    world: World,
  ) {
    this.#name = name;
    this.#steps = steps;
    this.#when = when;
    this.#counters = counters;
    this.#world = world;
  }

  async answer(call: Call, error: unknown): Promise<unknown> {
    if (call.aborted || (this.#when && !this.#when(error))) throw error;
    this.#counters.failures++;
    const failure: Failure = { error, context: call };
    let last = error;
    for (const [index, step] of this.#steps.entries()) {
      try {
        const value = await this.#from(step, failure);
        this.#counters.answered++;
        if (this.#world.observer)
          tell(this.#world, { kind: "fell-back", layer: this.#name, step: index, error });
        return value;
      } catch (thrown) {
        if (thrown !== error) last = thrown;
      }
      if (call.aborted) break;
    }
    if (last !== error) blame(last, error);
    throw last;
  }

  #from(step: FallbackStep, failure: Failure): unknown {
    if (typeof step === "function") return step(failure);
    const { key } = failure.context;
    const found = key === undefined ? undefined : step.find(key, this.#world.clock.monotonicMs());
    if (!found) throw failure.error;
    return found.value;
  }
}

/** Makes `origin` the cause of an error that has none, unless that would close a circle. */
function blame(error: unknown, origin: unknown): void {
  if (!(error instanceof Error) || error.cause !== undefined || !Object.isExtensible(error)) return;
  let cause = origin;
  for (let depth = 0; depth < CAUSES_MAX && cause instanceof Error; depth++) {
    if (cause.cause === error) return;
    cause = cause.cause;
  }
  Object.defineProperty(error, "cause", { value: origin, configurable: true, writable: true });
}

/** How many causes of causes are looked at. */
const CAUSES_MAX = 16;
