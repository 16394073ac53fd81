import { SharedTimeouts, Timeout } from "../../time/index.ts";
import { checkTimerMs } from "../../time/timer-range.ts";
import type { AbortListener } from "../call/abort-source.ts";
import type { Call } from "../call/call.ts";
import { PolicyError } from "../errors.ts";
import type { Handler, Layer } from "../layer.ts";
import { tell, type World } from "../world.ts";
import { Slots, type Waiting } from "./slots.ts";

export interface BulkheadOptions {
  /** Calls under way at once. A whole number of at least 1. */
  readonly concurrent: number;
  /** Calls that may wait for a place, first come, first served. A whole number of at least 0. Default 0: none waits. */
  readonly queue?: number;
  /** A call that has waited this long is refused. Milliseconds, above 0. Default: it waits until it is given up. */
  readonly waitMsMax?: number;
  /** Default `bulkhead`. */
  readonly name?: string;
}

/** A layer that bounds the calls under way. */
export interface Bulkhead extends Layer<never, "BULKHEAD_FULL", unknown, "bounds"> {
  /** Calls that have a place, at most `concurrent`. */
  readonly inFlight: number;
  /** Calls that wait for one, at most `queue`. */
  readonly waiting: number;
}

/**
 * Bounds the calls that are under way at once, so that one slow dependency cannot take all memory and connections of a
 * process. Calls beyond it wait in a bounded line or reject with `BULKHEAD_FULL`, whose `details.reason` is `full` or
 * `waited-too-long`. Whoever is given up leaves the line at once.
 *
 * A place is free again before the caller hears how the call ended. Work that calls its own bulkhead again can wait for itself
 * for ever: give an inner call a bulkhead of its own, or a `waitMsMax`.
 *
 * Counters: `calls`; `queued`, those that waited; `refused`, those that found it full or waited too long.
 *
 * Throws a `RangeError` for options out of their range.
 */
export function bulkhead(options: BulkheadOptions): Bulkhead {
  const { concurrent, queue = 0, waitMsMax, name = "bulkhead" } = options;
  if (waitMsMax !== undefined) checkTimerMs("bulkhead: waitMsMax", waitMsMax);
  const slots = new Slots<WaitingCall>(concurrent, queue);
  const counters = { calls: 0, queued: 0, refused: 0 };
  const giveBack = () => void slots.giveBack()?.begin();
  const layer: Bulkhead = {
    name,
    role: "bounds",
    counters,
    wrap(next, world) {
      const line = new Line(layer, slots, counters, giveBack, waitMsMax, next, world);
      return (call) => {
        counters.calls++;
        if (!slots.take()) return line.join(call);
        const result = next(call);
        result.then(giveBack, giveBack);
        return result;
      };
    },
    get inFlight() {
      return slots.held;
    },
    get waiting() {
      return slots.waiting;
    },
  };
  return layer;
}

/** What becomes of calls that find no place at once. */
class Line {
  readonly slots: Slots<WaitingCall>;
  readonly timeouts: SharedTimeouts | undefined;
  readonly #layer: Bulkhead;
  readonly #counters: { queued: number; refused: number };
  readonly #giveBack: () => void;
  readonly #next: Handler;
  readonly #world: World;

  constructor(
    layer: Bulkhead,
    slots: Slots<WaitingCall>,
    counters: { queued: number; refused: number },
    giveBack: () => void,
    waitMsMax: number | undefined,
    next: Handler,
    world: World,
  ) {
    this.slots = slots;
    this.timeouts = waitMsMax === undefined ? undefined : new SharedTimeouts(world.clock, waitMsMax);
    this.#layer = layer;
    this.#counters = counters;
    this.#giveBack = giveBack;
    this.#next = next;
    this.#world = world;
  }

  join(call: Call): Promise<unknown> {
    if (call.aborted) return Promise.reject(call.reason);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const one = new WaitingCall(this, call, resolve, reject);
    if (!this.slots.wait(one)) return Promise.reject(this.refusal("full"));
    this.#counters.queued++;
    one.wait();
    // By a reaction of this promise, the work begins in its caller's asynchronous context, not in that of whoever made room.
    return promise.then(() => this.#begin(call));
  }

  refusal(reason: "full" | "waited-too-long"): PolicyError {
    this.#counters.refused++;
    if (this.#world.observer)
      tell(this.#world, { kind: "refused", layer: this.#layer.name, code: "BULKHEAD_FULL" });
    return new PolicyError("BULKHEAD_FULL", {
      by: this.#layer,
      ...(reason === "waited-too-long" && { message: "no call ended in time to make room" }),
      details: { reason },
    });
  }

  #begin(call: Call): Promise<unknown> {
    // It may have been given up between being served and this.
    const result = call.aborted ? Promise.reject(call.reason) : this.#next(call);
    result.then(this.#giveBack, this.#giveBack);
    return result;
  }
}

/** A call in the line: its link, its timeout and its listener in one object. */
class WaitingCall extends Timeout implements Waiting<WaitingCall>, AbortListener {
  ahead: WaitingCall | undefined = undefined;
  behind: WaitingCall | undefined = undefined;
  readonly #line: Line;
  readonly #call: Call;
  readonly #resolve: () => void;
  readonly #reject: (reason: unknown) => void;

  constructor(line: Line, call: Call, resolve: () => void, reject: (reason: unknown) => void) {
    super();
    this.#line = line;
    this.#call = call;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  wait(): void {
    this.#call.listen(this);
    this.#line.timeouts?.start(this);
  }

  /** It has a place. */
  begin(): void {
    this.#stop();
    this.#resolve();
  }

  onAbort(reason: unknown): void {
    this.#line.slots.leaveLine(this);
    this.#stop();
    this.#reject(reason);
  }

  expired(): void {
    this.#line.slots.leaveLine(this);
    this.#stop();
    this.#reject(this.#line.refusal("waited-too-long"));
  }

  #stop(): void {
    this.#call.unlisten(this);
    this.#line.timeouts?.stop(this);
  }
}
