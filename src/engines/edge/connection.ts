import type { ServerResponse as HttpResponse, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { ServerResponse } from "../../blocks/node/index.ts";
import { type Answer, answerBytes, answerParts } from "./answers.ts";
import { Exchange, type ExchangeHost, type UpgradeRequest } from "./exchange.ts";
import { PIPELINED_REQUESTS } from "./limits.ts";
import type { EdgeRuntime, Site } from "./runtime.ts";

/**
 * One client's connection: answers its requests one after the other, in the order they came, however many the client
 * sends ahead.
 */
export class ClientConnection implements ExchangeHost {
  readonly runtime: EdgeRuntime;
  readonly clientAddress: string;
  readonly #socket: Socket;
  readonly #siteNow: () => Site;
  #current: Exchange | undefined;
  #waiting: Exchange[] = [];
  /** No further request is taken. */
  #ending = false;

  constructor(socket: Socket, runtime: EdgeRuntime, siteNow: () => Site) {
    this.#socket = socket;
    this.runtime = runtime;
    this.clientAddress = socket.remoteAddress ?? "unknown";
    this.#siteNow = siteNow;
    socket.once("close", this.#onClose);
  }

  /** The routes in force. */
  get site(): Site {
    return this.#siteNow();
  }

  /** Whether the answer under way is the connection's last. */
  get isEnding(): boolean {
    return (this.#ending || this.runtime.closing) && this.#waiting.length === 0;
  }

  /** A request's head has arrived. */
  takeRequest(request: IncomingMessage, response: HttpResponse): void {
    // A client may send anything behind its last request; nobody answers it (RFC 9112, section 9.6).
    if (this.#ending) return;
    const exchange = new Exchange(this, request, response);
    if (!this.#current) {
      this.#current = exchange;
      exchange.start();
      return;
    }
    this.#waiting.push(exchange);
    if (this.#waiting.length >= PIPELINED_REQUESTS) this.#ending = true;
  }

  /** A request to change the protocol has arrived, and with it the connection has left the server. */
  takeUpgrade(request: IncomingMessage, upgrade: UpgradeRequest): void {
    const { socket } = upgrade;
    if (this.#ending || this.#current) {
      // Behind unanswered requests there is no telling whose bytes would be whose.
      socket.destroy();
      return;
    }
    this.#ending = true;
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once("finish", () => socket.destroySoon());
    this.#current = new Exchange(this, request, response, upgrade);
    this.#current.start();
  }

  /** What arrived is not HTTP, or not in time; nothing behind it can be read. */
  parsingFailed(answer: Answer): void {
    if (this.#ending && !this.#current) return;
    this.#ending = true;
    const inBody = this.#waiting.at(-1) ?? this.#current;
    if (inBody && !inBody.isComplete) {
      inBody.requestBroke(answer);
      return;
    }
    // The requests before it are answered, and then the connection ends.
    if (this.#current) return;
    const { requestIds, documentationUrl } = this.runtime;
    if (!this.#socket.writable) this.#socket.destroy();
    else
      this.#socket.end(answerBytes(answerParts(answer, requestIds.next(), documentationUrl)), () =>
        this.#socket.destroy(),
      );
  }

  /** An exchange is over; the next may begin. */
  exchangeDone(exchange: Exchange): void {
    if (this.#current !== exchange) return;
    this.#current = this.#waiting.shift();
    if (this.#current) this.#current.start();
    else if (this.isEnding) this.#socket.destroySoon();
  }

  readonly #onClose = (): void => {
    this.#ending = true;
    this.#waiting = [];
    this.#current?.connectionClosed();
  };
}
