import { SimulatedClock } from "../../../time/index.ts";

/** A clock that a property test moves in one step, where no timer has to fire. */
export class HandClock extends SimulatedClock {
  nowMs = 0;

  override monotonicMs(): number {
    return this.nowMs;
  }

  override wallMs(): number {
    return super.wallMs() + Math.floor(this.nowMs);
  }
}
