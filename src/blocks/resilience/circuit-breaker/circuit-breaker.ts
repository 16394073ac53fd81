import type { Random } from "../../time/index.ts";
import type { Call } from "../call/call.ts";
import { PolicyError } from "../errors.ts";
import type { Handler, Layer } from "../layer.ts";
import { type IsFailure, verdictOn } from "../verdict.ts";
import { tell, type World } from "../world.ts";
import { Circuit, type CircuitOptions, type CircuitPosition, type Pass } from "./circuit.ts";
import { SharedCircuit, type SharedOptions } from "./shared-circuit.ts";

export interface CircuitBreakerOptions extends CircuitOptions {
  /** Default `circuit breaker`. */
  readonly name?: string;
  /**
   * Whether an error speaks against the dependency; if not, the call counts as a success. Default: every error does. It is not
   * asked about calls that were given up or never got there: those do not count at all (see `docs/resilience`).
   */
  readonly isFailure?: IsFailure;
  /** Opens and closes together with the breakers of other processes. Default: stands alone. */
  readonly shared?: SharedOptions;
}

/** A layer that stops calling what does not answer. */
export interface CircuitBreaker extends Layer<never, "CIRCUIT_OPEN", unknown, "judges"> {
  readonly state: CircuitPosition;
  /**
   * Holds it open (no call gets through) or closed (all do, and nothing is noted) until it is told otherwise. `undefined` lets
   * it run again: from closed, with nothing remembered. Not shared with other processes, and not told to observers.
   */
  force(state: "open" | "closed" | undefined): void;
}

/**
 * Stops calling a dependency that fails or is slow, so that callers fail at once instead of waiting, and it can recover. After
 * `openMs` a few trials find out whether it has. Calls that it refuses reject with `CIRCUIT_OPEN`, and with `retryAfterMs`
 * where that is known.
 *
 * One breaker per dependency, shared by all policies that call it; their worlds then have to have one clock. Put a `timeout`
 * inside of it: a call that never ends never counts.
 *
 * Counters: `calls`; `succeeded`, `failed` and `ignored`, how they ended; `slow`, those of them that were; `refused`;
 * `opened`, how often it opened.
 *
 * Throws a `RangeError` for options out of their range.
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const { name = "circuit breaker" } = options;
  const circuit = new Circuit(options);
  const shared = options.shared && new SharedCircuit(circuit, options.shared);
  const counters = { calls: 0, succeeded: 0, failed: 0, ignored: 0, slow: 0, refused: 0, opened: 0 };
  const layer: CircuitBreaker = {
    name,
    role: "judges",
    counters,
    wrap(next, world) {
      const watch = new Watch(layer, circuit, shared, counters, options.isFailure, next, world);
      return (call) => watch.run(call);
    },
    get state() {
      return circuit.position;
    },
    force: (state) => circuit.force(state),
  };
  return layer;
}

interface Counts {
  calls: number;
  succeeded: number;
  failed: number;
  ignored: number;
  slow: number;
  refused: number;
  opened: number;
}

/** The breaker's part in one policy. */
class Watch {
  readonly #layer: CircuitBreaker;
  readonly #circuit: Circuit;
  readonly #shared: SharedCircuit | undefined;
  readonly #counters: Counts;
  readonly #isFailure: IsFailure | undefined;
  readonly #next: Handler;
  readonly #world: World;
  readonly #random: Random;
  readonly #slowAfterMs: number;
  /** Whether the time has to be known when a call begins. Most need not, and then the time is read once, when it ends. */
  readonly #isTimed: boolean;
  /** What all calls of a closed circuit hold, and what follows on their success: made once for all of them. */
  #freePass: Pass | undefined;
  #freeSucceeded = () => {};
  readonly #heard = (from: CircuitPosition) => this.#tellChange(from);

