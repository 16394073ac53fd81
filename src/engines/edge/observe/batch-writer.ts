/** Lines on their way to a log's target: gathered, written in batches, dropped when there is no room. Without I/O of its own. */

import type { Clock, Timer } from "../../../blocks/time/index.ts";
import type { LogTarget } from "./log-target.ts";

/** Of lines that wait to be written; those beyond are dropped. */
export const BUFFER_BYTES_MAX = 4 * 1024 * 1024;
/** A line waits at most so long for others to be written with it. */
export const BATCH_MS = 200;
/** After a failure, until the target is tried again. */
const FAILURE_PAUSE_MS = 1_000;

const NEWLINE = 0x0a;

interface Piece {
  readonly bytes: Buffer;
  length: number;
  /** Where lines about dropped lines end, and how many they tell of. */
  told?: { readonly end: number; readonly dropped: number }[];
}

/**
 * Writes lines in batches, one batch at a time. Memory is bounded: while the target takes nothing, lines are dropped, counted, and
 * the number is told in a line of its own once there is room again.
 */
export class BatchWriter {
  readonly #target: LogTarget;
  readonly #clock: Clock;
  readonly #droppedLine: (dropped: number) => string;
  /** What has been filled and waits. */
  readonly #queue: Piece[] = [];
  /** Kept for later, so that writing makes no garbage. */
  #spare: Buffer | undefined;
  #current: Piece | undefined;
  #heldBytes = 0;
  #isWriting = false;
  /** Half a line is out, and what follows must not be taken for its other half. */
  #isBroken = false;
  #timer: Timer | undefined;
  #pause: Timer | undefined;
  #untold = 0;
  #linesTotal = 0;
  #droppedTotal = 0;
  #isClosing = false;
  /** The target is closed. */
  #isEnded = false;
  #closed: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;

  /** `droppedLine` says how many lines are missing, as a line. */
  constructor(target: LogTarget, clock: Clock, droppedLine: (dropped: number) => string) {
    this.#target = target;
    this.#clock = clock;
    this.#droppedLine = droppedLine;
  }

  /** Lines taken since the beginning, those among them that could not be written after all. */
  get linesTotal(): number {
    return this.#linesTotal;
  }

  /** Lines that were not taken, or could not be written. */
  get droppedTotal(): number {
    return this.#droppedTotal;
  }

  /** Bytes of memory that lines take at present. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Takes a line, which ends with `\n`, or drops it. */
  add(line: string): void {
    if (this.#isClosing || (this.#untold > 0 && !this.#tellDropped()) || !this.#put(line)) {
      this.#drop(1);
      return;
    }
    this.#linesTotal += 1;
  }

  /** Writes what there is, without waiting for more. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#seal();
    this.#write();
  }

  /** Writes what there is, for at most `limitMs`; whatever is left then is dropped. Closes the target. Idempotent. */
  close(limitMs: number): Promise<void> {
    this.#closed ??= this.#close(limitMs);
    return this.#closed;
  }

  async #close(limitMs: number): Promise<void> {
    this.#isClosing = true;
    if (this.#untold > 0) this.#tellDropped();
    this.#pause?.cancel();
    this.#pause = undefined;
    this.flush();
    if (this.#isWriting || this.#queue.length > 0) {
      await new Promise<void>((resolve) => {
        const late = this.#clock.setTimer(limitMs, resolve);
        this.#onEmpty = () => {
          late.cancel();
          resolve();
        };
      });
    }
    for (const piece of this.#queue.splice(0)) this.#lose(piece, 0);
    this.#isEnded = true;
    this.#target.close();
  }

