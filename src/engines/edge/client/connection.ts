import type { Socket } from "node:net";
import type { Answer } from "../answers.ts";
import { Exchange, type ExchangeHost } from "../exchange/exchange.ts";
import type { Hop } from "../exchange/request-head.ts";
import { TUNNEL_KEEP_ALIVE_MS } from "../exchange/tunnel.ts";
import { RequestParser, type RequestStart } from "../http/request-parser.ts";
import { beginsHttp2, opensHttp2 } from "../http2/preface.ts";
import { PIPELINED_BYTES, PIPELINED_REQUESTS } from "../limits.ts";
import type { EdgeRuntime, Site } from "../runtime.ts";
import type { LinkClient } from "../upstream/link-pool.ts";
import type { Watched } from "../watch.ts";
import { ClientAnswer } from "./client-answer.ts";
import { ClientRequest } from "./client-request.ts";
import type { Peer } from "./peer.ts";
import { readShared } from "./shared-read.ts";
import type { StandingFields } from "./standing-fields.ts";
import { answerTo, refuseUnreadable } from "./unreadable-request.ts";
import { UpgradedStream } from "./upgraded-stream.ts";

/** What a connection knows of the listener that took it. */
export interface ConnectionHost {
  readonly runtime: EdgeRuntime;
  readonly standing: StandingFields;
  /** The routes in force. */
  readonly site: Site;
  connectionClosed(connection: ClientConnection): void;
  /** Whether clients may open with HTTP/2. */
  readonly speaksHttp2: boolean;
  /** One does: the connection is no longer this one's. `read` is what it has sent so far. */
  openHttp2(socket: Socket, peer: Peer, read: Buffer): void;
}

/**
 * One client's connection: reads its requests as they come, and answers them one after the other, in their order, however
 * many the client sends ahead.
 */
export class ClientConnection implements ExchangeHost, Watched {
  readonly runtime: EdgeRuntime;
  readonly standing: StandingFields;
  readonly tls: string | undefined;
  #hop: Hop;
  readonly #socket: Socket;
  readonly #peer: Peer;
  readonly #host: ConnectionHost;
  readonly #parser: RequestParser;
  /** The request whose body has not arrived whole. */
  #arriving: ClientRequest | undefined;
  /** Its head, until its exchange exists: to the end of the turn, so that what is here of the body goes on with the head. */
  #arrivingStart: RequestStart | undefined;
  #current: Exchange<ClientAnswer> | undefined;
  #waiting: Exchange<ClientAnswer>[] = [];
  /** Read while requests waited, since none did last. */
  #aheadBytes = 0;
  /** No further request is taken. */
  #ending = false;
  /** What the connection has become after an upgrade. */
  #upgraded: UpgradedStream | undefined;
  /** Nothing that comes is read any more. */
  #deaf = false;
  /** The listener closes: the next request, of which a part is here, is the last. */
  #leaving = false;
  #paused = false;
  #hadRequest = false;
  /** What may become the opening of HTTP/2. */
  #opening: Buffer | undefined;
  /** Since when the client has kept silent, or has been sending the present head; negative until the next sweep. */
  #sinceMs = -1;

