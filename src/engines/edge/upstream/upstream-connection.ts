import type { Socket } from "node:net";
import { type ResponseEvent, ResponseParser } from "../http/response-parser.ts";
import type { Dialer } from "./dialer.ts";
import type { LinkUser, SentRequest, UpstreamLink } from "./link.ts";
import type { LinkClient } from "./link-pool.ts";
import { type AnswerSource, UpstreamAnswer } from "./upstream-answer.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

/** Who keeps a connection from one request to the next. */
export interface ConnectionOwner {
  /** It has answered, and may serve again. */
  connectionFree(connection: UpstreamConnection): void;
  /** It is gone, or no longer a connection of HTTP. */
  connectionGone(connection: UpstreamConnection): void;
}

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly dialer: Dialer;
  /** For whom, where the endpoint is told. */
  readonly client: LinkClient | undefined;
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
export class UpstreamConnection implements UpstreamLink, AnswerSource {
  /** When it is too old to be used, by the owner's clock; set by the owner. */
  staleAtMs = 0;
  readonly #owner: ConnectionOwner;
  readonly #dialer: Dialer;
  readonly #socket: Socket;
  /** Whether the connection has come about. */
  #stands = false;
  readonly #parser = new ResponseParser();
  #user: LinkUser | undefined;
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
    const { dialer, client, switches } = options;
    this.#owner = owner;
    this.#dialer = dialer;
    readBuffer ??= Buffer.allocUnsafeSlow(READ_BYTES);
    const onread = switches ? undefined : { buffer: readBuffer, callback: this.#onRead };
    const { socket, stands, reads } = dialer.dial(client, onread);
    this.#socket = socket;
    if (!reads) socket.on("data", this.#onBytes);
    socket
      .on(stands, this.#onStands)
      .on("drain", this.#onDrain)
      .on("error", this.#onError)
      .on("end", this.#onEnd)
      .on("close", this.#onClose);
  }

  get isConnecting(): boolean {
    return !this.#stands;
  }

  /** Whether a request written now may arrive. */
  get isUsable(): boolean {
    return this.#socket.writable && !this.#socket.readableEnded;
  }

  get isReused(): boolean {
    return this.#requests > 1;
  }

  /** How long the upstream says that it keeps the connection now, in seconds; -1 when it does not say. */
  get keepAliveSeconds(): number {
    return this.#parser.keepAliveSeconds;
  }

  send(request: SentRequest, user: LinkUser): void {
    this.#user = user;
    this.#requests += 1;
    this.#switches = request.switches;
    this.#chunked = request.chunked;
    this.#sent = !request.hasBody;
    this.#parser.begin(request.method, request);
    const head = headText(request);
    if (request.hasBody || (!this.#stands && this.#dialer.mustStand)) this.#head = head;
    else this.#socket.write(head, "latin1");
  }

  flushHeaders(): void {
    if (this.#head === "") return;
    this.#socket.write(this.#head, "latin1");
    this.#head = "";
  }

  write(chunk: Buffer): boolean {
    this.#cork();
    this.flushHeaders();
    if (!this.#chunked) return this.#socket.write(chunk);
    if (chunk.length === 0) return true;
    this.#socket.write(`${chunk.length.toString(16)}\r\n`, "latin1");
    this.#socket.write(chunk);
    return this.#socket.write("\r\n", "latin1");
  }

  end(trailers: readonly (readonly [string, string])[]): void {
    this.flushHeaders();
    this.#sent = true;
    if (!this.#chunked) return;
    let last = "0\r\n";
    for (const [name, value] of trailers) last += `${name}: ${value}\r\n`;
    this.#socket.write(`${last}\r\n`, "latin1");
  }

  abandon(user: LinkUser): void {
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
    this.#answer?.takePause();
  };

  /** Whether there may be more to read. */
  #follow(event: ResponseEvent, user: LinkUser): boolean {
    switch (event) {
      case "more":
        return false;
      case "interim":
        user.onInterim(this.#parser.head);
        return true;
      case "head": {
        const answer = new UpstreamAnswer(this.#parser.head, this, true);
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
    this.#parser.forget();
    if (this.#paused) this.resume();
    if (persistent && this.isUsable) this.#owner.connectionFree(this);
    else this.destroy();
    answer?.takeEnd(trailers);
  }

  #switch(user: LinkUser): void {
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
    user.onSwitched(new UpstreamAnswer(head, undefined, true), socket, rest);
  }

  /** Nothing more can be done with it. */
  #fail(failure: UpstreamFailure): void {
    const user = this.#user;
    const answer = this.#answer;
    this.destroy();
    if (answer) answer.takeBreak();
    else user?.onFailure(failure);
  }

  readonly #onStands = (): void => {
    const problem = this.#dialer.problemOf(this.#socket);
    if (problem !== undefined) {
      this.#fail({ kind: "unreachable", reason: problem });
      return;
    }
    this.#stands = true;
    // One with a body begins when its body does.
    if (this.#sent) this.flushHeaders();
    this.#user?.onConnected();
  };

  readonly #onDrain = (): void => {
    this.#user?.onDrain();
  };

  readonly #onError = (error: Error): void => {
    this.#fail(this.#dialer.failureOf(error, this.#stands));
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

/** The request line and the fields, to the empty line. */
function headText({ method, target, fields }: SentRequest): string {
  let text = `${method} ${target} HTTP/1.1\r\n`;
  for (let at = 0; at + 1 < fields.length; at += 2) text += `${fields[at]}: ${fields[at + 1]}\r\n`;
  return `${text}\r\n`;
}
