import type { Signal } from "../../../../blocks/telemetry/otlp/index.ts";
import type { SignalStatus } from "../../../control-api/telemetry.ts";

/** Why something was not taken. A request that is too large, or no OTLP, counts as one: nobody knows what it would have held. */
export type DropReason = "overload" | "malformed" | "too-large" | "unsupported";

/** What was taken and what was not: spans, points and log records. */
export class SignalCounts {
  readonly #received: Record<Signal, number> = { traces: 0, metrics: 0, logs: 0 };
  readonly #dropped: Record<Signal, Partial<Record<DropReason, number>>> = {
    traces: {},
    metrics: {},
    logs: {},
  };

  received(signal: Signal, count: number): void {
    this.#received[signal] += count;
  }

  dropped(signal: Signal, reason: DropReason, count: number): void {
    if (count > 0) this.#dropped[signal][reason] = (this.#dropped[signal][reason] ?? 0) + count;
  }

  statusOf(signal: Signal): SignalStatus {
    return { received: this.#received[signal], dropped: { ...this.#dropped[signal] } };
  }
}
