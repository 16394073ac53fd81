import type { ServerHttp2Stream } from "node:http2";
import { type Answer, answerParts } from "../answers.ts";
import { Exchange, type ExchangeHost } from "../exchange/exchange.ts";
import { LINGER_MS } from "../limits.ts";
import type { Watched } from "../watch.ts";
import { grpcAnswerParts } from "./grpc-answer.ts";
import { StreamAnswer } from "./stream-answer.ts";
import { StreamRequest } from "./stream-request.ts";
import { readStreamRequestHead, type StreamRequestHead } from "./stream-request-head.ts";

/** The session that a stream belongs to. */
export interface StreamHost extends ExchangeHost {
  /** A part of a body moved. */
  streamMoved(): void;
  /** The stream is gone; `broke` when it was broken off, and not by the edge. */
  streamClosed(stream: ClientStream, broke: boolean): void;
}

/** The head of a request as it was decoded. */
export interface ArrivedHead {
  /** Names and values in turn. */
  readonly raw: readonly string[];
  readonly isHead: boolean;
}

/** One stream of a client: a request, its answer, and the exchange between them. */
export class ClientStream implements Watched {
  readonly #stream: ServerHttp2Stream;
  readonly #host: StreamHost;
  readonly #answer: StreamAnswer;
  readonly #request: StreamRequest | undefined;
  #exchange: Exchange<StreamAnswer> | undefined;
  #closed = false;
  /** Of a request that was refused: since when its answer, or its own end, is awaited; negative until the next sweep. */
  #sinceMs = -1;

  /** `begin` has to be called, once. */
  constructor(stream: ServerHttp2Stream, { raw, isHead }: ArrivedHead, host: StreamHost) {
    this.#stream = stream;
    this.#host = host;
    const { headerBytes } = host.runtime.limits;
    const head = readStreamRequestHead(raw, { ended: stream.endAfterHeaders, headerBytes });
    this.#answer = new StreamAnswer({
      stream,
      isHead,
      isGrpc: head.isGrpc,
      onProgress: () => host.streamMoved(),
      onFinished: () => this.#onAnswered(),
    });
    // The close that follows says all that matters.
    stream.on("error", () => {});
    stream.once("aborted", this.#onClosed);
    stream.once("close", this.#onClosed);
    if (head.kind === "refused") this.#refuse(head.answer, head.isGrpc);
    else this.#request = this.#requestOf(head);
  }

  /** Gives the request to an exchange, unless it was refused. */
  begin(): void {
    if (!this.#request) return;
    this.#exchange = new Exchange(this.#host, this.#request, this.#answer);
    this.#exchange.start();
  }

  sweep(nowMs: number): void {
    if (this.#exchange) {
      this.#exchange.sweep(nowMs);
      return;
    }
    if (this.#sinceMs < 0) this.#sinceMs = nowMs;
    const waitMs = this.#answer.writableFinished ? LINGER_MS : this.#host.runtime.limits.idleTimeoutMs;
    if (nowMs - this.#sinceMs > waitMs) this.#answer.cut();
  }

  #requestOf(head: StreamRequestHead): StreamRequest {
    return new StreamRequest(this.#stream, head, {
      bodyMoved: () => this.#host.streamMoved(),
      bodyBroke: () =>
        this.#exchange?.requestBroke({ code: "BAD_REQUEST", message: "The trailers are not valid." }),
    });
  }

  #refuse(answer: Answer, isGrpc: boolean): void {
    const { requestIds, documentationUrl } = this.#host.runtime;
    const id = requestIds.next();
    const parts = isGrpc ? grpcAnswerParts(answer, id) : answerParts(answer, id, documentationUrl);
    this.#answer.writeHead(parts.status, parts.reason, parts.headers);
    this.#answer.end(parts.body);
  }

  /**
   * The answer is out. The rest of the request is dropped as it comes, for a while: some clients (curl) take the reset that would be
   * right at once (RFC 9113, section 8.1) for a failure of the answer that they have.
   */
  #onAnswered(): void {
    this.#sinceMs = -1;
    if (this.#request) this.#request.discard();
    else this.#stream.resume();
  }

  readonly #onClosed = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    const answer = this.#answer;
    answer.streamClosed();
    this.#host.streamClosed(this, !answer.writableFinished && !answer.wasCut);
    this.#exchange?.connectionClosed();
    // What has arrived and was not read would keep it from going. Not now: its reset may be about to be sent.
    if (!this.#stream.destroyed) process.nextTick(destroy, this.#stream);
  };
}

function destroy(stream: ServerHttp2Stream): void {
  stream.destroy();
}
