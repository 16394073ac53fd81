import type { Socket } from "node:net";
import { type Answer, answerParts } from "../answers.ts";
import { CONTINUE_WAIT_MS, DISCARD_BYTES, LINGER_MS } from "../limits.ts";
import { admit } from "../routing/admission.ts";
import type { EdgeRuntime, Site } from "../runtime.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import type { Upstream } from "../upstream/upstream.ts";
import type { UpstreamFailure } from "../upstream/upstream-failure.ts";
import type { Watched } from "../watch.ts";
import { Attempt, type AttemptListener } from "./attempt.ts";
import type { AnswerMessage, AnswerWriter, RequestMessage } from "./messages.ts";
import {
  addHop,
  type Hop,
  hasBody,
  isReplayable,
  type RequestHead,
  readRequestHead,
} from "./request-head.ts";
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
  readonly clientAddress: string;
  /** The routes in force. */
  readonly site: Site;
  /** Whether the answer under way is the connection's last. */
  readonly isEnding: boolean;
  /** The exchange is over; the next may begin. */
  exchangeDone(exchange: Exchange): void;
}

/** One request and its answer: chooses an endpoint, tries again where that is safe, and keeps the deadlines. */
export class Exchange<Response extends AnswerWriter = AnswerWriter>
  implements Watched, AttemptListener, RelayListener
{
  readonly response: Response;
  readonly #request: RequestMessage;
  readonly #connection: ExchangeHost;
  readonly #upgrade: UpgradeRequest | undefined;
  readonly #hop: Hop;
  readonly #head: RequestHead;
  readonly #requestId: string;
  #phase: Phase = "waiting";
  #target = "";
  #upstream: Upstream | undefined;
  #endpoint: Endpoint | undefined;
  #tried: Endpoint[] | undefined;
  #replayed = false;
  #attempt: Attempt | undefined;
  #relay: ResponseRelay | undefined;
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
    const { runtime, site } = connection;
    this.#connection = connection;
    this.#request = request;
    this.response = response;
    this.#upgrade = upgrade;
    this.#hop = {
      clientAddress: connection.clientAddress,
      trusted: site.trustForwarded,
      name: runtime.name,
    };
    this.#head = readRequestHead(request.method, request.httpVersion, request.rawHeaders, this.#hop);
    this.#requestId = this.#head.requestId ?? runtime.requestIds.next();
  }

  /** Whether the request has arrived whole. */
  get isComplete(): boolean {
    return this.#request.complete;
  }

  /** Begins: earlier requests of the connection are answered. */
  start(): void {
    const { runtime, site } = this.#connection;
    const head = this.#head;
    this.response.once("close", this.#onClosed);
    this.#sinceMs = runtime.clock.monotonicMs();
    const admission = admit(head, this.#request.url, site.router, runtime.limits.bodyBytes);
    if (admission.kind === "refused") {
      this.#refuse(admission.answer, admission.ends);
      return;
    }
    const upstream = admission.to.to ?? admission.to.split?.draw();
    if (!upstream) {
      this.#refuse({ code: "NO_ROUTE" });
      return;
    }
    this.#target = admission.target;
    this.#upstream = upstream;
    upstream.retries.deposit();
    addHop(head, this.#hop, this.#requestId);
    if (this.#upgrade) head.fields.push("Connection", "Upgrade", "Upgrade", head.upgrade ?? "");
    this.#send();
  }

  /** The client broke the rules of HTTP in the middle of its body. */
  requestBroke(answer: Answer): void {
    if (this.#phase === "sending") this.#abandonAttempt();
    if (this.#phase === "answering") this.#cut();
    else this.#refuse(answer, true);
  }

  /** The client's connection is gone. */
  connectionClosed(): void {
    if (this.#phase !== "tunnel") this.#onClosed();
  }

  /** Called by the connection every period of the edge's `Watch` while it is the exchange under way. */
  sweep(nowMs: number): void {
    const { limits } = this.#connection.runtime;
    if (this.#active) {
      this.#active = false;
      this.#sinceMs = nowMs;
    }
    const elapsedMs = nowMs - this.#sinceMs;
    switch (this.#phase) {
      case "sending":
        this.#sweepSending(elapsedMs);
        return;
      case "answering":
        if (elapsedMs > limits.idleTimeoutMs) this.#cut();
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
    this.#abandonAttempt();
    this.#refuse({ code: "BODY_TOO_LARGE" }, true);
  }

  /** Bytes of the answer moved. */
  readonly onAnswerActivity = (): void => {
    this.#active = true;
  };

  /** The upstream's part of the exchange is over. */
  readonly onAnswered = (whole: boolean): void => {
    this.#release();
    if (!whole) {
      this.#cut();
      return;
    }
    // Whoever has answered in full needs no more of the body; the connection would wait for it in vain.
    if (this.#attempt?.body?.ended === false) this.#abandonAttempt();
  };

  #sweepSending(elapsedMs: number): void {
    const { limits, clock } = this.#connection.runtime;
    const attempt = this.#attempt;
    if (!attempt || attempt.isConnecting) {
      if (elapsedMs <= limits.connectTimeoutMs) return;
      const endpoint = this.#abandonAttempt();
      endpoint?.connectionFailed(clock.monotonicMs(), `took no connection in ${limits.connectTimeoutMs} ms`);
      this.#tryAnother(endpoint);
      return;
    }
    const { body } = attempt;
    if (body && !body.ended) {
      if (!body.begun) {
        if (elapsedMs > CONTINUE_WAIT_MS) this.onContinue();
      } else if (elapsedMs > limits.idleTimeoutMs) {
        this.#abandonAttempt();
        this.#refuse({ code: body.blocked ? "GATEWAY_TIMEOUT" : "REQUEST_TIMEOUT" }, true);
      }
    } else if (elapsedMs > limits.responseTimeoutMs) {
      const endpoint = this.#abandonAttempt();
      if (endpoint) this.#upstream?.suspect(endpoint);
      this.#refuse({ code: "GATEWAY_TIMEOUT" });
    }
  }

  /** Sends the request to the endpoint whose turn it is; to `lastResort` when nobody else is left. */
  #send(lastResort?: Endpoint): void {
    const { runtime } = this.#connection;
    const nowMs = runtime.clock.monotonicMs();
    const endpoint =
      this.#upstream?.pick(nowMs, this.#tried) ?? (lastResort?.admit(nowMs) ? lastResort : undefined);
    if (!endpoint) {
      this.#refuse({ code: "UPSTREAM_UNAVAILABLE" });
      return;
    }
    const { headerBytes, bodyBytes } = runtime.limits;
    const options = {
      endpoint,
      from: this.#request,
      head: this.#head,
      target: this.#target,
      headerBytes,
      bodyBytes,
      upgrades: this.#upgrade !== undefined,
    };
    this.#phase = "sending";
    this.#sinceMs = nowMs;
    try {
      this.#attempt = new Attempt(options, this);
      this.#endpoint = endpoint;
    } catch {
      this.#refuse({ code: "BAD_REQUEST" }, true);
    }
  }

  /** The body is wanted: by the upstream's word, or because it has kept silent for long enough. */
  onContinue(): void {
    const body = this.#attempt?.body;
    if (!body || body.begun || !this.#head.expectsContinue) return;
    this.#active = true;
    this.response.writeContinue();
    body.begin();
  }

  onHint(link: string): void {
    // Clients before HTTP/1.1 know no answers that come before the answer.
    if (this.#request.httpVersion === "1.0") return;
    try {
      this.response.writeEarlyHints({ link });
    } catch {
      // A malformed hint is not worth an answer's failure.
    }
  }

  onFailure(failure: UpstreamFailure): void {
    const reused = this.#attempt?.isReused ?? false;
    const endpoint = this.#abandonAttempt();
    if (!endpoint) return;
    const nowMs = this.#connection.runtime.clock.monotonicMs();
    switch (failure.kind) {
      case "unreachable":
        endpoint.connectionFailed(nowMs, failure.reason);
        this.#tryAnother(endpoint);
        return;
      case "shortage":
        this.#refuse({ code: "OVERLOADED" });
        return;
      case "rubbish":
        this.#refuse({ code: "BAD_GATEWAY", message: "The service's answer is not valid HTTP/1.1." });
        return;
      case "reset":
        // A kept connection may have been closed just as the request was sent: its siblings are as old as it is.
        if (reused) endpoint.closeIdle();
        else this.#upstream?.suspect(endpoint);
        if (!isReplayable(this.#head) || this.#replayed || !this.#upstream?.retries.withdraw(nowMs)) {
          this.#refuse({ code: "BAD_GATEWAY" });
          return;
        }
        this.#replayed = true;
        this.#tryAnother(endpoint, endpoint);
        return;
    }
  }

  #tryAnother(failed: Endpoint | undefined, lastResort?: Endpoint): void {
    if (failed) {
      this.#tried ??= [];
      this.#tried.push(failed);
    }
    this.#send(lastResort);
  }

  onResponse(answer: AnswerMessage): void {
    this.#endpoint?.answered();
    if (this.#attempt?.body?.begun === false) this.#endConnection();
    const relay = new ResponseRelay(answer, this.response, this.#upgrade?.socket ?? this.response, this);
    if (this.#connection.isEnding || this.#upgrade) this.#endConnection();
    if (!relay.begin(this.#requestId, this.#head.method, this.#request.httpVersion)) {
      this.#abandonAttempt();
      this.#refuse({ code: "BAD_GATEWAY", message: "The service's answer is not valid HTTP/1.1." });
      return;
    }
    this.#relay = relay;
    this.#phase = "answering";
    this.#active = true;
  }

  onSwitched(answer: AnswerMessage, upstream: Socket, upstreamHead: Buffer): void {
    const upgrade = this.#upgrade;
    const endpoint = this.#endpoint;
    if (!upgrade || !endpoint || this.#phase !== "sending" || upgrade.socket.destroyed) {
      upstream.destroy();
      return;
    }
    this.#phase = "tunnel";
    this.response.off("close", this.#onClosed);
    this.response.detachSocket();
    upgrade.socket.write(ResponseRelay.switchingHead(answer, this.#requestId), "latin1");
    endpoint.tunnel({ client: upgrade.socket, clientHead: upgrade.head, upstream, upstreamHead });
  }

  /** Answers in the edge's own name; `ends` when what follows on the connection cannot be trusted. */
  #refuse(answer: Answer, ends = false): void {
    if (this.#phase === "done" || this.response.headersSent || this.response.destroyed) {
      this.#cut();
      return;
    }
    const { runtime } = this.#connection;
    const unread = !this.#request.complete && hasBody(this.#head);
    const discards = unread && !this.#head.chunked && this.#head.contentLength <= DISCARD_BYTES;
    const lingers = unread && (ends || !discards || this.#head.expectsContinue);
    if (ends || lingers || this.#upgrade || this.#connection.isEnding) this.#endConnection();
    const { status, reason, headers, body } = answerParts(answer, this.#requestId, runtime.documentationUrl);
    this.response.writeHead(status, reason, headers);
    this.#sinceMs = runtime.clock.monotonicMs();
    this.#active = false;
    if (!lingers) {
      this.#phase = "answering";
      this.response.end(body);
      return;
    }
    // Closing while the client still sends would reset the connection, and the client might never see the answer.
    this.#phase = "lingering";
    this.response.write(body);
    this.#request.once("end", () => this.response.end());
    this.#request.resume();
  }

  /** The answer under way cannot be finished, and must not look as if it were. */
  #cut(): void {
    this.#abandonAttempt();
    this.response.cut();
  }

  /** Gives up the present attempt, and returns the endpoint it was with. */
  #abandonAttempt(): Endpoint | undefined {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    this.#relay?.stop();
    attempt?.stop();
    return this.#release();
  }

  #release(): Endpoint | undefined {
    const endpoint = this.#endpoint;
    this.#endpoint = undefined;
    endpoint?.finished();
    return endpoint;
  }

  #endConnection(): void {
    this.response.shouldKeepAlive = false;
  }

  /** The answer is out, or the client is gone. */
  readonly #onClosed = (): void => {
    if (this.#phase === "done") return;
    if (this.response.writableFinished && !this.#request.complete && !this.response.destroyed) {
      // The connection reads and drops the rest of the body; not for ever.
      if (this.#phase !== "lingering") this.#sinceMs = this.#connection.runtime.clock.monotonicMs();
      this.#phase = "lingering";
      this.#request.once("end", () => this.#finish());
      return;
    }
    this.#finish();
  };

  #finish(): void {
    if (this.#phase === "done") return;
    this.#phase = "done";
    // With the answer out, what is left of the upstream's is its last event.
    if (!this.response.writableFinished) this.#abandonAttempt();
    this.#connection.exchangeDone(this);
  }
}
