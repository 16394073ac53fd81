import type { Socket } from "node:net";
import type { ResponseStart } from "../http/response-parser.ts";
import type { LinkUser, UpstreamLink } from "../upstream/link.ts";
import type { UpstreamFailure } from "../upstream/upstream-failure.ts";
import type { AnswerMessage, RequestMessage } from "./messages.ts";
import { type BodyListener, RequestBody } from "./request-body.ts";
import { hasBody, type RequestHead } from "./request-head.ts";

/** What is sent. */
export interface AttemptOptions {
  /** The client's request: where the body comes from. */
  readonly from: RequestMessage;
  readonly head: RequestHead;
  /** In origin form, and free of spaces and control characters, as `readTarget` leaves it. */
  readonly target: string;
  readonly headerBytes: number;
  readonly headerFields: number;
  readonly bodyBytes: number;
  readonly switches: boolean;
}

/** Told what becomes of an attempt; never after it was stopped. */
export interface AttemptListener extends BodyListener {
  onResponse(answer: AnswerMessage): void;
  /** The protocol was switched: the connection is the client's and the upstream's from here on. */
  onSwitched(answer: AnswerMessage, socket: Socket, head: Buffer): void;
  /** No answer will come. */
  onFailure(failure: UpstreamFailure): void;
  /** The upstream would have the body: `100 Continue`. */
  onContinue(): void;
  /** The upstream would have the client load this early (RFC 8297). */
  onHint(link: string): void;
}

/** One request to one endpoint, until its answer begins. */
export class Attempt implements LinkUser {
  readonly body: RequestBody | undefined;
  readonly #connection: UpstreamLink;
  readonly #expectsContinue: boolean;
  readonly #listener: AttemptListener;
  #over = false;

  constructor(connection: UpstreamLink, options: AttemptOptions, listener: AttemptListener) {
    const { head } = options;
    this.#connection = connection;
    this.#listener = listener;
    this.#expectsContinue = head.expectsContinue;
    const withBody = hasBody(head);
    const sent = {
      method: head.method,
      target: options.target,
      fields: head.fields,
      hasBody: withBody,
      chunked: head.chunked,
      headerBytes: options.headerBytes,
      headerFields: options.headerFields,
      switches: options.switches,
    };
    connection.send(sent, this);
    if (!withBody) return;
    this.body = new RequestBody(options.from, connection, options.bodyBytes, listener);
    // Not a byte of the body is read before the connection stands, so that another endpoint can be tried till then.
    if (!connection.isConnecting) process.nextTick(beginBody, this);
  }

  /** Whether it still waits for a connection. */
  get isConnecting(): boolean {
    return this.#connection.isConnecting;
  }

  /** Whether the connection had served other requests before. */
  get isReused(): boolean {
    return this.#connection.isReused;
  }

  /** Ends it, whatever it is at. */
  stop(): void {
    this.#over = true;
    this.body?.stop();
    this.#connection.abandon(this);
  }

  onConnected(): void {
    if (this.#over || !this.body) return;
    this.#listener.onBodyActivity();
    if (this.#expectsContinue) this.#connection.flushHeaders();
    else this.body.begin();
  }

  onDrain(): void {
    this.body?.drained();
  }

  onInterim({ status, fields }: ResponseStart): void {
    if (this.#over) return;
    if (status === 100) this.#listener.onContinue();
    else if (status === 103) {
      const link = valuesOf("link", fields);
      if (link.length > 0) this.#listener.onHint(link.join(", "));
    }
  }

  onAnswer(answer: AnswerMessage): void {
    if (this.#over) {
      answer.destroy();
      return;
    }
    this.#over = true;
    this.#listener.onResponse(answer);
  }

  onSwitched(answer: AnswerMessage, socket: Socket, rest: Buffer): void {
    if (this.#over) {
      socket.destroy();
      return;
    }
    this.#over = true;
    this.#listener.onSwitched(answer, socket, rest);
  }

  onFailure(failure: UpstreamFailure): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.onFailure(failure);
  }
}

function beginBody(attempt: Attempt): void {
  attempt.onConnected();
}

/** All values of one field. `fields` is names and values in turn. */
function valuesOf(name: string, fields: readonly string[]): string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    if (fields[at]?.toLowerCase() === name) values.push(fields[at + 1] ?? "");
  }
  return values;
}
