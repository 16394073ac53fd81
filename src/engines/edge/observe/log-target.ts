import { close, constants, fstat, fstatSync, open, write } from "node:fs";
import { promisify } from "node:util";
import { codeOf } from "../../../blocks/errors/index.ts";
import type { Clock } from "../../../blocks/time/index.ts";

/** Where a log goes. Never waits in the caller's turn. */
export interface LogTarget {
  /** How much is best written at once. To a pipe that several processes share, no more than this stays in one piece. */
  readonly pieceBytes: number;
  /** Writes all of the bytes; the next only once `done` was called. With an error, the first `writtenBytes` may be out. */
  write(bytes: Buffer, done: (error: Error | undefined, writtenBytes: number) => void): void;
  /** Goes on in a file of the same name that another may have put there. Rejects, and goes on as before, when it cannot. */
  reopen(): Promise<void>;
  /** Idempotent. */
  close(): void;
}

/** One piece is written in a turn of the event loop, in which a busy edge ends hundreds of requests. */
const FILE_PIECE_BYTES = 256 * 1024;
/** `PIPE_BUF` of Linux: POSIX lets no other writer come in between (write(2)). */
const PIPE_PIECE_BYTES = 4_096;
/** Until a full pipe is tried again. */
const FULL_PIPE_MS = 20;

const STDOUT = 1;

const openFile = promisify(open);
const statFile = promisify(fstat);

/** Opens `"stdout"` or a file, which is made when missing, readable by its owner and group. Rejects as `node:fs` does. */
export async function openLogTarget(to: string, clock: Clock): Promise<LogTarget> {
  if (to !== "stdout") {
    const { fd, isPipe } = await openForAppending(to);
    return new FileTarget(to, fd, isPipe ? PIPE_PIECE_BYTES : FILE_PIECE_BYTES, clock);
  }
  // What goes to a file by way of a redirection is written to as files are; the stream of the process would block.
  if (fstatSync(STDOUT).isFile()) return new FileTarget(undefined, STDOUT, FILE_PIECE_BYTES, clock);
  return new StdoutTarget();
}

/**
 * A pipe is opened so that writing never blocks: a thread that waits for its reader would keep the process from ending. One that
 * nobody reads cannot be opened so (ENXIO).
 */
async function openForAppending(path: string): Promise<{ readonly fd: number; readonly isPipe: boolean }> {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NONBLOCK } = constants;
  const fd = await openFile(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK, 0o640);
  return { fd, isPipe: (await statFile(fd)).isFIFO() };
}

class FileTarget implements LogTarget {
  readonly pieceBytes: number;
  readonly #path: string | undefined;
  readonly #clock: Clock;
  #fd: number;
  #isWriting = false;
  /** To be closed once what is being written there is out. */
  #retired: number[] = [];
  #closed = false;

  constructor(path: string | undefined, fd: number, pieceBytes: number, clock: Clock) {
    this.#path = path;
    this.#fd = fd;
    this.pieceBytes = pieceBytes;
    this.#clock = clock;
  }

  write(bytes: Buffer, done: (error: Error | undefined, writtenBytes: number) => void): void {
    this.#isWriting = true;
    // The whole piece goes to one file, even when another is opened meanwhile.
    this.#writeFrom(this.#fd, bytes, 0, (error, writtenBytes) => {
      this.#isWriting = false;
      this.#closeRetired();
      done(error, writtenBytes);
    });
  }

  async reopen(): Promise<void> {
    if (this.#path === undefined || this.#closed) return;
    const { fd } = await openForAppending(this.#path);
    this.#retired.push(this.#closed ? fd : this.#fd);
    if (!this.#closed) this.#fd = fd;
    if (!this.#isWriting) this.#closeRetired();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#path !== undefined) this.#retired.push(this.#fd);
    if (!this.#isWriting) this.#closeRetired();
  }

  #writeFrom(
    fd: number,
    bytes: Buffer,
    from: number,
    done: (error: Error | undefined, writtenBytes: number) => void,
  ): void {
    write(fd, bytes, from, bytes.length - from, null, (error, written) => {
      if (error && codeOf(error) === "EAGAIN" && !this.#closed) {
        this.#clock.setTimer(FULL_PIPE_MS, () => this.#writeFrom(fd, bytes, from, done)).unref();
        return;
      }
      if (error) done(error, from);
      else if (from + written < bytes.length) this.#writeFrom(fd, bytes, from + written, done);
      else done(undefined, bytes.length);
    });
  }

  #closeRetired(): void {
    for (const fd of this.#retired.splice(0)) close(fd, () => {});
  }
}

/** A pipe, socket or terminal. The stream of the process writes to pipes and sockets as they take it, without blocking. */
class StdoutTarget implements LogTarget {
  readonly pieceBytes = PIPE_PIECE_BYTES;

  constructor() {
    process.stdout.on("error", ignore);
  }

  write(bytes: Buffer, done: (error: Error | undefined, writtenBytes: number) => void): void {
    process.stdout.write(bytes, (error) => done(error ?? undefined, error ? 0 : bytes.length));
  }

  async reopen(): Promise<void> {}

  close(): void {
    process.stdout.off("error", ignore);
  }
}

/** Whoever reads the log may leave; each write is told of it too. */
function ignore(): void {}
