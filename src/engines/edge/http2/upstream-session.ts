import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import type { Socket } from "node:net";
import { codeOf } from "../../../blocks/errors/index.ts";
import { tlsFailureOf } from "../tls/upstream-tls-failure.ts";
import { failureOf, type UpstreamFailure } from "../upstream/upstream-failure.ts";
import { CONNECTION_WINDOW_BYTES } from "./session-options.ts";

/** Streams of one session that the edge opens at most, whatever the server would take. */
const STREAMS_MAX = 1_024;
/** How long a server that may be gone has to answer a PING. */
const PING_WAIT_MS = 15_000;
/** An answer that is not here by then makes one ask. */
const SILENCE_MS = 1_000;
/** A server is not asked more often: some (gRPC's) end connections on which they are. */
const PING_PAUSE_MS = 10_000;
/** Fields of an answer's head. */
const HEADER_PAIRS = 256;

/** Whom a session tells what becomes of it. */
export interface SessionOwner {
  /** The server has said what it takes: streams can be opened. */
  sessionReady(session: UpstreamSession): void;
  /** A stream is over, or the server takes more than before. */
  sessionHasRoom(session: UpstreamSession): void;
  /** It takes no stream any more. */
  sessionDrains(session: UpstreamSession): void;
  /** It is gone. `failure`: why it never came to be ready. Told once. */
  sessionGone(session: UpstreamSession, failure: UpstreamFailure | undefined): void;
}

/** What a session is made of. */
export interface UpstreamSessionOptions {
  /** Begins a connection: in plain text, or with TLS that offers `h2` by ALPN and nothing else. */
  readonly open: () => Socket;
  readonly scheme: "http" | "https";
  /** Bound on the heads of answers. */
  readonly headerBytes: number;
  readonly nowMs: () => number;
  /** Until the server has said what it takes; then the session is given up. */
  readonly connectTimeoutMs: number;
}

/**
 * One connection of HTTP/2 to an endpoint. It is ready once the server's first SETTINGS are here, which say how many streams it
 * takes: whoever does not speak HTTP/2 is found out before a request is lost on him.
 */
export class UpstreamSession {
  readonly scheme: "http" | "https";
  /** When it is too old to be used, by the owner's clock; set by the owner. */
  staleAtMs = 0;
  /** Streams that are open, or promised. */
  streams = 0;
  /** Streams that there have been. */
  served = 0;
  readonly #session: ClientHttp2Session;
  readonly #owner: SessionOwner;
  readonly #nowMs: () => number;
  readonly #connectTimeoutMs: number;
  readonly #beganAtMs: number;
  readonly #socket: Socket;
  /** Whether the connection stands, with TLS where that is spoken. */
  #secured = false;
  #ready = false;
  #draining = false;
  #gone = false;
  /** The highest stream that the server has seen to, when it goes away. */
  #lastStream = Number.POSITIVE_INFINITY;
  #failure: UpstreamFailure | undefined;
  #capacity = 0;
  /** When the server last answered something. */
  #heardAtMs = 0;
  #pingedAtMs = Number.NEGATIVE_INFINITY;
  #awaitsPing = false;
  /** Places that are free from the next sweep on. */
  #toRelease = 0;

