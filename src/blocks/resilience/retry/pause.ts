import type { Clock, Timer } from "../../time/index.ts";
import type { AbortListener } from "../call/abort-source.ts";
import type { Call } from "../call/call.ts";

/** Waits for `delayMs` (0: not at all) within a call; rejects with the call's reason as soon as that is aborted. */
export function pause(clock: Clock, delayMs: number, call: Call): Promise<void> {
  if (call.aborted) return Promise.reject(call.reason);
  if (delayMs <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => new Pause(clock, delayMs, call, resolve, reject));
}

class Pause implements AbortListener {
  readonly #timer: Timer;
  readonly #reject: (reason: unknown) => void;

  constructor(
    clock: Clock,
    delayMs: number,
    call: Call,
    resolve: () => void,
    reject: (reason: unknown) => void,
  ) {
    this.#reject = reject;
    call.listen(this);
    this.#timer = clock.setTimer(delayMs, () => {
      call.unlisten(this);
      resolve();
    });
  }

  onAbort(reason: unknown): void {
    this.#timer.cancel();
    this.#reject(reason);
  }
}
