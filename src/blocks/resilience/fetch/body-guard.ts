import type { Timer } from "../../time/index.ts";
import { LONGEST_TIMER_MS } from "../../time/timer-range.ts";
import { type AbortListener, type AbortSource, sourceOf } from "../call/abort-source.ts";
import type { Deadline } from "../deadline/deadline.ts";
import { PolicyError } from "../errors.ts";

/** Ends the body of an answer when its caller gives up or the deadline passes, which can be long after the policy is done. */
export class BodyGuard implements AbortListener {
  readonly #controller: AbortController;
  #source: AbortSource | undefined;
  #timer: Timer | undefined;

  /**
   * Watches until `release`, or until nobody can read the body any more; undefined where nobody can end it, since to be
   * told of that costs more than all else here. `controller`: of the request.
   */
  static watch(
    body: object,
    controller: AbortController,
    signal: AbortSignal | undefined,
    deadline: Deadline | undefined,
  ): BodyGuard | undefined {
    if (!signal && !deadline) return undefined;
    const guard = new BodyGuard(controller);
    guard.#begin(signal, deadline);
    // The platform tells nobody that a body was read; that it is gone, it does.
    unreadable.register(body, guard);
    return guard;
  }

  constructor(controller: AbortController) {
    this.#controller = controller;
  }

  onAbort(reason: unknown): void {
    this.#controller.abort(reason);
    this.release();
  }

  release(): void {
    this.#source?.unlisten(this);
    this.#source = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #begin(signal: AbortSignal | undefined, deadline: Deadline | undefined): void {
    const source = signal && sourceOf(signal);
    if (source?.aborted) {
      this.onAbort(source.reason);
      return;
    }
    source?.listen(this);
    this.#source = source;
    const leftMs = deadline?.remainingMs ?? Number.POSITIVE_INFINITY;
    if (!deadline || leftMs > LONGEST_TIMER_MS) return;
    this.#timer = deadline.clock.setTimer(Math.max(0, leftMs), () => this.onAbort(tooLate()));
    // A body that nobody reads is no reason for the process to go on; one that is read has its connection.
    this.#timer.unref();
  }
}

const unreadable = new FinalizationRegistry<BodyGuard>((guard) => guard.release());

function tooLate(): PolicyError {
  const message = "the body took longer than its caller has left";
  return new PolicyError("DEADLINE_EXCEEDED", { by: { name: "fetch" }, message });
}
