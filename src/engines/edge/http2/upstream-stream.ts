import { type ClientHttp2Stream, constants } from "node:http2";
import type { LinkUser, SentRequest, UpstreamLink } from "../upstream/link.ts";
import { type AnswerSource, UpstreamAnswer } from "../upstream/upstream-answer.ts";
import type { UpstreamFailure } from "../upstream/upstream-failure.ts";
import { cutStream } from "./stream-cut.ts";
import { areTrailers, readAnswerHead, requestFields } from "./upstream-head.ts";
import type { UpstreamSession } from "./upstream-session.ts";

/** Answers before the answer: an upstream may send some, not keep everybody reading them for ever. */
const INTERIMS = 64;
/** How often a request is sent again that the server says it never saw. */
const RESENDS = 3;
const NO_FIELDS: readonly string[] = Object.freeze([]);

const RUBBISH: UpstreamFailure = { kind: "rubbish" };
const RESET: UpstreamFailure = { kind: "reset" };

/** Who gives streams their sessions. */
export interface StreamOwner {
  /** It needs a session, the first or another one. */
  streamWaits(stream: UpstreamStream): void;
  /** It needs none any more. */
  streamLeft(stream: UpstreamStream): void;
}

/** One request's stream of a session that others share; it may wait for the session at first. */
export class UpstreamStream implements UpstreamLink, AnswerSource {
  readonly #owner: StreamOwner;
  #session: UpstreamSession | undefined;
  #stream: ClientHttp2Stream | undefined;
  #request: SentRequest | undefined;
  #user: LinkUser | undefined;
  #answer: UpstreamAnswer | undefined;
  #trailers: readonly string[] = NO_FIELDS;
  #sentTrailers: readonly (readonly [string, string])[] = [];
  /** Whether the head is to be sent as soon as it can be. */
  #headWanted = false;
  /** Whether the body, or its end, is on its way: it cannot be sent again then. */
  #bodyBegun = false;
  /** What was written while there was no stream to write to: between two sessions. */
  #held: Buffer[] | undefined;
  #endWanted = false;
  #openedAtMs = 0;
  /** Whether it was the edge that broke it off. */
  #cut = false;
  #awaitsDrain = false;
  #reused = false;
  #interims = 0;
  #resends = 0;
  /** Whether the answer's body was ended by the server, not by the end of the stream alone. */
  #ended = false;

  /** `session`: one that has room, and counts the stream already; without one, it waits. */
  constructor(owner: StreamOwner, session: UpstreamSession | undefined) {
    this.#owner = owner;
    this.#session = session;
    this.#reused = session !== undefined && session.served > 0;
  }

  get isConnecting(): boolean {
    return !this.#session;
  }

  get isReused(): boolean {
    return this.#reused;
  }