  #put(line: string): Piece | undefined {
    let piece = this.#current;
    if (piece && !fits(line, piece)) {
      this.#seal();
      this.#write();
      piece = undefined;
    }
    piece ??= this.#newPiece(line);
    if (piece) piece.length += piece.bytes.write(line, piece.length, "utf8");
    return piece;
  }

  #newPiece(line: string): Piece | undefined {
    const { pieceBytes } = this.#target;
    const sizeBytes =
      line.length * 3 <= pieceBytes ? pieceBytes : Math.max(pieceBytes, Buffer.byteLength(line));
    if (this.#heldBytes + sizeBytes > BUFFER_BYTES_MAX) return undefined;
    const spare = this.#spare?.length === sizeBytes ? this.#spare : undefined;
    if (spare) this.#spare = undefined;
    this.#heldBytes += sizeBytes;
    this.#current = { bytes: spare ?? Buffer.allocUnsafeSlow(sizeBytes), length: 0 };
    if (!this.#timer) {
      this.#timer = this.#clock.setTimer(BATCH_MS, () => this.flush());
      this.#timer.unref();
    }
    return this.#current;
  }

  #seal(): void {
    if (!this.#current) return;
    this.#queue.push(this.#current);
    this.#current = undefined;
  }

  #write(): void {
    const [piece] = this.#queue;
    if (!piece || this.#isWriting || this.#pause) return;
    this.#isWriting = true;
    if (this.#isBroken) {
      this.#target.write(Buffer.of(NEWLINE), (error) => {
        this.#isWriting = false;
        if (error) this.#failed(piece, 0);
        else {
          this.#isBroken = false;
          this.#write();
        }
      });
      return;
    }
    this.#target.write(piece.bytes.subarray(0, piece.length), (error, writtenBytes) => {
      this.#isWriting = false;
      if (error) this.#failed(piece, writtenBytes);
      else this.#done(piece);
    });
  }

  #done(piece: Piece): void {
    this.#remove(piece);
    if (this.#isEnded) return;
    if (this.#untold > 0) this.#tellDropped();
    if (this.#isClosing) this.#seal();
    if (this.#queue.length > 0) this.#write();
    else this.#onEmpty?.();
  }

  #failed(piece: Piece, writtenBytes: number): void {
    // A line that lacks its end alone gets that before the next.
    const isWhole = writtenBytes > 0 && piece.bytes[writtenBytes] === NEWLINE;
    this.#lose(piece, isWhole ? writtenBytes + 1 : writtenBytes);
    if (writtenBytes > 0) this.#isBroken = piece.bytes[writtenBytes - 1] !== NEWLINE;
    this.#remove(piece);
    if (this.#isClosing) {
      this.#onEmpty?.();
      return;
    }
    this.#pause = this.#clock.setTimer(FAILURE_PAUSE_MS, () => {
      this.#pause = undefined;
      this.flush();
    });
    this.#pause.unref();
  }

  #remove(piece: Piece): void {
    // Not there any more when the writer was closed meanwhile.
    const at = this.#queue.indexOf(piece);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    this.#heldBytes -= piece.bytes.length;
    this.#spare = piece.bytes;
  }

  #drop(lines: number): void {
    this.#untold += lines;
    this.#droppedTotal += lines;
  }

  /** What a piece holds from there on will not be written. */
  #lose(piece: Piece, fromByte: number): void {
    this.#drop(linesIn(piece.bytes.subarray(fromByte, piece.length)));
    for (const { end, dropped } of piece.told ?? []) {
      if (end <= fromByte) continue;
      // They have to be told again; the line that told of them was no request's.
      this.#untold += dropped - 1;
      this.#droppedTotal -= 1;
    }
  }

  #tellDropped(): boolean {
    const dropped = this.#untold;
    const piece = this.#put(this.#droppedLine(dropped));
    if (!piece) return false;
    piece.told ??= [];
    piece.told.push({ end: piece.length, dropped });
    this.#untold = 0;
    return true;
  }
}

function fits(line: string, piece: Piece): boolean {
  const freeBytes = piece.bytes.length - piece.length;
  return line.length * 3 <= freeBytes || Buffer.byteLength(line) <= freeBytes;
}

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}
