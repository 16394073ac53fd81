import type { Socket } from "node:net";
import type { Engine, Session } from "../core/index.ts";
import { RequestParser } from "../resp/index.ts";

/** Answers are written before they grow beyond this, even in the midst of a turn. */
const WRITE_BYTES = 256 * 1024;

/**
 * One client's socket. Every piece that arrives is worked off at once and its answers go out in one write. While more
 * answers stand unread than the limit allows, no further request is carried out and nothing is read.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #engine: Engine;
  readonly #session: Session;
  readonly #parser: RequestParser;
  readonly #afterRequests: () => void;
  #waiting = false;
  #ended = false;

  /** `afterRequests` is called when requests were carried out. */
  constructor(socket: Socket, engine: Engine, afterRequests: () => void) {
    this.#socket = socket;
    this.#engine = engine;
    this.#afterRequests = afterRequests;
    this.#parser = new RequestParser(engine.limits);
    this.#session = engine.connect({
      address: addressOf(socket.remoteAddress, socket.remotePort),
      localAddress: addressOf(socket.localAddress, socket.localPort),
      disconnect: () => socket.destroy(),
    });
    socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    socket.on("drain", () => this.#onDrain());
    socket.on("end", () => {
      this.#ended = true;
      if (!this.#waiting) socket.end();
    });
    // A reset connection is no fault of ours; `close` follows.
    socket.on("error", () => {});
    socket.on("close", () => this.#engine.disconnect(this.#session));
  }

  #onData(chunk: Buffer): void {
    // After QUIT, or bytes that could not be understood, nothing more is done for this client.
    if (this.#session.ending !== "no") return;
    this.#engine.stats.inputBytes += chunk.length;
    this.#parser.push(chunk);
    this.#work();
  }

  #onDrain(): void {
    if (!this.#waiting || this.#socket.destroyed) return;
    this.#waiting = false;
    this.#work();
    if (this.#waiting) return;
    if (this.#ended) this.#socket.end();
    else this.#socket.resume();
  }

  #work(): void {
    this.#carryOut();
    this.#engine.settle(this.#session);
  }

  #carryOut(): void {
    const session = this.#session;
    const { reply } = session;
    const parser = this.#parser;
    const engine = this.#engine;
    engine.tick();
    for (;;) {
      parser.restricted = !session.authenticated;
      const state = parser.next();
      if (state === "more") break;
      if (state === "broken") {
        reply.error(`ERR Protocol error: ${parser.problem}`);
        session.ending = "after-reply";
      } else {
        engine.execute(session, parser.args);
      }
      if (reply.overflowed || session.ending === "now") {
        this.#socket.destroy();
        return;
      }
      if (session.ending === "after-reply") {
        this.#write();
        this.#socket.destroySoon();
        return;
      }
      if (reply.text.length > WRITE_BYTES) {
        this.#write();
        if (this.#mustWait()) break;
      }
    }
    this.#write();
    if (!this.#waiting) this.#mustWait();
    this.#afterRequests();
  }

  #write(): void {
    const text = this.#session.reply.take();
    if (text === "") return;
    this.#engine.stats.outputBytes += text.length;
    this.#socket.write(text, "latin1");
  }

  #mustWait(): boolean {
    if (this.#socket.writableLength <= this.#engine.limits.outputPauseBytes) return false;
    this.#waiting = true;
    this.#socket.pause();
    return true;
  }
}

function addressOf(host: string | undefined, port: number | undefined): string {
  if (host === undefined) return "?:0";
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
