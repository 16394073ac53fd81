import type { Clock } from "../../../blocks/time/index.ts";

/** The fields that answers have in common, made once for many of them. Whole lines, each with its CRLF. */
export class StandingFields {
  /** What an answer says whose connection is kept, and for how long it is. */
  keepAlive = "";
  readonly #clock: Clock;
  #second = Number.NaN;
  #date = "";

  constructor(clock: Clock, idleTimeoutMs: number) {
    this.#clock = clock;
    this.idleTimeoutMs = idleTimeoutMs;
  }

  /** How long a connection may be idle. Whole seconds of it are told to clients. */
  set idleTimeoutMs(idleTimeoutMs: number) {
    const seconds = Math.floor(idleTimeoutMs / 1_000);
    this.keepAlive =
      seconds > 0
        ? `Connection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n`
        : "Connection: keep-alive\r\n";
  }

  /** `Date`, for answers that come without one (RFC 9110, section 6.6.1). */
  get date(): string {
    const second = Math.floor(this.#clock.wallMs() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#date = `Date: ${new Date(second * 1_000).toUTCString()}\r\n`;
    }
    return this.#date;
  }
}
