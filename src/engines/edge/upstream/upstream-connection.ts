import { connect, type Socket } from "node:net";
import { type ResponseEvent, ResponseParser, type ResponseStart } from "../http/response-parser.ts";
import { type AnswerSource, UpstreamAnswer } from "./upstream-answer.ts";
import { failureOf, type UpstreamFailure } from "./upstream-failure.ts";

/** Who has a request under way on a connection. */
export interface ConnectionUser {
  /** The connection stands; told only of one that did not when it was taken. */
  onConnected(): void;
  /** What was written has been taken, after `write` said that it was not. */
  onDrain(): void;
  /** An answer before the answer. */
  onInterim(head: ResponseStart): void;
  /** The answer has begun, and tells the rest itself. */
  onAnswer(answer: UpstreamAnswer): void;
  /** The protocol was switched, and the connection is the user's; `rest` came behind the answer. */
  onSwitched(answer: UpstreamAnswer, socket: Socket, rest: Buffer): void;
  /** No answer will come. */
  onFailure(failure: UpstreamFailure): void;
}

/** Who keeps a connection from one request to the next. */
export interface ConnectionOwner {
  /** It has answered, and may serve again. */
  connectionFree(connection: UpstreamConnection): void;
  /** It is gone, or no longer a connection of HTTP. */
  connectionGone(connection: UpstreamConnection): void;
}

/** A request as it is sent. */
export interface SentRequest {
  readonly method: string;
  /** The request line and all fields, to the empty line; one character per byte. */
  readonly head: string;
  readonly hasBody: boolean;
  readonly chunked: boolean;
  /** Bound on the answer's head. */
  readonly headerBytes: number;
  /** Whether the answer may switch the protocol. Only on a connection made for it: `ConnectionOptions.switches`. */
  readonly switches: boolean;
}

/** Where a connection leads. */
export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  /** Whether it may be taken over by another protocol: it is then read as any socket is, not into the common buffer. */
  readonly switches: boolean;
}

const READ_BYTES = 64 * 1024;
/**
 * All connections are read into it, one after the other: what outlives the reading is copied, which costs less than a buffer
 * per reading.
 */
let readBuffer: Buffer | undefined;

const RUBBISH: UpstreamFailure = { kind: "rubbish" };
const RESET: UpstreamFailure = { kind: "reset" };

/** One connection to an endpoint: sends a request, reads its answer, and is then free for the next. */
export class UpstreamConnection implements AnswerSource {
  /** When it is too old to be used, by the owner's clock; set by the owner. */
  staleAtMs = 0;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #parser = new ResponseParser();
  #user: ConnectionUser | undefined;
  #answer: UpstreamAnswer | undefined;
  #switches = false;
  /** Of the request under way: its head, until it is written. */
  #head = "";
  #chunked = false;
  #sent = false;
  #requests = 0;
  #paused = false;
  #corked = false;

