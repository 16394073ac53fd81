import type { AnswerCode } from "../answers.ts";
import type { HttpVersion } from "../exchange/messages.ts";

/** How an exchange ended. */
export type Outcome =
  /** The upstream's answer went out whole, or the protocol was switched. */
  | "answered"
  /** The edge answered in its own name: `code`, or a redirect or fixed answer of a route. */
  | "own"
  /** An answer had begun and could not be finished. */
  | "cut"
  /** The client left before its answer was out. */
  | "left";

/** An exchange's place in a trace. */
export interface TraceFacts {
  readonly traceId: string;
  /** Of the edge's own span. */
  readonly spanId: string;
  /** Whether the trace is told. */
  readonly isSampled: boolean;
  /** When a sampled exchange was over, in whole microseconds since the Unix epoch. */
  readonly endUs: number;
}

/** What is known of a request once it is over. Read at once: the fields may change afterwards. */
export interface ExchangeRecord {
  readonly outcome: Outcome;
  readonly requestId: string;
  readonly clientAddress: string;
  readonly method: string;
  /** The target as it came, query included. */
  readonly target: string;
  readonly host: string | undefined;
  readonly version: HttpVersion;
  /** The protocol of TLS, such as `TLSv1.3`; undefined in plain text. */
  readonly tls: string | undefined;
  /** The route's name; undefined when none was found. */
  readonly route: string | undefined;
  readonly upstream: string | undefined;
  /** The endpoint of the last attempt. */
  readonly endpoint: string | undefined;
  readonly attempts: number;
  /** 0 when no head went out. */
  readonly status: number;
  /** Of an answer in the edge's own name. */
  readonly code: AnswerCode | undefined;
  /** Bytes of the bodies as they passed, without framing. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** From the end of the request's head to the last byte of the answer. */
  readonly durationMs: number;
  /** From when the last attempt was sent to the head of its answer; -1 when there was none. */
  readonly upstreamMs: number;
  /** Undefined where the edge takes no part in traces. */
  readonly trace: TraceFacts | undefined;
}

/** Told of each exchange once, when it is over. On the hot path: keeps numbers, and puts off everything else. */
export interface ExchangeObserver {
  exchangeDone(record: ExchangeRecord): void;
}
