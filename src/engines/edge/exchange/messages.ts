/**
 * What the edge uses of a message in either direction, and no more: named as Node's own classes name it, which satisfy these
 * interfaces too.
 */

/** A body as it arrives. */
export interface IncomingBody {
  /** Whether it has arrived whole. */
  readonly complete: boolean;
  /** Bytes that have arrived and have not been taken. */
  readonly readableLength: number;
  /** Names and values in turn; filled once the body is complete. */
  readonly rawTrailers: readonly string[];
  on(event: "data", listener: (chunk: Buffer) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  destroy(): unknown;
}

/** Told of an answer as it arrives. */
export interface AnswerListener {
  onData(chunk: Buffer): void;
  /** Nothing more of it is here just now. */
  onPause(): void;
  /** It is whole. */
  onEnd(): void;
  /** It has broken off. */
  onBroken(): void;
}

/** An upstream's answer: its head, and its body as it arrives. */
export interface AnswerMessage {
  readonly statusCode: number;
  readonly statusMessage: string;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  /** The protocol that it names by `Upgrade`, if any. */
  readonly upgrade: string | undefined;
  /** Whether it ends with the last byte that it declares. Over HTTP/2 its end is told apart from that, and trailers may be before it. */
  readonly endsByLength: boolean;
  /** Names and values in turn; filled once it is whole. */
  readonly rawTrailers: readonly string[];
  /** Whoever has been given the answer listens in the very call that gives it. One listener. */
  listen(listener: AnswerListener): void;
  /** Asks for no more of the body; what is on its way already may still come. */
  pause(): void;
  resume(): void;
  /** Leaves the rest unread; nothing of it is told any more. */
  destroy(): void;
}

/** What the client speaks. */
export type HttpVersion = "1.0" | "1.1" | "2.0";

/** A client's request: its head, and its body as it arrives. */
export interface RequestMessage extends IncomingBody {
  readonly method: string;
  /** The target as it came. */
  readonly url: string;
  readonly httpVersion: HttpVersion;
  /** Names and values in turn; of HTTP/2 without its pseudo-fields, and with a `Host`. */
  readonly rawHeaders: string[];
  once(event: "end", listener: () => void): unknown;
  off(event: "data", listener: (chunk: Buffer) => void): unknown;
  off(event: "end", listener: () => void): unknown;
}

/** The answer to one request, on its way to the client. */
export interface AnswerWriter {
  /** Whether the connection serves another request behind this one; decides what `Connection` says. */
  shouldKeepAlive: boolean;
  /** Whether the head has been decided upon. */
  readonly headersSent: boolean;
  /** Whether `end` was called. */
  readonly writableEnded: boolean;
  /** Whether all of it is with the operating system. */
  readonly writableFinished: boolean;
  /** Whether nothing more can be sent: the connection is gone. */
  readonly destroyed: boolean;
  /** Decides upon the head, which leaves with the first bytes of the body. Throws when it cannot be sent. */
  writeHead(status: number, reason: string | undefined, fields: string[]): unknown;
  /** False when the client is slow: wait for `drain`. */
  write(chunk: Buffer): boolean;
  end(chunk?: Buffer): unknown;
  /** What follows a body of unknown length. Call it before `end`. */
  addTrailers(trailers: [string, string][]): unknown;
  /** Sends the head without waiting for the body. */
  flushHeaders(): unknown;
  writeContinue(): unknown;
  writeEarlyHints(hints: { link: string | string[] }): unknown;
  /** The answer is out, or cannot be. */
  once(event: "close", listener: () => void): unknown;
  /** The client has taken what was written. */
  once(event: "drain", listener: () => void): unknown;
  off(event: "close", listener: () => void): unknown;
  /** Leaves the connection to somebody else. */
  detachSocket(): unknown;
  /** Breaks the answer off, and sees to it that it does not look whole: by the end of the connection, or of the stream. */
  cut(): void;
}
