import { Timeout } from "../../../blocks/time/index.ts";
import type { Endpoint, EndpointFailure } from "../upstream/endpoint.ts";
import type { Upstream } from "../upstream/upstream.ts";
import type { DispatchOptions } from "./dispatch-contract.ts";
import { UpstreamStay } from "./upstream-stay.ts";

/** What is known of a dispatch, and told of its attempts: the part of it that records, metrics and traces read. */
export abstract class RecordedDispatch extends Timeout {
  /** How many endpoints the request was sent to. */
  attempts = 0;
  /** From when the last attempt was sent to its answer; -1 as long as there is none. */
  upstreamMs = -1;
  /** The last one that was chosen. */
  endpoint: Endpoint | undefined;
  protected readonly options: DispatchOptions;
  protected readonly stay: UpstreamStay;
  /** When the last attempt was. */
  protected sentAtMs = 0;

  constructor(options: DispatchOptions) {
    super();
    this.options = options;
    this.stay = new UpstreamStay(options.upstream);
  }

  /** The one that was sent to last: another than was asked for when that one's breaker is open. */
  get upstream(): Upstream {
    return this.stay.upstream;
  }

  /** An attempt is about to be sent. */
  protected attemptBegan(nowMs: number): void {
    this.attempts += 1;
    this.upstreamMs = -1;
    this.sentAtMs = nowMs;
    const { trace, head } = this.options;
    if (trace && this.endpoint) trace.attemptBegan(this.upstream.name, this.endpoint, head.fields, nowMs);
  }

  /** What became of the attempt under way: its answer's status, or 0 and what it failed by. */
  protected attemptTold(
    status: number,
    error: EndpointFailure | undefined,
    durationMs: number,
    nowMs: number,
  ): void {
    const { trace, runtime } = this.options;
    const attempt = trace?.attemptTold(status, error, nowMs);
    const { endpoint } = this;
    if (endpoint && runtime.attempts)
      runtime.attempts.attemptDone(this.upstream.name, endpoint.id, status, error, durationMs, attempt);
  }

  /** The endpoint's part is over. */
  protected attemptEnded(): void {
    const { trace, head } = this.options;
    if (trace?.isSampled) trace.attemptEnded(head.method, this.nowMs());
  }

  protected nowMs(): number {
    return this.options.runtime.clock.monotonicMs();
  }
}
