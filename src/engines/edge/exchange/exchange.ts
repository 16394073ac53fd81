import type { Socket } from "node:net";
import type { SharedTimeouts } from "../../../blocks/time/index.ts";
import type { Answer } from "../answers.ts";
import type { FactSources } from "../balancing/request-facts.ts";
import type { FixedAnswerConfig } from "../config/index.ts";
import { isGrpcRequest } from "../http2/grpc-answer.ts";
import { DISCARD_BYTES, LINGER_MS } from "../limits.ts";
import type { Outcome } from "../observe/exchange-record.ts";
import { admit } from "../routing/admission.ts";
import { compileAnswer } from "../routing/compiled-route.ts";
import { editFields } from "../routing/field-edits.ts";
import type { EdgeRuntime, Site } from "../runtime.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import type { LinkClient } from "../upstream/link-pool.ts";
import type { Watched } from "../watch.ts";
import type { TeedRequest } from "./copied-request.ts";
import { Dispatch } from "./dispatch.ts";
import type { DispatchListener } from "./dispatch-contract.ts";
import type { AnswerMessage, AnswerWriter, RequestMessage } from "./messages.ts";
import { mirrored } from "./mirror.ts";
import { fixedAnswer, type OwnAnswer, refusalOf, routeAnswerOf } from "./own-answer.ts";
import { RecordedExchange } from "./recorded-exchange.ts";
import { addHop, type Hop, hasBody, replaceHost } from "./request-head.ts";
import { type RelayListener, ResponseRelay } from "./response-relay.ts";
import type { UpgradeRequest } from "./tunnel.ts";

/**
 * Where a request stands. `waiting`: behind earlier ones of its connection. `sending`: with an upstream, or on the way to one,
 * and unanswered. `answering`: the head of the answer is out. `lingering`: the answer is out, and the client still sends what
 * nobody reads. `tunnel`: no longer HTTP. `done`.
 */
type Phase = "waiting" | "sending" | "answering" | "lingering" | "tunnel" | "done";

/** What an exchange knows of the client's connection that it belongs to. */
export interface ExchangeHost {
  readonly runtime: EdgeRuntime;
  /** The routes in force. */
  readonly site: Site;
  /** What is said to the next hop of who is connected. */
  readonly hop: Hop;
  /** The protocol of TLS, such as `TLSv1.3`; undefined in plain text. */
  readonly tls: string | undefined;
  /** For upstreams that are told of each client's connection by the PROXY protocol. */
  readonly linkClient: LinkClient;
  /** Whether the answer under way is the connection's last. */
  readonly isEnding: boolean;
  /** The exchange is over; the next may begin. */
  exchangeDone(exchange: Exchange): void;
}

