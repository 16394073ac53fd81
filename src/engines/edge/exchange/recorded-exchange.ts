import { Timeout } from "../../../blocks/time/index.ts";
import type { AnswerCode } from "../answers.ts";
import type { ExchangeRecord, Outcome } from "../observe/exchange-record.ts";
import type { EdgeRuntime, SiteRoute } from "../runtime.ts";
import type { ExchangeTrace } from "../trace/exchange-trace.ts";
import type { Dispatch } from "./dispatch.ts";
import type { HttpVersion, RequestMessage } from "./messages.ts";
import { type Hop, type RequestHead, readRequestHead } from "./request-head.ts";
import type { ResponseRelay } from "./response-relay.ts";

/** What of the client's connection a record has to know. */
export interface RecordedConnection {
  readonly runtime: EdgeRuntime;
  readonly hop: Hop;
  readonly tls: string | undefined;
}

/** What is known of an exchange, while it is under way and in the end: the part of it that metrics and logs read. */
export abstract class RecordedExchange extends Timeout implements ExchangeRecord {
  readonly requestId: string;
  readonly tls: string | undefined;
  outcome: Outcome = "left";
  status = 0;
  code: AnswerCode | undefined;
  durationMs = 0;
  /** Undefined where the edge takes no part in traces, and before it begins. */
  trace: ExchangeTrace | undefined;
  protected readonly request: RequestMessage;
  protected readonly head: RequestHead;
  /** The route that was found. */
  protected taken: SiteRoute | undefined;
  protected dispatch: Dispatch | undefined;
  protected relay: ResponseRelay | undefined;
  /** Of an answer in the edge's own name. */
  protected ownBytes = 0;

  constructor(request: RequestMessage, { runtime, hop, tls }: RecordedConnection) {
    super();
    this.request = request;
    this.tls = tls;
    this.head = readRequestHead(request.method, request.httpVersion, request.rawHeaders, hop);
    this.requestId = this.head.requestId ?? runtime.requestIds.next();
  }

  get clientAddress(): string {
    return this.head.clientAddress;
  }

  get method(): string {
    return this.request.method;
  }

  get target(): string {
    return this.request.url;
  }

  get host(): string | undefined {
    return this.head.host;
  }

  get version(): HttpVersion {
    return this.request.httpVersion;
  }

  get route(): string | undefined {
    return this.taken?.name;
  }

  get upstream(): string | undefined {
    return this.dispatch?.upstream.name;
  }

  get endpoint(): string | undefined {
    return this.dispatch?.endpoint?.id;
  }

  get attempts(): number {
    return this.dispatch?.attempts ?? 0;
  }

  get requestBytes(): number {
    return this.dispatch?.requestBytes ?? 0;
  }

  get responseBytes(): number {
    return this.relay?.bytes ?? this.ownBytes;
  }

  get upstreamMs(): number {
    return this.dispatch?.upstreamMs ?? -1;
  }
}
