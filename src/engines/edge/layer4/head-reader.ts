import type { Socket } from "node:net";
import type { Watch, Watched } from "../watch.ts";

/** What came of reading the beginning of a connection. */
export type HeadOutcome<Reading> =
  /** It was read; `bytes` is all that has arrived, with what is behind it. */
  | { readonly kind: "read"; readonly reading: Reading; readonly bytes: Buffer }
  /** It did not come in time. */
  | { readonly kind: "late" }
  /** The client has left, or sends no more. */
  | { readonly kind: "left" };

/** How long to wait, and by whose watch: the deadline is met up to two of its periods late. */
export interface HeadDeadline {
  readonly watch: Watch;
  readonly timeoutMs: number;
}

const NOTHING = Buffer.alloc(0);

/**
 * Reads from a connection until `parse`, which is given all that has arrived, knows what it is; `parse` has to set a bound on what
 * it waits for. Resolves with the socket paused and nothing left in it; errors of the socket go unheard from here on, since the
 * close that follows says all that matters.
 */
export function readHead<Reading extends { readonly kind: string }>(
  socket: Socket,
  parse: (bytes: Buffer) => Reading | { readonly kind: "more" },
  deadline: HeadDeadline,
): Promise<HeadOutcome<Exclude<Reading, { readonly kind: "more" }>>> {
  type Read = Exclude<Reading, { readonly kind: "more" }>;
  return new Promise((resolve) => {
    const reader = new HeadReader<Read>(socket, deadline, resolve, (bytes) => {
      const reading = parse(bytes);
      return reading.kind === "more" ? undefined : (reading as Read);
    });
    reader.begin();
  });
}

class HeadReader<Reading> implements Watched {
  readonly #socket: Socket;
  readonly #deadline: HeadDeadline;
  readonly #done: (outcome: HeadOutcome<Reading>) => void;
  readonly #parse: (bytes: Buffer) => Reading | undefined;
  #bytes: Buffer = NOTHING;
  /** Negative until the first sweep. */
  #sinceMs = -1;

  constructor(
    socket: Socket,
    deadline: HeadDeadline,
    done: (outcome: HeadOutcome<Reading>) => void,
    parse: (bytes: Buffer) => Reading | undefined,
  ) {
    this.#socket = socket;
    this.#deadline = deadline;
    this.#done = done;
    this.#parse = parse;
  }

  begin(): void {
    const socket = this.#socket;
    socket.on("error", ignore).on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onEnd);
    this.#deadline.watch.add(this);
    if (socket.destroyed || socket.readableEnded) this.#onEnd();
    else socket.resume();
  }

  sweep(nowMs: number): void {
    if (this.#sinceMs < 0) this.#sinceMs = nowMs;
    else if (nowMs - this.#sinceMs >= this.#deadline.timeoutMs) this.#finish({ kind: "late" });
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const reading = this.#parse(this.#bytes);
    if (reading !== undefined) this.#finish({ kind: "read", reading, bytes: this.#bytes });
  };

  readonly #onEnd = (): void => {
    this.#finish({ kind: "left" });
  };

  #finish(outcome: HeadOutcome<Reading>): void {
    this.#deadline.watch.delete(this);
    this.#socket.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onEnd).pause();
    this.#done(outcome);
  }
}

function ignore(): void {}