  constructor(
    layer: CircuitBreaker,
    circuit: Circuit,
    shared: SharedCircuit | undefined,
    counters: Counts,
    isFailure: IsFailure | undefined,
    next: Handler,
    world: World,
  ) {
    this.#layer = layer;
    this.#circuit = circuit;
    this.#shared = shared;
    this.#counters = counters;
    this.#isFailure = isFailure;
    this.#next = next;
    this.#world = world;
    this.#random = world.random;
    this.#slowAfterMs = circuit.rule.slowAfterMs;
    this.#isTimed = shared !== undefined || circuit.rule.slowAfterMs < Number.POSITIVE_INFINITY;
  }

  run(call: Call): Promise<unknown> {
    this.#counters.calls++;
    const pass = this.#isTimed ? undefined : this.#circuit.freePass;
    if (!pass) return this.#runTimed(call);
    if (pass !== this.#freePass) this.#meet(pass);
    const result = this.#next(call);
    result.then(this.#freeSucceeded, (error) => this.#failed(pass, 0, call, error));
    return result;
  }

  #meet(pass: Pass): void {
    this.#freePass = pass;
    this.#freeSucceeded = () => this.#succeeded(pass, 0);
  }

  #runTimed(call: Call): Promise<unknown> {
    const nowMs = this.#world.clock.monotonicMs();
    const pass = this.#admit(nowMs);
    return pass ? this.#follow(pass, nowMs, call) : Promise.reject(this.#refusal(nowMs));
  }

  #follow(pass: Pass, nowMs: number, call: Call): Promise<unknown> {
    const result = this.#next(call);
    result.then(
      () => this.#succeeded(pass, nowMs),
      (error) => this.#failed(pass, nowMs, call, error),
    );
    return result;
  }

  #admit(nowMs: number): Pass | undefined {
    const from = this.#circuit.position;
    const pass = this.#shared
      ? this.#shared.admit(nowMs, this.#random, this.#heard)
      : this.#circuit.admit(nowMs, this.#random);
    if (this.#circuit.position !== from) this.#changed(from, nowMs);
    return pass;
  }

  #succeeded(pass: Pass, begunMs: number): void {
    const nowMs = this.#world.clock.monotonicMs();
    const from = this.#circuit.position;
    this.#counters.succeeded++;
    if (nowMs - begunMs > this.#slowAfterMs) this.#counters.slow++;
    this.#circuit.succeeded(pass, nowMs, nowMs - begunMs, this.#random);
    if (this.#circuit.position !== from) this.#changed(from, nowMs);
  }

  #failed(pass: Pass, begunMs: number, call: Call, error: unknown): void {
    switch (verdictOn(call, error, this.#isFailure)) {
      case "succeeded":
        this.#succeeded(pass, begunMs);
        return;
      case "ignored":
        this.#counters.ignored++;
        this.#circuit.ignored(pass);
        return;
      case "failed": {
        const nowMs = this.#world.clock.monotonicMs();
        const from = this.#circuit.position;
        this.#counters.failed++;
        if (nowMs - begunMs > this.#slowAfterMs) this.#counters.slow++;
        this.#circuit.failed(pass, nowMs, nowMs - begunMs, this.#random);
        if (this.#circuit.position !== from) this.#changed(from, nowMs);
      }
    }
  }

  #refusal(nowMs: number): PolicyError {
    this.#counters.refused++;
    if (this.#world.observer)
      tell(this.#world, { kind: "refused", layer: this.#layer.name, code: "CIRCUIT_OPEN" });
    const retryAfterMs = this.#circuit.retryAfterMs(nowMs);
    return new PolicyError("CIRCUIT_OPEN", { by: this.#layer, retryAfterMs });
  }

  #changed(from: CircuitPosition, nowMs: number): void {
    this.#shared?.changed(nowMs, this.#random);
    this.#tellChange(from);
  }

  #tellChange(from: CircuitPosition): void {
    const to = this.#circuit.position;
    if (to === "open") this.#counters.opened++;
    if (this.#world.observer)
      tell(this.#world, { kind: "circuit-changed", layer: this.#layer.name, from, to });
  }
}