  /** Begins to connect. Throws what `open` throws. */
  constructor(options: UpstreamSessionOptions, owner: SessionOwner) {
    this.scheme = options.scheme;
    this.#owner = owner;
    this.#nowMs = options.nowMs;
    this.#connectTimeoutMs = options.connectTimeoutMs;
    this.#beganAtMs = options.nowMs();
    const socket = options.open();
    this.#socket = socket;
    this.#session = connect(`${options.scheme}://upstream.invalid`, {
      createConnection: () => socket,
      settings: { enablePush: false, maxHeaderListSize: 2 * options.headerBytes },
      maxHeaderListPairs: HEADER_PAIRS,
      // Fields go on as they came, repeated ones too.
      strictSingleValueFields: false,
    } as Parameters<typeof connect>[1]);
    this.#session
      .on("connect", this.#onConnect)
      .on("remoteSettings", this.#onSettings)
      .on("goaway", this.#onGoaway)
      .on("error", this.#onError)
      .on("close", this.#onClose);
  }

  get isReady(): boolean {
    return this.#ready && !this.#draining;
  }

  get isConnecting(): boolean {
    return !this.#ready && !this.#gone;
  }

  /** How many streams the server takes at once; 0 as long as it has not said so. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Whether another stream may be opened now. A server that is asked whether it is still there gets none. */
  get hasRoom(): boolean {
    return this.isReady && !this.#awaitsPing && this.streams < this.capacity;
  }

  /** By the owner's clock. */
  get nowMs(): number {
    return this.#nowMs();
  }

  /** Why streams break off that have no reason of their own. */
  get failure(): UpstreamFailure | undefined {
    return this.#failure;
  }

  /** Opens a stream, which counts already. Throws what Node throws for fields that it does not send. */
  open(fields: string[], options: { endStream: boolean; waitForTrailers: boolean }): ClientHttp2Stream {
    this.served += 1;
    return this.#session.request(fields, options);
  }

  /**
   * A stream is over. The place of one that was cut off, on a session that was full, is free a sweep later: some servers (Node's)
   * count it until they have cleared it away, and turn down a stream that comes right behind the reset.
   */
  release(wasCut: boolean): void {
    if (wasCut && !this.#draining && this.streams >= this.#capacity) {
      this.#toRelease += 1;
      return;
    }
    this.streams -= 1;
    if (this.#draining && this.streams === 0) this.destroy();
    else this.#owner.sessionHasRoom(this);
  }

  /** Whether the server has never seen to a stream of this session: it may be asked for again, whatever it asks. */
  neverSaw(stream: ClientHttp2Stream): boolean {
    return stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || (stream.id ?? 0) > this.#lastStream;
  }

  /** The server has begun an answer. */
  heard(): void {
    this.#heardAtMs = this.#nowMs();
  }

  /**
   * A request that was sent then has been given up unanswered. A server that has answered nothing else since gets no stream until it
   * answers a PING, and is given up if it does not: its machine may be gone, which TCP finds out only after minutes.
   */
  suspect(sentAtMs: number): void {
    const nowMs = this.#nowMs();
    if (!this.#ready || this.#gone || this.#awaitsPing || this.#heardAtMs >= sentAtMs) return;
    if (nowMs - sentAtMs < SILENCE_MS || nowMs - this.#pingedAtMs < PING_PAUSE_MS) return;
    this.#pingedAtMs = nowMs;
    this.#awaitsPing = true;
    this.#session.ping(Buffer.alloc(8), (error) => {
      if (error) return;
      this.#awaitsPing = false;
      this.#heardAtMs = this.#nowMs();
      this.#owner.sessionHasRoom(this);
    });
  }

  /** Looks whether the connection came about in time, and whether a PING was answered. */
  sweep(nowMs: number): void {
    if (this.isConnecting && nowMs - this.#beganAtMs > this.#connectTimeoutMs) {
      this.#failure ??= {
        kind: "unreachable",
        reason: `spoke no HTTP/2 within ${this.#connectTimeoutMs} ms`,
      };
      this.#socket.destroy();
    }
    for (; this.#toRelease > 0; this.#toRelease--) this.release(false);
    if (this.#awaitsPing && nowMs - this.#pingedAtMs > PING_WAIT_MS) this.#socket.destroy();
  }

  /** Takes no further stream, and closes with the last one. */
  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    if (this.streams === 0) this.destroy();
  }

  /** Ends it, and what is under way on it. */
  destroy(): void {
    if (this.isConnecting) this.#socket.destroy();
    else {
      // The server is told by GOAWAY, which leaves at once where it can; nobody waits for it to close its side.
      this.#session.destroy();
      setImmediate(destroySocket, this.#socket);
    }
    this.#tellGone(undefined);
  }

  readonly #onConnect = (): void => {
    this.#secured = true;
    if (this.#session.encrypted && this.#session.alpnProtocol !== "h2") {
      this.#failure = { kind: "unreachable", reason: "does not offer HTTP/2 (ALPN)" };
      this.#socket.destroy();
      return;
    }
    this.#session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
  };

  readonly #onSettings = (): void => {
    this.#capacity = Math.min(STREAMS_MAX, this.#session.remoteSettings.maxConcurrentStreams ?? STREAMS_MAX);
    if (this.#ready) {
      this.#owner.sessionHasRoom(this);
      return;
    }
    this.#ready = true;
    this.#owner.sessionReady(this);
  };

  readonly #onGoaway = (_code: number, lastStream: number): void => {
    this.#draining = true;
    this.#lastStream = lastStream;
    // What the server has seen to may still be answered.
    this.#owner.sessionDrains(this);
  };

  readonly #onError = (error: Error): void => {
    const failure = this.scheme === "https" ? tlsFailureOf(error, this.#secured) : failureOf(error);
    if (this.#ready) this.#failure ??= codeOf(error) === "ERR_HTTP2_ERROR" ? { kind: "rubbish" } : failure;
    else if (failure.kind === "reset")
      this.#failure ??= {
        kind: "unreachable",
        reason: `speaks no HTTP/2 (${codeOf(error) ?? error.message})`,
      };
    else this.#failure ??= failure;
  };

  readonly #onClose = (): void => {
    const silent: UpstreamFailure = {
      kind: "unreachable",
      reason: "closed the connection before it spoke HTTP/2",
    };
    this.#socket.destroy();
    this.#tellGone(this.#ready ? undefined : (this.#failure ?? silent));
  };

  #tellGone(failure: UpstreamFailure | undefined): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#draining = true;
    this.#owner.sessionGone(this, failure);
  }
}

function destroySocket(socket: Socket): void {
  socket.destroy();
}