  /** Begins to connect. */
  constructor(options: ConnectionOptions, owner: ConnectionOwner) {
    const { host, port } = options;
    this.#owner = owner;
    if (options.switches) {
      this.#socket = connect({ host, port, noDelay: true });
      this.#socket.on("data", this.#onBytes);
    } else {
      readBuffer ??= Buffer.allocUnsafeSlow(READ_BYTES);
      const onread = { buffer: readBuffer, callback: this.#onRead };
      this.#socket = connect({ host, port, noDelay: true, onread });
    }
    this.#socket
      .on("connect", this.#onConnect)
      .on("drain", this.#onDrain)
      .on("error", this.#onError)
      .on("end", this.#onEnd)
      .on("close", this.#onClose);
  }

  get isConnecting(): boolean {
    return this.#socket.connecting;
  }

  /** Whether a request written now may arrive. */
  get isUsable(): boolean {
    return this.#socket.writable && !this.#socket.readableEnded;
  }

  /** Whether it had served other requests before the one under way. */
  get isReused(): boolean {
    return this.#requests > 1;
  }

  /** How long the upstream says that it keeps the connection now, in seconds; -1 when it does not say. */
  get keepAliveSeconds(): number {
    return this.#parser.keepAliveSeconds;
  }

  /** Sends a request; the head of one with a body when the body begins, or with `flushHeaders`. */
  send(request: SentRequest, user: ConnectionUser): void {
    this.#user = user;
    this.#requests += 1;
    this.#switches = request.switches;
    this.#chunked = request.chunked;
    this.#sent = !request.hasBody;
    this.#parser.begin(request.method, request.headerBytes);
    if (request.hasBody) this.#head = request.head;
    else this.#socket.write(request.head, "latin1");
  }

  /** Sends the head of the request under way, if that is still to be done. */
  flushHeaders(): void {
    if (this.#head === "") return;
    this.#socket.write(this.#head, "latin1");
    this.#head = "";
  }

  /** Sends a part of the body; false when it is wiser to wait for `onDrain` before the next. */
  write(chunk: Buffer): boolean {
    this.#cork();
    this.flushHeaders();
    if (!this.#chunked) return this.#socket.write(chunk);
    if (chunk.length === 0) return true;
    this.#socket.write(`${chunk.length.toString(16)}\r\n`, "latin1");
    this.#socket.write(chunk);
    return this.#socket.write("\r\n", "latin1");
  }

  /** The body is whole; `trailers` follow a chunked one. */
  end(trailers: readonly (readonly [string, string])[]): void {
    this.flushHeaders();
    this.#sent = true;
    if (!this.#chunked) return;
    let last = "0\r\n";
    for (const [name, value] of trailers) last += `${name}: ${value}\r\n`;
    this.#socket.write(`${last}\r\n`, "latin1");
  }

  /** The user wants no answer any more. Nothing happens when it has had it. */
  abandon(user: ConnectionUser): void {
    if (this.#user === user) this.destroy();
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#socket.resume();
  }

  /** Ends it; nobody hears of that but the owner. */
  destroy(): void {
    this.#user = undefined;
    this.#answer = undefined;
    this.#socket.destroy();
    this.#owner.connectionGone(this);
  }

  /** What is written in one turn is sent in one piece: the head with the body's first bytes, and the body with its end. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    process.nextTick(this.#uncork);
  }

  readonly #uncork = (): void => {
    this.#corked = false;
    this.#socket.uncork();
  };

  readonly #onRead = (length: number, buffer: Uint8Array): boolean => {
    this.#onBytes((buffer as Buffer).subarray(0, length));
    return true;
  };

  readonly #onBytes = (bytes: Buffer): void => {
    const user = this.#user;
    if (!user) {
      // Nothing was asked: whatever this is, the next answer could not be told from it.
      this.destroy();
      return;
    }
    this.#parser.feed(bytes);
    // Whoever is told of an event may give the connection up.
    while (this.#user === user && this.#follow(this.#parser.next(), user));
  };

  /** Whether there may be more to read. */
  #follow(event: ResponseEvent, user: ConnectionUser): boolean {
    switch (event) {
      case "more":
        return false;
      case "interim":
        user.onInterim(this.#parser.head);
        return true;
      case "head": {
        const answer = new UpstreamAnswer(this.#parser.head, this);
        this.#answer = answer;
        user.onAnswer(answer);
        return true;
      }
      case "body":
        this.#answer?.takeData(Buffer.from(this.#parser.piece));
        return true;
      case "end":
        this.#finish(this.#parser.persistent && !this.#parser.hasRest);
        return false;
      case "switched":
        this.#switch(user);
        return false;
      case "failed":
        this.#fail(RUBBISH);
        return false;
    }
  }

  /** The answer is whole. */
  #finish(persistent: boolean): void {
    const answer = this.#answer;
    const { trailers } = this.#parser;
    if (!this.#sent) {
      // Whoever waits for an answer alone may give up the rest of the request now; nobody else can use the connection.
      answer?.takeEnd(trailers);
      this.destroy();
      return;
    }
    this.#user = undefined;
    this.#answer = undefined;
    if (this.#paused) this.resume();
    if (persistent && this.isUsable) this.#owner.connectionFree(this);
    else this.destroy();
    answer?.takeEnd(trailers);
  }

  #switch(user: ConnectionUser): void {
    if (!this.#switches) {
      this.#fail(RUBBISH);
      return;
    }
    const socket = this.#socket;
    const { head, rest } = this.#parser;
    this.#user = undefined;
    socket.pause();
    socket
      .off("data", this.#onBytes)
      .off("drain", this.#onDrain)
      .off("error", this.#onError)
      .off("end", this.#onEnd)
      .off("close", this.#onClose);
    this.#owner.connectionGone(this);
    user.onSwitched(new UpstreamAnswer(head, undefined), socket, rest);
  }

  /** Nothing more can be done with it. */
  #fail(failure: UpstreamFailure): void {
    const user = this.#user;
    const answer = this.#answer;
    this.destroy();
    if (answer) answer.takeError(new Error("the answer has broken off"));
    else user?.onFailure(failure);
  }

  readonly #onConnect = (): void => {
    this.#user?.onConnected();
  };

  readonly #onDrain = (): void => {
    this.#user?.onDrain();
  };

  readonly #onError = (error: Error): void => {
    this.#fail(failureOf(error));
  };

  /** The upstream has ended the connection. */
  readonly #onEnd = (): void => {
    if (this.#user && this.#parser.finish()) this.#finish(false);
    else this.#fail(RESET);
  };

  readonly #onClose = (): void => {
    this.#fail(RESET);
  };
}