  /**
   * `isFresh`: nothing was read of the connection, which is paused, and nothing stands between it and the client; only such a one
   * can be read into the common buffer.
   */
  constructor(accepted: Socket, host: ConnectionHost, peer: Peer, isFresh: boolean) {
    const { runtime } = host;
    const socket = isFresh ? readShared(accepted, this.#onBytes) : accepted.on("data", this.#onBytes);
    this.#socket = socket;
    this.#host = host;
    this.runtime = runtime;
    this.standing = host.standing;
    // The socket that was accepted has lost its addresses to the one that took it over.
    this.#peer = isFresh ? { ...peer, link: socket } : peer;
    this.tls = peer.tls;
    this.#hop = this.#hopOf(host.site);
    this.#parser = new RequestParser(runtime.limits);
    runtime.watch.add(this);
    socket.on("end", this.#onEnd);
    socket.on("drain", this.#onDrain);
    // The close that follows says all that matters.
    socket.on("error", () => {});
    socket.once("close", this.#onClose);
    if (!isFresh) socket.resume();
  }

  /** The routes in force. */
  get site(): Site {
    return this.#host.site;
  }

  /** What is said of the client to the next hop; made anew when the routes in force change. */
  get hop(): Hop {
    const { site } = this.#host;
    if (site.trustedHops !== this.#hop.trustedHops) this.#hop = this.#hopOf(site);
    return this.#hop;
  }

  get linkClient(): LinkClient {
    return this.#peer.link;
  }

  /** Whether the answer under way is the connection's last. */
  get isEnding(): boolean {
    return (this.#ending || this.runtime.closing) && this.#waiting.length === 0;
  }

  /** Takes no further request: closes at once when there is nothing to answer, and else with the last answer. */
  leave(): void {
    this.#leaving = true;
    if (this.#current) this.#ending = true;
    else if (!this.#parser.isWithinHead) this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** An exchange is over; the next may begin. */
  exchangeDone(exchange: Exchange): void {
    if (this.#current !== exchange) return;
    if (!exchange.response.shouldKeepAlive) this.#waiting = [];
    this.#current = this.#waiting.shift();
    this.#sinceMs = -1;
    if (this.#waiting.length === 0 && this.#aheadBytes > 0) {
      this.#aheadBytes = 0;
      this.onDemand();
    }
    if (this.#current) this.#current.start();
    // Not while draining alone: an answer that began before has promised that the connection is kept.
    else if (this.#ending) this.#socket.destroySoon();
  }

  /** An answer is out. */
  answerFinished(answer: ClientAnswer): void {
    const request = this.#arriving;
    // Of the request that it answers the rest may still be on its way; of another one, behind it, nothing is lost.
    const unread = request !== undefined && this.#waiting.length === 0 && !this.#arrivingStart;
    if (unread) request.discard();
    if (answer.shouldKeepAlive) return;
    this.#ending = true;
    // Closing while the client still sends would reset the connection, and the client might never see the answer.
    if (unread) this.#socket.end();
  }

  /** The body that is arriving would have more, or less; or requests that were sent ahead wait, or do not any more. */
  onDemand(): void {
    const arriving = this.#arriving;
    const holds = this.#aheadBytes > PIPELINED_BYTES || (arriving !== undefined && !arriving.wantsMore);
    if (holds === this.#paused) return;
    this.#paused = holds;
    if (holds) this.#socket.pause();
    else this.#socket.resume();
  }

  /** Looks at the deadlines of the exchange under way, and at those of the silence between two. */
  sweep(nowMs: number): void {
    this.#current?.sweep(nowMs);
    if (this.#sinceMs < 0) {
      this.#sinceMs = nowMs;
      return;
    }
    const { limits } = this.runtime;
    const elapsedMs = nowMs - this.#sinceMs;
    // What is not read here does not come.
    const awaitsHead = !this.#deaf && !this.#paused && (this.#parser.isWithinHead || !this.#hadRequest);
    if (awaitsHead) {
      if (elapsedMs > limits.requestHeadTimeoutMs) this.#parsingFailed({ code: "REQUEST_TIMEOUT" });
    } else if (!this.#current && elapsedMs > limits.idleTimeoutMs) this.#socket.destroy();
  }

  readonly #onBytes = (bytes: Buffer): void => {
    if (this.#upgraded) {
      this.#upgraded.receive(bytes);
      return;
    }
    if (this.#deaf) return;
    if (!this.#hadRequest && this.#opensHttp2(bytes)) return;
    const parser = this.#parser;
    if (!parser.isWithinHead) {
      this.#sinceMs = -1;
      parser.bounds = this.runtime.limits;
    }
    parser.feed(bytes);
    for (;;) {
      switch (parser.next()) {
        case "head":
          this.#sinceMs = -1;
          if (!this.#begin(headOf(parser))) return;
          break;
        case "body":
          // What was read is written over by the next reading, of whichever connection.
          this.#arriving?.push(Buffer.from(parser.piece));
          break;
        case "end":
          this.#arriving?.pushEnd(parser.trailers);
          this.#announce();
          this.#arriving = undefined;
          this.onDemand();
          break;
        case "more":
          this.#announce();
          if (this.#waiting.length > 0) {
            this.#aheadBytes += bytes.length;
            this.onDemand();
          }
          return;
        case "failed":
          // A request of which nobody has heard yet is not begun any more.
          if (this.#arrivingStart) this.#arriving = undefined;
          this.#arrivingStart = undefined;
          this.#parsingFailed(answerTo(parser.problem));
          return;
      }
    }
  };

  /** Whether these are the first bytes of HTTP/2, or may become them: then they are not to be read as a request. */
  #opensHttp2(bytes: Buffer): boolean {
    if (!this.#host.speaksHttp2 || this.#parser.isWithinHead) return false;
    const opening = this.#opening ? Buffer.concat([this.#opening, bytes]) : bytes;
    if (!beginsHttp2(opening)) {
      if (!this.#opening) return false;
      this.#opening = undefined;
      this.#onBytes(opening);
      return true;
    }
    if (!opensHttp2(opening)) {
      this.#opening = Buffer.from(opening);
      return true;
    }
    const socket = this.#socket;
    this.#deaf = true;
    this.runtime.watch.delete(this);
    socket.off("data", this.#onBytes);
    socket.off("end", this.#onEnd);
    socket.off("drain", this.#onDrain);
    socket.off("close", this.#onClose);
    this.#host.connectionClosed(this);
    this.#host.openHttp2(socket, this.#peer, Buffer.from(opening));
    return true;
  }

  /** A head has arrived. False when what follows it is not to be read. */
  #begin(start: RequestStart): boolean {
    // A client may send anything behind its last request; nobody answers it (RFC 9112, section 9.6).
    if (this.#ending) {
      this.#deaf = true;
      return false;
    }
    this.#hadRequest = true;
    const request = new ClientRequest(start, this.#socket, this);
    if (wantsUpgrade(start)) {
      this.#takeUpgrade(request);
      return false;
    }
    if (start.hasBody) {
      this.#arriving = request;
      this.#arrivingStart = start;
    } else this.#take(request, start.keepAlive);
    return true;
  }

  #hopOf({ trustedHops }: Site): Hop {
    return {
      peerAddress: this.#peer.address,
      trustedHops,
      secure: this.#peer.tls !== undefined,
      clientFields: this.#peer.fields,
      name: this.runtime.name,
    };
  }

  #announce(): void {
    const start = this.#arrivingStart;
    if (!start || !this.#arriving) return;
    this.#arrivingStart = undefined;
    this.#take(this.#arriving, start.keepAlive);
  }

  #take(request: ClientRequest, keepAlive: boolean): void {
    if (!keepAlive || this.#leaving) this.#ending = true;
    const exchange = new Exchange(this, request, new ClientAnswer(this, this.#socket, request, keepAlive));
    if (!this.#current) {
      this.#current = exchange;
      exchange.start();
      return;
    }
    this.#waiting.push(exchange);
    if (this.#waiting.length >= PIPELINED_REQUESTS) this.#ending = true;
  }

  /** A request to change the protocol has arrived: what follows is not HTTP, or not until it is refused. */
  #takeUpgrade(request: ClientRequest): void {
    const socket = this.#socket;
    this.#ending = true;
    this.#deaf = true;
    if (this.#current) {
      // Behind unanswered requests there is no telling whose bytes would be whose.
      socket.destroy();
      return;
    }
    socket.off("end", this.#onEnd);
    socket.setKeepAlive(true, TUNNEL_KEEP_ALIVE_MS);
    const upgraded = new UpgradedStream(socket);
    this.#upgraded = upgraded;
    const response = new ClientAnswer(this, socket, request, false);
    this.#current = new Exchange(this, request, response, {
      socket: upgraded,
      head: Buffer.from(this.#parser.rest),
    });
    this.#current.start();
  }

  /** What arrived is not HTTP, or not in time; nothing behind it can be read. */
  #parsingFailed(answer: Answer): void {
    this.#deaf = true;
    if (this.#ending && !this.#current) return;
    this.#ending = true;
    const last = this.#waiting.at(-1) ?? this.#current;
    const breaks = last !== undefined && !last.isComplete;
    // The requests before it are answered, and then the connection ends.
    if (breaks && last !== this.#current) this.#waiting.pop();
    else if (breaks) last.requestBroke(answer);
    if (this.#current || breaks) return;
    if (this.#socket.writable) refuseUnreadable(answer, this.#socket, this.#peer, this.runtime);
    else this.#socket.destroy();
  }

  /** The client sends no more: it has left, unless it has in the middle of something. */
  readonly #onEnd = (): void => {
    if (!this.#deaf && (this.#parser.isWithinHead || this.#arriving))
      this.#parsingFailed({ code: "BAD_REQUEST" });
    else this.#socket.destroySoon();
  };

  readonly #onDrain = (): void => {
    this.#current?.response.drained();
  };

  readonly #onClose = (): void => {
    this.#ending = true;
    this.#deaf = true;
    this.#waiting = [];
    this.runtime.watch.delete(this);
    this.#current?.connectionClosed();
    this.#host.connectionClosed(this);
  };
}

/**
 * Whether a request's connection leaves HTTP/1.1. An offer of HTTP/2 is not taken up, and the request is served as it is;
 * nor is one with a body, which would be taken for the new protocol's first bytes.
 */
function wantsUpgrade(start: RequestStart): boolean {
  return (
    start.upgrade !== undefined && start.method === "GET" && !start.hasBody && !/\bh2c\b/i.test(start.upgrade)
  );
}

/** Takes the head that the parser has come upon. Left there, what a silent connection read last would be moved about with each collection. */
function headOf(parser: RequestParser): RequestStart {
  const { head } = parser;
  if (!head) throw new Error("the parser has told of a head that it does not have");
  parser.head = undefined;
  return head;
}
