import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { request } from "../../blocks/node/index.ts";
import type { Endpoint } from "./endpoint.ts";
import type { RequestMessage } from "./messages.ts";
import { type BodyListener, RequestBody } from "./request-body.ts";
import { hasBody, type RequestHead } from "./request-head.ts";
import { failureOf, type UpstreamFailure } from "./upstream-failure.ts";

/** What is sent, and to whom. */
export interface AttemptOptions {
  readonly endpoint: Endpoint;
  /** The client's request: where the body comes from. */
  readonly from: RequestMessage;
  readonly head: RequestHead;
  readonly target: string;
  readonly headerBytes: number;
  readonly bodyBytes: number;
  readonly upgrades: boolean;
}

/** Told what becomes of an attempt; never after it was stopped. */
export interface AttemptListener extends BodyListener {
  onResponse(answer: IncomingMessage): void;
  /** The protocol was switched: the connection is the client's and the upstream's from here on. */
  onSwitched(answer: IncomingMessage, socket: Socket, head: Buffer): void;
  /** No answer will come. */
  onFailure(failure: UpstreamFailure): void;
  /** The upstream would have the body: `100 Continue`. */
  onContinue(): void;
  /** The upstream would have the client load this early (RFC 8297). */
  onHint(link: string | string[]): void;
}

/** One request to one endpoint, until its answer begins. */
export class Attempt {
  readonly endpoint: Endpoint;
  readonly body: RequestBody | undefined;
  readonly #request: ClientRequest;
  readonly #expectsContinue: boolean;
  readonly #listener: AttemptListener;
  #over = false;

  /** Throws what Node throws when the head cannot be sent; nothing has begun then. */
  constructor(options: AttemptOptions, listener: AttemptListener) {
    const { endpoint, head } = options;
    const sent = request({
      agent: endpoint.agent,
      host: endpoint.host,
      port: endpoint.port,
      method: head.method,
      path: options.target,
      headers: head.fields,
      setHost: false,
      maxHeaderSize: options.headerBytes,
    });
    // Node would silently leave out fields beyond a count; the bound on bytes bounds their number too.
    sent.maxHeadersCount = 0;
    this.endpoint = endpoint;
    this.#request = sent;
    this.#listener = listener;
    this.#expectsContinue = head.expectsContinue;
    endpoint.began();
    sent.on("response", this.#onResponse);
    sent.on("error", this.#onError);
    sent.on("close", this.#onClose);
    sent.on("information", this.#onInformation);
    if (options.upgrades) sent.on("upgrade", this.#onUpgrade);
    if (hasBody(head)) {
      this.body = new RequestBody(options.from, sent, options.bodyBytes, listener);
      // Not a byte of the body is read before the connection stands, so that another endpoint can be tried till then.
      sent.once("socket", this.#onSocket);
    } else sent.end();
  }

  /** Whether it still waits for a connection. */
  get isConnecting(): boolean {
    const { socket } = this.#request;
    return !socket || socket.connecting;
  }

  /** Whether the connection had served other requests before. */
  get isReused(): boolean {
    return this.#request.reusedSocket;
  }

  /** Ends it, whatever it is at. */
  stop(): void {
    this.#over = true;
    this.body?.stop();
    this.#request.destroy();
  }

  readonly #onResponse = (answer: IncomingMessage): void => {
    if (this.#over) {
      answer.destroy();
      return;
    }
    this.#over = true;
    this.#listener.onResponse(answer);
  };

  readonly #onUpgrade = (answer: IncomingMessage, socket: Socket, head: Buffer): void => {
    if (this.#over) {
      socket.destroy();
      return;
    }
    this.#over = true;
    this.#listener.onSwitched(answer, socket, head);
  };

  readonly #onError = (error: Error): void => {
    if (this.#over) return;
    this.#over = true;
    this.#listener.onFailure(failureOf(error));
  };

  /** Node says no more than this when an upstream switches protocols unasked. */
  readonly #onClose = (): void => {
    if (this.#over) return;
    this.#over = true;
    this.#listener.onFailure({ kind: "reset" });
  };

  readonly #onInformation = ({
    statusCode,
    headers,
  }: {
    statusCode: number;
    headers: { link?: unknown };
  }): void => {
    if (this.#over) return;
    if (statusCode === 100) this.#listener.onContinue();
    else if (statusCode === 103 && headers.link !== undefined) {
      this.#listener.onHint(headers.link as string | string[]);
    }
  };

  readonly #onSocket = (socket: Socket): void => {
    if (socket.connecting) socket.once("connect", this.#onConnected);
    else this.#onConnected();
  };

  readonly #onConnected = (): void => {
    if (this.#over) return;
    this.#listener.onBodyActivity();
    if (this.#expectsContinue) this.#request.flushHeaders();
    else this.body?.begin();
  };
}