/** One request and its answer, on the client's side: what becomes of it, its deadlines, and what is known of it in the end. */
export class Exchange<Response extends AnswerWriter = AnswerWriter>
  extends RecordedExchange
  implements Watched, DispatchListener, RelayListener
{
  readonly response: Response;
  readonly #connection: ExchangeHost;
  readonly #upgrade: UpgradeRequest | undefined;
  #phase: Phase = "waiting";
  /** What was asked for, in origin form. */
  #asked = "";
  /** The request as it is read where it is copied to a mirror, body and all. */
  #copied: TeedRequest | undefined;
  #totalTimeouts: SharedTimeouts | undefined;
  #startedMs = 0;
  /** When the present phase, or the present part of it, began. */
  #sinceMs = 0;
  /** Whether bytes moved since the last sweep. */
  #active = false;

  constructor(
    connection: ExchangeHost,
    request: RequestMessage,
    response: Response,
    upgrade?: UpgradeRequest,
  ) {
    super(request, connection);
    this.#connection = connection;
    this.response = response;
    this.#upgrade = upgrade;
  }

  /** Whether the request has arrived whole. */
  get isComplete(): boolean {
    return this.request.complete;
  }

  // ---- the way of a request ----

  /** Begins: earlier requests of the connection are answered. */
  start(): void {
    const { runtime, site, hop, linkClient } = this.#connection;
    const head = this.head;
    this.response.once("close", this.#onClosed);
    const nowMs = runtime.clock.monotonicMs();
    this.#startedMs = nowMs;
    this.#sinceMs = nowMs;
    const trace = runtime.tracer?.begin(head, hop, nowMs);
    this.trace = trace;
    const admission = admit(head, this.request.url, site.routes, runtime.limits.bodyBytes);
    if (admission.kind === "refused") {
      this.#refuse(admission.answer, admission.ends);
      return;
    }
    const route = admission.to;
    this.taken = route;
    this.#asked = admission.target;
    const upstream = route.to ?? route.split?.draw();
    if (!upstream) {
      const own = routeAnswerOf(route, admission.target, head, this.requestId);
      if (own) this.#answerOwn(own, false);
      else this.#refuse({ code: "NO_ROUTE" });
      return;
    }
    const target = route.rewrite ? route.rewrite(admission.target, head.host) : admission.target;
    addHop(head, hop, this.requestId);
    if (route.rewriteHost !== undefined) replaceHost(head, route.rewriteHost);
    trace?.addFields(head.fields);
    if (route.requestFields) {
      editFields(route.requestFields, head.fields);
      trace?.fieldsEdited(head.fields);
    }
    if (this.#upgrade) head.fields.push("Connection", "Upgrade", "Upgrade", head.upgrade ?? "");
    if (route.totalMs !== undefined) {
      this.#totalTimeouts = runtime.timeouts.of(route.totalMs);
      this.#totalTimeouts.start(this);
    }
    const options = {
      runtime,
      route,
      upstream,
      request: this.request,
      head,
      facts: this.#factSources,
      target,
      bodyBytes: route.bodyBytes ?? this.#usualBodyBytes(),
      switches: this.#upgrade !== undefined,
      client: linkClient,
      fallsBack: true,
      trace,
    };
    if (route.mirror?.draw()) {
      this.#copied = mirrored(route.mirror.to, options);
      options.request = this.#copied ?? options.request;
    }
    this.#phase = "sending";
    this.dispatch = new Dispatch(options, this);
    this.dispatch.start(nowMs);
  }

  /** The client broke the rules of HTTP in the middle of its body. */
  requestBroke(answer: Answer): void {
    // It has its answer, and nobody reads the rest.
    if (this.#phase === "lingering") {
      this.response.end();
      return;
    }
    if (this.#phase === "sending") this.dispatch?.abandon();
    if (this.#phase === "answering") this.#cut();
    else this.#refuse(answer, true);
  }

  /** The client's connection is gone. */
  connectionClosed(): void {
    if (this.#phase !== "tunnel") this.#onClosed();
  }

  /** Called by the connection every period of the edge's `Watch` while it is the exchange under way. */
  sweep(nowMs: number): void {
    if (this.#active) {
      this.#active = false;
      this.#sinceMs = nowMs;
      this.dispatch?.touched(nowMs);
    }
    const elapsedMs = nowMs - this.#sinceMs;
    switch (this.#phase) {
      case "sending":
        this.dispatch?.sweep(nowMs);
        return;
      case "answering":
        if (elapsedMs <= (this.taken?.idleMs ?? this.#connection.runtime.limits.idleTimeoutMs)) return;
        // Unless it is the client who does not read.
        if (this.relay?.isStarved) this.dispatch?.broke("timeout");
        this.#cut();
        return;
      case "lingering":
        if (elapsedMs <= LINGER_MS) return;
        if (this.response.writableEnded) this.response.cut();
        else this.response.end();
        return;
      case "waiting":
      case "tunnel":
      case "done":
        return;
    }
  }

  /** The route's time for the whole exchange is up. */
  expired(): void {
    this.#totalTimeouts = undefined;
    if (this.#phase === "sending") this.dispatch?.outOfTime(!this.request.complete);
    else if (this.#phase === "answering") this.#cut();
  }

  // ---- the way to an upstream ----

  onBodyActivity(): void {
    this.#active = true;
  }

  onBodySent(): void {
    this.#active = true;
  }

  onBodyTooLarge(): void {
    if (this.#phase === "answering") {
      this.#cut();
      return;
    }
    this.dispatch?.abandon();
    this.#refuse({ code: "BODY_TOO_LARGE" }, true);
  }

  onContinue(): void {
    this.#active = true;
    this.response.writeContinue();
  }

  onHint(link: string): void {
    // Clients before HTTP/1.1 know no answers that come before the answer.
    if (this.request.httpVersion === "1.0") return;
    try {
      this.response.writeEarlyHints({ link });
    } catch {
      // A malformed hint is not worth an answer's failure.
    }
  }

  onNoAnswer(answer: Answer, ends: boolean): void {
    this.#refuse(answer, ends);
  }

  onFixedAnswer(answer: FixedAnswerConfig): void {
    this.#answerOwn(fixedAnswer(compileAnswer(answer), this.requestId), false);
  }

  onAnswer(answer: AnswerMessage): void {
    if (this.dispatch?.holdsBody) this.#endConnection();
    const relay = new ResponseRelay(answer, this.response, this);
    if (this.#connection.isEnding || this.#upgrade) this.#endConnection();
    const { method, httpVersion } = this.request;
    const to = { requestId: this.requestId, method, version: httpVersion };
    if (!relay.begin(to, this.taken?.responseFields, this.dispatch?.cookie)) {
      this.dispatch?.abandon();
      this.#refuse({ code: "BAD_GATEWAY", message: "The service's answer is not valid HTTP." });
      return;
    }
    this.relay = relay;
    this.status = answer.statusCode;
    this.#phase = "answering";
    this.#active = true;
  }

  onSwitched(answer: AnswerMessage, endpoint: Endpoint, upstream: Socket, upstreamHead: Buffer): void {
    const upgrade = this.#upgrade;
    if (!upgrade || this.#phase !== "sending" || upgrade.socket.destroyed) {
      upstream.destroy();
      this.dispatch?.abandon();
      return;
    }
    this.#phase = "tunnel";
    this.response.off("close", this.#onClosed);
    this.response.detachSocket();
    upgrade.socket.write(ResponseRelay.switchingHead(answer, this.requestId), "latin1");
    endpoint.began();
    endpoint.tunnel({ client: upgrade.socket, clientHead: upgrade.head, upstream, upstreamHead });
    this.dispatch?.finish();
    this.status = 101;
    this.#record("answered");
  }

  // ---- the answer ----

  /** Bytes of the answer moved. */
  onAnswerActivity(): void {
    this.#active = true;
  }

  /** The upstream's part of the exchange is over. */
  onAnswered(whole: boolean): void {
    const dispatch = this.dispatch;
    if (!whole) {
      dispatch?.broke("reset");
      this.#cut();
    } else if (dispatch?.isSending) {
      // Whoever has answered in full needs no more of the body; the connection would wait for it in vain.
      dispatch.abandon();
    } else dispatch?.finish();
  }

  /** Answers in the edge's own name; `ends` when what follows on the connection cannot be trusted. */
  #refuse(answer: Answer, ends = false): void {
    this.code = answer.code;
    const { documentationUrl } = this.#connection.runtime;
    this.#answerOwn(refusalOf(answer, this.request, this.requestId, documentationUrl), ends);
  }

  #answerOwn({ status, reason, fields, body }: OwnAnswer, ends: boolean): void {
    if (this.response.headersSent) {
      this.#cut();
      return;
    }
    if (this.response.destroyed) {
      // Nobody is there to be told. The close that follows ends the exchange.
      this.code = undefined;
      return;
    }
    const head = this.head;
    const unread = !this.request.complete && hasBody(head);
    const discards = unread && !head.chunked && head.contentLength <= DISCARD_BYTES;
    // A stream can be called off without harm to what was sent on it.
    const lingers = unread && head.version !== "2.0" && (ends || !discards || head.expectsContinue);
    if (ends || lingers || this.#upgrade || this.#connection.isEnding) this.#endConnection();
    this.outcome = "own";
    this.status = status;
    this.ownBytes = head.method === "HEAD" ? 0 : body.length;
    this.response.writeHead(status, reason, fields);
    this.#sinceMs = this.#connection.runtime.clock.monotonicMs();
    this.#active = false;
    if (!lingers) {
      this.#phase = "answering";
      this.response.end(body);
      return;
    }
    // Closing while the client still sends would reset the connection, and the client might never see the answer.
    this.#phase = "lingering";
    this.response.write(body);
    this.request.once("end", () => this.response.end());
    this.request.resume();
  }

  /** The answer under way cannot be finished, and must not look as if it were. */
  #cut(): void {
    this.outcome = "cut";
    this.relay?.stop();
    this.dispatch?.abandon();
    this.response.cut();
  }

  /** Streams of gRPC have no end by nature, and each message in them has a bound of its own. */
  #usualBodyBytes(): number {
    const { httpVersion, rawHeaders } = this.request;
    const isGrpc = httpVersion === "2.0" && isGrpcRequest(rawHeaders);
    return isGrpc ? Number.POSITIVE_INFINITY : this.#connection.runtime.limits.bodyBytes;
  }

  readonly #factSources = (): FactSources => {
    const head = this.head;
    return {
      clientAddress: head.clientAddress,
      overTls: this.#connection.hop.secure || head.forwardedProto === "https",
      target: this.#asked,
      rawHeaders: this.request.rawHeaders,
    };
  };

  #endConnection(): void {
    this.response.shouldKeepAlive = false;
  }

  /** The answer is out, or the client is gone. */
  readonly #onClosed = (): void => {
    if (this.#phase === "done") return;
    if (this.response.writableFinished && !this.request.complete && !this.response.destroyed) {
      // The connection reads and drops the rest of the body; not for ever.
      if (this.#phase !== "lingering") this.#sinceMs = this.#connection.runtime.clock.monotonicMs();
      this.#phase = "lingering";
      this.request.once("end", () => this.#finish());
      return;
    }
    this.#finish();
  };

  #finish(): void {
    if (this.#phase === "done") return;
    this.#phase = "done";
    // With the answer out, what is left of the upstream's is its last event.
    const isOut = this.response.writableFinished;
    if (!isOut) {
      this.relay?.stop();
      this.dispatch?.abandon();
    }
    if (isOut && this.outcome === "left") this.#record("answered");
    else this.#record(this.outcome);
    this.#connection.exchangeDone(this);
  }

  #record(outcome: Outcome): void {
    this.#totalTimeouts?.stop(this);
    this.#totalTimeouts = undefined;
    this.#copied?.over();
    this.outcome = outcome;
    const { runtime } = this.#connection;
    const nowMs = runtime.clock.monotonicMs();
    this.durationMs = nowMs - this.#startedMs;
    this.trace?.end(this, this.request.rawHeaders, nowMs);
    runtime.observer?.exchangeDone(this);
  }
}