  send(request: SentRequest, user: LinkUser): void {
    this.#request = request;
    this.#user = user;
    if (this.#session && !request.hasBody) this.#open();
  }

  /** Gets its session, which counts the stream already. */
  attach(session: UpstreamSession): void {
    this.#session = session;
    this.#reused = session.served > 0;
    if (!this.#request) return;
    if (!this.#request.hasBody || this.#headWanted) this.#open();
    const held = this.#held;
    this.#held = undefined;
    if (held) for (const chunk of held) this.#stream?.write(chunk);
    if (held) this.#bodyBegun = true;
    if (this.#endWanted) this.#endStream();
    this.#user?.onConnected();
    if (held) this.#user?.onDrain();
  }

  /** There will be no session. */
  refuse(failure: UpstreamFailure): void {
    const user = this.#user;
    this.#user = undefined;
    user?.onFailure(failure);
  }

  flushHeaders(): void {
    this.#headWanted = true;
    this.#open();
  }

  write(chunk: Buffer): boolean {
    this.flushHeaders();
    if (!this.#session) {
      this.#held ??= [];
      this.#held.push(chunk);
      return false;
    }
    this.#bodyBegun = true;
    const stream = this.#stream;
    if (!stream || stream.destroyed) return true;
    if (chunk.length === 0 || stream.write(chunk)) return true;
    if (!this.#awaitsDrain) {
      this.#awaitsDrain = true;
      stream.once("drain", this.#onDrain);
    }
    return false;
  }

  end(trailers: readonly (readonly [string, string])[]): void {
    this.#sentTrailers = trailers;
    this.#endWanted = true;
    this.flushHeaders();
    if (this.#session) this.#endStream();
  }

  abandon(user: LinkUser): void {
    if (this.#user === user) this.destroy();
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  /** Ends it; nobody hears of that. */
  destroy(): void {
    const stream = this.#stream;
    const unanswered = this.#answer === undefined;
    this.#user = undefined;
    this.#answer = undefined;
    if (!this.#session) this.#owner.streamLeft(this);
    if (!stream) {
      this.#release();
      return;
    }
    if (unanswered) this.#session?.suspect(this.#openedAtMs);
    this.#cut = true;
    cutStream(stream, constants.NGHTTP2_CANCEL);
  }

  #open(): void {
    const session = this.#session;
    const request = this.#request;
    if (this.#stream || !session || !request) return;
    const { hasBody, chunked } = request;
    let stream: ClientHttp2Stream;
    try {
      // The end of a body of unknown length is told by trailers, be there any: a stream that breaks off has no end then.
      stream = session.open(requestFields(request, session.scheme), {
        endStream: !hasBody,
        waitForTrailers: hasBody && chunked,
      });
    } catch {
      // Its fields cannot be sent over HTTP/2.
      this.#release();
      process.nextTick(refuse, this, RUBBISH);
      return;
    }
    this.#stream = stream;
    this.#openedAtMs = session.nowMs;
    stream
      .on("headers", this.#onInterim)
      .on("response", this.#onResponse)
      .on("error", ignore)
      .once("close", this.#onClose);
    if (hasBody && chunked) stream.once("wantTrailers", this.#onWantTrailers);
  }

  #endStream(): void {
    this.#bodyBegun = true;
    this.#stream?.end();
  }

  readonly #onInterim = (_fields: unknown, _flags: number, raw: readonly string[]): void => {
    const head = readAnswerHead(raw, this.#request?.headerBytes ?? 0);
    this.#interims += 1;
    if (!head || this.#interims > INTERIMS) this.#fail(RUBBISH);
    else this.#user?.onInterim(head);
  };

  readonly #onResponse = (_fields: unknown, flags: number, raw: readonly string[]): void => {
    const stream = this.#stream;
    const user = this.#user;
    if (!stream || !user) return;
    const head = readAnswerHead(raw, this.#request?.headerBytes ?? 0);
    if (!head) {
      this.#fail(RUBBISH);
      return;
    }
    this.#session?.heard();
    const answer = new UpstreamAnswer(head, this, false);
    this.#answer = answer;
    if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) {
      user.onAnswer(answer);
      this.#finish();
      return;
    }
    this.#watchEnd(stream);
    stream.once("trailers", this.#onTrailers);
    stream.once("end", this.#onEnd);
    user.onAnswer(answer);
    if (this.#answer !== answer) return;
    stream.on("data", this.#onData);
    // What came with the head is told of in this turn.
    process.nextTick(tellPause, answer);
  };

  /**
   * A stream that is reset without an error ends, for Node, as one does whose last frame says that it is the last. Only the second
   * ends before it closes.
   */
  #watchEnd(stream: ClientHttp2Stream): void {
    const push = stream.push;
    stream.push = (chunk: Buffer | null, encoding?: BufferEncoding): boolean => {
      if (chunk === null && !stream.closed) this.#ended = true;
      return push.call(stream, chunk, encoding);
    };
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#answer?.takeData(chunk);
  };

  readonly #onTrailers = (_fields: unknown, _flags: number, raw: readonly string[]): void => {
    if (areTrailers(raw, this.#request?.headerBytes ?? 0)) this.#trailers = raw;
    else this.#fail(RUBBISH);
  };

  readonly #onEnd = (): void => {
    if (this.#ended && this.#answer) this.#finish();
    else this.#fail(RESET);
  };

  /** The answer is whole. */
  #finish(): void {
    const answer = this.#answer;
    const user = this.#user;
    answer?.takeEnd(this.#trailers);
    // Whoever gave the rest of the request up has given the stream up with it.
    if (this.#user !== user) return;
    this.#user = undefined;
    this.#answer = undefined;
    const stream = this.#stream;
    if (!stream || stream.writableEnded) return;
    this.#cut = true;
    cutStream(stream, constants.NGHTTP2_CANCEL);
  }

  /** Nothing more can be done with it. */
  #fail(failure: UpstreamFailure): void {
    const user = this.#user;
    const answer = this.#answer;
    this.#user = undefined;
    this.#answer = undefined;
    if (this.#stream && !this.#stream.destroyed) {
      this.#cut = true;
      cutStream(this.#stream, constants.NGHTTP2_CANCEL);
    }
    if (answer) answer.takeBreak();
    else user?.onFailure(failure);
  }

  readonly #onClose = (): void => {
    const stream = this.#stream;
    const session = this.#session;
    if (!stream) return;
    const resends = this.#mayResend(stream);
    this.#release();
    if (resends) {
      this.#resends += 1;
      this.#stream = undefined;
      this.#owner.streamWaits(this);
      return;
    }
    if (stream.rstCode === constants.NGHTTP2_PROTOCOL_ERROR) this.#fail(RUBBISH);
    else this.#fail(session?.failure ?? RESET);
  };

  #mayResend(stream: ClientHttp2Stream): boolean {
    if (!this.#user || this.#answer || this.#bodyBegun || this.#resends >= RESENDS) return false;
    return this.#session?.neverSaw(stream) ?? false;
  }

  /** Gives its place in the session back. */
  #release(): void {
    const session = this.#session;
    this.#session = undefined;
    session?.release(this.#cut);
  }

  readonly #onDrain = (): void => {
    this.#awaitsDrain = false;
    this.#user?.onDrain();
  };

  readonly #onWantTrailers = (): void => {
    const stream = this.#stream;
    if (!stream || stream.destroyed || stream.closed) return;
    const fields: Record<string, string | string[]> = Object.create(null);
    for (const [name, value] of this.#sentTrailers) {
      const lower = name.toLowerCase();
      const before = fields[lower];
      if (before === undefined) fields[lower] = value;
      else fields[lower] = Array.isArray(before) ? [...before, value] : [before, value];
    }
    stream.sendTrailers(fields);
  };
}

function ignore(): void {}

function refuse(stream: UpstreamStream, failure: UpstreamFailure): void {
  stream.refuse(failure);
}

function tellPause(answer: UpstreamAnswer): void {
  answer.takePause();
}
