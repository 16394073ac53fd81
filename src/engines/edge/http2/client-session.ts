import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import type { Peer } from "../client/peer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Hop } from "../exchange/request-head.ts";
import { LINGER_MS } from "../limits.ts";
import type { EdgeRuntime, Site } from "../runtime.ts";
import type { LinkClient } from "../upstream/link-pool.ts";
import type { Watched } from "../watch.ts";
import { ClientStream, type StreamHost } from "./client-stream.ts";
import { FloodGuard } from "./flood-guard.ts";
import { CONNECTION_WINDOW_BYTES, clientSessionOptions } from "./session-options.ts";

/** Why a session ends that costs more than it is worth. */
const FLOOD = new Error("the client keeps the connection busy without using it");

/** What a session knows of the listener that took its connection. */
export interface ClientSessionHost {
  readonly runtime: EdgeRuntime;
  /** The routes in force. */
  readonly site: Site;
  sessionClosed(session: ClientSession): void;
}

/** How a connection came to speak HTTP/2. */
export interface ClientSessionOptions {
  /** What was read of it already, the preface first; it is copied. Default: nothing. */
  readonly read?: Buffer;
  readonly peer: Peer;
}

/**
 * One client's connection of HTTP/2 (RFC 9113): each of its streams is a request, and all are answered side by side. It takes over
 * the connection whole, after ALPN chose `h2` or the preface was seen; nobody else may read from it or listen to its data.
 */
export class ClientSession implements StreamHost, Watched {
  readonly runtime: EdgeRuntime;
  readonly tls: string | undefined;
  readonly linkClient: LinkClient;
  readonly #peer: Peer;
  readonly #socket: Socket;
  readonly #host: ClientSessionHost;
  readonly #session: ServerHttp2Session;
  readonly #streams = new Set<ClientStream>();
  readonly #guard = new FloodGuard();
  #hop: Hop;
  #hadRequest = false;
  #leaving = false;
  /** Since when no stream is open; negative until the next sweep. */
  #sinceMs = -1;

  constructor(socket: Socket, host: ClientSessionHost, { read, peer }: ClientSessionOptions) {
    const { runtime } = host;
    this.runtime = runtime;
    this.#socket = socket;
    this.#host = host;
    this.tls = peer.tls;
    this.linkClient = peer.link;
    this.#peer = peer;
    this.#hop = this.#hopOf(host.site);
    // A client that ends its side has left: its streams have nobody to go to.
    socket.allowHalfOpen = false;
    if (read && read.length > 0) {
      socket.pause();
      socket.unshift(Buffer.from(read));
    }
    this.#session = performServerHandshake(socket, clientSessionOptions(runtime.limits.headerBytes));
    this.#session
      .on("stream", this.#onStream)
      .on("ping", this.#onIdleFrame)
      .on("remoteSettings", this.#onIdleFrame)
      .on("connect", this.#onConnect)
      // The close that follows says all that matters.
      .on("error", () => {});
    socket.once("close", this.#onClose);
    runtime.watch.add(this);
  }

  /** The routes in force. */
  get site(): Site {
    return this.#host.site;
  }

  /** What is said to the next hop of who is connected. */
  get hop(): Hop {
    const { site } = this.#host;
    if (site.trustedHops !== this.#hop.trustedHops) this.#hop = this.#hopOf(site);
    return this.#hop;
  }

  /** Whether the streams under way are the connection's last. */
  get isEnding(): boolean {
    return this.#leaving;
  }

  /**
   * Takes no further stream: the client is told by GOAWAY which were the last, and asks again elsewhere for those behind them.
   * Closes with the last answer, and at once when there is none under way.
   */
  leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#sinceMs = -1;
    if (!this.#session.destroyed) this.#session.close();
  }

  /** Cuts the connection, and all answers under way with it. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** The stream's own end says when it is over. */
  exchangeDone(_exchange: Exchange): void {}

  streamMoved(): void {
    this.#guard.progress();
  }

  streamClosed(stream: ClientStream, broke: boolean): void {
    this.#streams.delete(stream);
    this.#sinceMs = -1;
    if (broke && this.#guard.streamBroke(this.runtime.clock.monotonicMs())) this.#refuseFlood();
  }

  /** Looks at the deadlines of all streams, and at that of a connection without any. */
  sweep(nowMs: number): void {
    for (const stream of this.#streams) stream.sweep(nowMs);
    if (this.#streams.size > 0 || this.#sinceMs < 0) {
      this.#sinceMs = this.#streams.size > 0 ? -1 : nowMs;
      return;
    }
    const { limits } = this.runtime;
    const elapsedMs = nowMs - this.#sinceMs;
    // What is left to say is said; a client that does not close its side is not waited for.
    if (this.#leaving && elapsedMs > LINGER_MS) this.#socket.destroy();
    else if (elapsedMs > (this.#hadRequest ? limits.idleTimeoutMs : limits.requestHeadTimeoutMs))
      this.leave();
  }

  #hopOf({ trustedHops }: Site): Hop {
    const { address, tls, fields } = this.#peer;
    const { name } = this.runtime;
    return { peerAddress: address, trustedHops, secure: tls !== undefined, clientFields: fields, name };
  }

  readonly #onConnect = (): void => {
    if (!this.#session.destroyed) this.#session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
  };

  readonly #onStream = (
    stream: ServerHttp2Stream,
    headers: { readonly ":method"?: string | undefined },
    _flags: number,
    raw: readonly string[],
  ): void => {
    this.#hadRequest = true;
    this.#guard.progress();
    if (stream.destroyed || stream.closed) {
      // Broken off in the very turn that it came in.
      stream.on("error", () => {});
      if (this.#guard.streamBroke(this.runtime.clock.monotonicMs())) this.#refuseFlood();
      return;
    }
    const one = new ClientStream(stream, { raw, isHead: headers[":method"] === "HEAD" }, this);
    this.#streams.add(one);
    one.begin();
  };

  readonly #onIdleFrame = (): void => {
    if (this.#guard.idleFrame(this.runtime.clock.monotonicMs())) this.#refuseFlood();
  };

  #refuseFlood(): void {
    this.#leaving = true;
    if (!this.#session.destroyed) this.#session.destroy(FLOOD, constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }

  readonly #onClose = (): void => {
    this.#leaving = true;
    this.runtime.watch.delete(this);
    this.#host.sessionClosed(this);
  };
}
