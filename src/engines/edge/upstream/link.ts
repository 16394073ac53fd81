import type { Socket } from "node:net";
import type { AnswerMessage } from "../exchange/messages.ts";
import type { ResponseStart } from "../http/response-parser.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

/**
 * One request's way to an endpoint: a connection of HTTP/1.1 that is the request's alone until it is answered, or a stream of
 * an HTTP/2 connection.
 */
export interface UpstreamLink {
  /** Whether the connection is still to be made. */
  readonly isConnecting: boolean;
  /** Whether the connection had served other requests before the one under way. */
  readonly isReused: boolean;
  /** Sends a request; the head of one with a body when the body begins, or with `flushHeaders`. */
  send(request: SentRequest, user: LinkUser): void;
  /** Sends the head of the request under way, if that is still to be done. */
  flushHeaders(): void;
  /** Sends a part of the body; false when it is wiser to wait for `onDrain` before the next. */
  write(chunk: Buffer): boolean;
  /** The body is whole; `trailers` follow one of unknown length. */
  end(trailers: readonly (readonly [string, string])[]): void;
  /** The user wants no answer any more. Nothing happens when it has had it. */
  abandon(user: LinkUser): void;
}

/** Who has a request under way on a link. */
export interface LinkUser {
  /** The connection stands; told only of one that did not when it was taken. */
  onConnected(): void;
  /** What was written has been taken, after `write` said that it was not. */
  onDrain(): void;
  /** An answer before the answer. */
  onInterim(head: ResponseStart): void;
  /** The answer has begun, and tells the rest itself. */
  onAnswer(answer: AnswerMessage): void;
  /** The protocol was switched, and the connection is the user's; `rest` came behind the answer. */
  onSwitched(answer: AnswerMessage, socket: Socket, rest: Buffer): void;
  /** No answer will come. */
  onFailure(failure: UpstreamFailure): void;
}

/** A request as it is sent. */
export interface SentRequest {
  readonly method: string;
  /** In origin form, and free of spaces and control characters. */
  readonly target: string;
  /** Names and values in turn; one character per byte. As HTTP/1.1 has them, `Host` and `Transfer-Encoding` included. */
  readonly fields: readonly string[];
  readonly hasBody: boolean;
  /** Whether the body's length is unknown. */
  readonly chunked: boolean;
  /** Bound on the answer's head, and on its trailers. */
  readonly headerBytes: number;
  /** Bound on the fields in either of them. */
  readonly headerFields: number;
  /** Whether the answer may switch the protocol. Only on a connection made for it. */
  readonly switches: boolean;
}
