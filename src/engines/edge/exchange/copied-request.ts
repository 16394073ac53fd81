import type { HttpVersion, RequestMessage } from "./messages.ts";

/** What of a body may wait for a slow receiver of the copy; beyond, the copy is given up. */
const HELD_BYTES = 1024 * 1024;
/** The same for all copies of one edge together. */
const ALL_HELD_BYTES = 64 * 1024 * 1024;

/** What all copies of one edge hold. */
export interface CopyRoom {
  heldBytes: number;
}

/** A copy of a request: its body is pushed from the one that is read, and waits here, up to a bound, for whoever takes it. */
export class CopiedRequest implements RequestMessage {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: HttpVersion;
  readonly rawHeaders: string[];
  complete: boolean;
  readableLength = 0;
  rawTrailers: readonly string[] = [];
  /** Told when more waits than may, or the original is not read to its end: the copy will never be whole. */
  onLost: () => void = () => {};
  #held: Buffer[] = [];
  #onData: ((chunk: Buffer) => void) | undefined;
  #onEnd: (() => void) | undefined;
  #flows = false;
  #endTold = false;
  /** Nobody takes it any more. */
  #over = false;
  readonly #room: CopyRoom;

  constructor(original: RequestMessage, withBody: boolean, room: CopyRoom) {
    this.#room = room;
    this.method = original.method;
    this.url = original.url;
    this.httpVersion = original.httpVersion;
    this.rawHeaders = original.rawHeaders;
    this.complete = !withBody;
  }

  on(
    event: "data" | "end" | "error",
    listener: ((chunk: Buffer) => void) | (() => void) | ((error: Error) => void),
  ): this {
    if (event === "data") {
      this.#onData = listener as (chunk: Buffer) => void;
      this.resume();
    } else if (event === "end") this.#onEnd = listener as () => void;
    return this;
  }

  once(_event: "end", listener: () => void): this {
    return this.on("end", listener);
  }

  off(event: "data" | "end", _listener: ((chunk: Buffer) => void) | (() => void)): this {
    if (event === "data") this.#onData = undefined;
    else this.#onEnd = undefined;
    return this;
  }

  pause(): this {
    this.#flows = false;
    return this;
  }

  resume(): this {
    if (!this.#flows) {
      this.#flows = true;
      process.nextTick(flush, this);
    }
    return this;
  }

  destroy(): this {
    this.#over = true;
    this.#held = [];
    this.#hold(-this.readableLength);
    this.#onData = undefined;
    return this;
  }

  push(chunk: Buffer): void {
    if (this.#over) return;
    if (this.#flows && this.#held.length === 0) {
      this.#onData?.(chunk);
      return;
    }
    this.#held.push(chunk);
    this.#hold(chunk.length);
    if (this.readableLength > HELD_BYTES || this.#room.heldBytes > ALL_HELD_BYTES) this.lose();
  }

  /** What is missing makes the copy worthless. */
  lose(): void {
    if (this.complete || this.#over) return;
    this.destroy();
    this.onLost();
  }

  pushEnd(trailers: readonly string[]): void {
    if (this.#over) return;
    this.complete = true;
    this.rawTrailers = trailers;
    if (this.#flows && this.#held.length === 0) this.#tellEnd();
  }

  flush(): void {
    while (this.#flows) {
      const chunk = this.#held.shift();
      if (!chunk) break;
      this.#hold(-chunk.length);
      this.#onData?.(chunk);
    }
    if (this.#flows && this.complete) this.#tellEnd();
  }

  #hold(bytes: number): void {
    this.readableLength += bytes;
    this.#room.heldBytes += bytes;
  }

  #tellEnd(): void {
    if (this.#endTold) return;
    this.#endTold = true;
    this.#onEnd?.();
  }
}

function flush(request: CopiedRequest): void {
  request.flush();
}

/** A request whose body is copied as it is read. */
export class TeedRequest implements RequestMessage {
  readonly #request: RequestMessage;
  readonly #copy: CopiedRequest;
  /** What stands between the request and those who listen to its data. */
  readonly #taps = new Map<(chunk: Buffer) => void, (chunk: Buffer) => void>();
  #wasRead = false;

  constructor(request: RequestMessage, copy: CopiedRequest) {
    this.#request = request;
    this.#copy = copy;
    request.once("end", () => {
      if (this.#wasRead) copy.pushEnd(request.rawTrailers);
      // Its body was dropped unread.
      else copy.lose();
    });
  }

  /** Nobody reads it any more. */
  over(): void {
    this.#copy.lose();
  }

  get method(): string {
    return this.#request.method;
  }

  get url(): string {
    return this.#request.url;
  }

  get httpVersion(): HttpVersion {
    return this.#request.httpVersion;
  }

  get rawHeaders(): string[] {
    return this.#request.rawHeaders;
  }

  get complete(): boolean {
    return this.#request.complete;
  }

  get readableLength(): number {
    return this.#request.readableLength;
  }

  get rawTrailers(): readonly string[] {
    return this.#request.rawTrailers;
  }

  on(
    event: "data" | "end" | "error",
    listener: ((chunk: Buffer) => void) | (() => void) | ((error: Error) => void),
  ): this {
    if (event === "data") {
      const taker = listener as (chunk: Buffer) => void;
      const tap = (chunk: Buffer) => {
        this.#copy.push(chunk);
        taker(chunk);
      };
      this.#taps.set(taker, tap);
      this.#wasRead = true;
      this.#request.on("data", tap);
    } else if (event === "end") this.#request.on("end", listener as () => void);
    else this.#request.on("error", listener as (error: Error) => void);
    return this;
  }

  once(event: "end", listener: () => void): this {
    this.#request.once(event, listener);
    return this;
  }

  off(event: "data" | "end", listener: ((chunk: Buffer) => void) | (() => void)): this {
    if (event === "end") this.#request.off("end", listener as () => void);
    else {
      const taker = listener as (chunk: Buffer) => void;
      const tap = this.#taps.get(taker);
      if (tap) this.#request.off("data", tap);
      this.#taps.delete(taker);
      this.#copy.lose();
    }
    return this;
  }

  pause(): this {
    this.#request.pause();
    return this;
  }

  resume(): this {
    this.#request.resume();
    return this;
  }

  destroy(): this {
    this.#request.destroy();
    return this;
  }
}
