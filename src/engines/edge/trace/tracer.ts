import { Epoch } from "../../../blocks/telemetry/epoch.ts";
import type { SpanData } from "../../../blocks/telemetry/otlp/model.ts";
import { TailRule } from "../../../blocks/telemetry/trace/tail-rule.ts";
import { isSampledContext, type TraceContext } from "../../../blocks/telemetry/trace/trace-context.ts";
import { TraceIds } from "../../../blocks/telemetry/trace/trace-ids.ts";
import type { Clock, Random } from "../../../blocks/time/index.ts";
import type { TracesConfig } from "../config/index.ts";
import type { Hop, RequestHead } from "../exchange/request-head.ts";
import type { ExchangeRecord } from "../observe/exchange-record.ts";
import { ExchangeTrace, type TraceHost } from "./exchange-trace.ts";
import { takeTraceFields } from "./trace-fields.ts";
import { TraceSampler } from "./trace-sampler.ts";

const DEFAULT_PER_SECOND_MAX = 50;
const DEFAULT_SLOW_MS = 500;
/** What a tracer needs of its surroundings. */
export interface TracerContext {
  readonly clock: Clock;
  readonly random: Random;
  /** Takes spans that are told. Must not throw, and bounds what it keeps. */
  readonly tell: (span: SpanData) => void;
}

/** Traces requests through an edge (W3C Trace Context): goes on with the client's trace, or begins one. */
export class Tracer implements TraceHost {
  readonly #clock: Clock;
  readonly #ids: TraceIds;
  readonly #sampler: TraceSampler;
  readonly #tell: (span: SpanData) => void;
  #config: TracesConfig;
  #tail: TailRule;
  readonly #epoch: Epoch;

  constructor(config: TracesConfig, { clock, random, tell }: TracerContext) {
    this.#clock = clock;
    this.#epoch = new Epoch(clock);
    this.#ids = new TraceIds(random);
    this.#tell = tell;
    this.#sampler = new TraceSampler(samplerSettings(config), clock.monotonicMs());
    this.#tail = tailRule(config, clock);
    this.#config = config;
  }

  /** Goes by another configuration from now on; the same one again changes nothing, so that updates give no new room in a second. */
  configure(config: TracesConfig): void {
    const { share, perSecondMax, slowMs, trust } = this.#config;
    const isSame = config.share === share && config.perSecondMax === perSecondMax && config.slowMs === slowMs;
    if (isSame && config.trust === trust) return;
    this.#config = config;
    this.#tail = tailRule(config, this.#clock);
    this.#sampler.configure(samplerSettings(config), this.#clock.monotonicMs());
  }

  /** Begins a request's part in a trace. What the client said of one is taken out of the fields that are sent on. */
  begin(head: RequestHead, hop: Hop, nowMs: number): ExchangeTrace {
    if (head.traceFields > 0) {
      const context = takeTraceFields(head.fields);
      if (context && this.#believes(hop)) return new ExchangeTrace(continued(context, nowMs), this);
    }
    const traceId = this.#ids.traceId();
    const isSampled = this.#sampler.samples(traceId, nowMs);
    const traceState = isSampled ? this.#sampler.traceState : "";
    return new ExchangeTrace({ traceId, parentSpanId: undefined, traceState, isSampled, nowMs }, this);
  }

  spanId(): string {
    return this.#ids.spanId();
  }

  epochUs(monotonicMs: number): number {
    return this.#epoch.usOf(monotonicMs);
  }

  tellsTail({ status, outcome, durationMs }: ExchangeRecord, nowMs: number): boolean {
    return this.#tail.isWorthTelling(nowMs - durationMs, nowMs, status >= 500 || outcome === "cut");
  }

  tell(span: SpanData): void {
    this.#tell(span);
    // It learns by being asked, and is not asked for every request.
    this.#epoch.nowUs();
  }

  #believes({ trustedHops, peerAddress }: Hop): boolean {
    return this.#config.trust ?? (trustedHops > 0 || isLoopback(peerAddress));
  }
}

function samplerSettings({ share = 1, perSecondMax = DEFAULT_PER_SECOND_MAX }: TracesConfig) {
  return { share, perSecondMax };
}

function tailRule(config: TracesConfig, clock: Clock): TailRule {
  const { slowMs = DEFAULT_SLOW_MS, perSecondMax = DEFAULT_PER_SECOND_MAX } = config;
  return new TailRule(clock, { slowMs, perSecondMax });
}

function continued(context: TraceContext, nowMs: number) {
  const { traceId, spanId, traceState } = context;
  return { traceId, parentSpanId: spanId, traceState, isSampled: isSampledContext(context), nowMs };
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1" || address.startsWith("::ffff:127.");
}
