import type { SpanData } from "../../../blocks/telemetry/otlp/model.ts";
import { withThreshold } from "../../../blocks/telemetry/trace/sampling-threshold.ts";
import { FLAG_SAMPLED, traceParent } from "../../../blocks/telemetry/trace/trace-context.ts";
import type { ExchangeRecord, TraceFacts } from "../observe/exchange-record.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import { clientAttributes, nameOf, serverAttributes } from "./span-attributes.ts";

/** What a trace needs of the edge. */
export interface TraceHost {
  /** The moment of a monotonic time, in whole microseconds since the Unix epoch. */
  epochUs(monotonicMs: number): number;
  spanId(): string;
  /** Whether a request that is not traced is to be told nevertheless. */
  tellsTail(record: ExchangeRecord, nowMs: number): boolean;
  tell(span: SpanData): void;
}

/** What a trace begins with. */
export interface TraceStart {
  readonly traceId: string;
  /** Of the caller's span; undefined where the trace begins here. */
  readonly parentSpanId: string | undefined;
  readonly traceState: string;
  readonly isSampled: boolean;
  readonly nowMs: number;
}

const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;
const NO_EVENTS: readonly never[] = Object.freeze([]);

/** One request's part in a trace: the edge's span, and where the trace is told one for each attempt with an upstream. */
export class ExchangeTrace implements TraceFacts {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
  /** When the request was over; 0 until then. */
  endUs = 0;
  readonly #host: TraceHost;
  readonly #parentSpanId: string | undefined;
  readonly #traceState: string;
  readonly #startMs: number;
  /** Where the value of `traceparent` stands in the fields that are sent on; -1 before. */
  #at = -1;
  /** The attempt under way, where such are told. */
  #attempt: AttemptSpan | undefined;
  #resent = -1;

  constructor(start: TraceStart, host: TraceHost) {
    this.traceId = start.traceId;
    this.spanId = host.spanId();
    this.isSampled = start.isSampled;
    this.#parentSpanId = start.parentSpanId;
    this.#traceState = start.traceState;
    this.#startMs = start.nowMs;
    this.#host = host;
  }

  /**
   * Adds the fields by which the next hop knows the trace: as the edge's own child, until an attempt is told. Of the flags only that
   * of level 1 is set: services whose OpenTelemetry is of before 2026 take no `traceparent` with the one of level 2 (Go, Rust).
   */
  addFields(fields: string[]): void {
    this.#at = fields.length + 1;
    fields.push("traceparent", traceParent(this.traceId, this.spanId, this.isSampled ? FLAG_SAMPLED : 0));
    if (this.#traceState !== "") fields.push("tracestate", this.#traceState);
  }

  /** A route has edited the fields: what it says of `traceparent` itself, or that it takes it away, stands. */
  fieldsEdited(fields: readonly string[]): void {
    this.#at = -1;
    for (let at = 0; at + 1 < fields.length; at += 2)
      if (fields[at] === "traceparent" && fields[at + 1]?.includes(this.spanId)) this.#at = at + 1;
  }

  /** A request is about to be sent: to an endpoint, with these fields, which name the attempt as what it is part of. */
  attemptBegan(upstream: string, endpoint: Endpoint, fields: string[], nowMs: number): void {
    if (!this.isSampled) return;
    this.#resent += 1;
    const spanId = this.#host.spanId();
    this.#attempt = {
      traceId: this.traceId,
      spanId,
      isSampled: true,
      upstream,
      endpoint,
      startMs: nowMs,
      resent: this.#resent,
      status: 0,
      error: undefined,
      endUs: 0,
    };
    if (this.#at >= 0) fields[this.#at] = traceParent(this.traceId, spanId, FLAG_SAMPLED);
  }

  /** The attempt has its answer (`status`), or has failed: the first word stands. Returns where it stands in the trace, if it is told. */
  attemptTold(status: number, error: string | undefined, nowMs: number): TraceFacts | undefined {
    const attempt = this.#attempt;
    if (attempt === undefined) return undefined;
    if (attempt.status === 0 && attempt.error === undefined) {
      attempt.status = status;
      attempt.error = error ?? (status >= 500 ? String(status) : undefined);
      attempt.endUs = this.#host.epochUs(nowMs);
    }
    return attempt;
  }

  /** An answer that had begun broke off. */
  attemptBroke(error: string): void {
    if (this.#attempt) this.#attempt.error ??= error;
  }

  /** The attempt is over. Without one, it does nothing. */
  attemptEnded(method: string, nowMs: number): void {
    const attempt = this.#attempt;
    if (!attempt) return;
    this.#attempt = undefined;
    const { host, port } = attempt.endpoint;
    const { upstream, status, error, resent } = attempt;
    this.#tell({
      spanId: attempt.spanId,
      parentSpanId: this.spanId,
      name: nameOf(method, undefined),
      kind: CLIENT,
      startMs: attempt.startMs,
      endUs: this.#host.epochUs(nowMs),
      attributes: clientAttributes({
        method,
        upstream,
        endpoint: attempt.endpoint.id,
        host,
        port,
        status,
        error,
        resent,
      }),
      // A status of 4xx is the client's own fault and not the way's, which is what these spans are read for.
      isError: error !== undefined,
    });
  }

  /** The request is over: tells of it, if it is traced, or else matters by itself. */
  end(record: ExchangeRecord, rawFields: readonly string[], nowMs: number): void {
    if (this.#attempt) this.attemptEnded(record.method, nowMs);
    if (!this.isSampled && !this.#host.tellsTail(record, nowMs)) return;
    this.endUs = this.#host.epochUs(nowMs);
    this.#tell({
      spanId: this.spanId,
      parentSpanId: this.#parentSpanId,
      name: nameOf(record.method, record.route),
      kind: SERVER,
      startMs: this.#startMs,
      endUs: this.endUs,
      attributes: serverAttributes(record, rawFields),
      isError: record.status >= 500 || record.outcome === "cut",
    });
  }

  #tell(span: ToldSpan): void {
    const { spanId, parentSpanId, name, kind, startMs, endUs, attributes, isError } = span;
    this.#host.tell({
      traceId: this.traceId,
      spanId,
      parentSpanId,
      // One that was not drawn stands for no others, whatever the caller's threshold says.
      traceState: this.isSampled ? this.#traceState : withThreshold(this.#traceState, ""),
      name,
      kind,
      startUs: Math.min(this.#host.epochUs(startMs), endUs),
      endUs,
      attributes,
      events: NO_EVENTS,
      links: NO_EVENTS,
      status: isError ? ERROR : 0,
      statusMessage: "",
    });
  }
}

interface AttemptSpan extends TraceFacts {
  readonly upstream: string;
  readonly endpoint: Endpoint;
  readonly startMs: number;
  /** How often the request had been sent before. */
  readonly resent: number;
  /** 0 as long as there is no answer. */
  status: number;
  error: string | undefined;
  /** When there was an answer, or none would come. */
  endUs: number;
}

interface ToldSpan
  extends Pick<SpanData, "spanId" | "parentSpanId" | "name" | "kind" | "endUs" | "attributes"> {
  readonly startMs: number;
  readonly isError: boolean;
}
