import type { ServerResponse } from "node:http";
import type { Clock, Timer } from "../../../blocks/time/index.ts";

/** A reader that falls behind by more than this is cut off, and may come again. */
const BACKLOG_BYTES_MAX = 4 * 1024 * 1024;
const HEARTBEAT_MS = 15_000;

/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) to one reader: a comment every 15 s, so that
 * both sides see when the other is gone.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #ends: (() => void)[] = [];
  #heartbeat: Timer;

  constructor(response: ServerResponse, clock: Clock) {
    this.#response = response;
    this.#clock = clock;
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": open\n\n");
    this.#heartbeat = clock.setTimer(HEARTBEAT_MS, () => this.#beat());
    response.on("close", () => {
      this.#heartbeat.cancel();
      for (const end of this.#ends) end();
    });
  }

  /** Sends an event, whose `type` is its name. */
  send(event: { readonly type: string }): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    this.#response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    if (this.#response.writableLength > BACKLOG_BYTES_MAX) this.#response.destroy();
  }

  /** Called once, when the reader is gone or the server ends it. */
  onEnd(end: () => void): void {
    this.#ends.push(end);
  }

  /** Ends it in order. */
  end(): void {
    this.#response.end();
  }

  #beat(): void {
    if (!this.#response.writableEnded) this.#response.write(": still here\n\n");
    this.#heartbeat = this.#clock.setTimer(HEARTBEAT_MS, () => this.#beat());
  }
}
