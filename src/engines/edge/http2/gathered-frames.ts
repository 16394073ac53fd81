import type { Readable } from "node:stream";

/** A frame up to this size is put behind others of its size; a larger one is worth a buffer of its own. */
const SMALL_BYTES = 512;
const GATHERED_BYTES = 4 * 1024;

/**
 * What arrives on a stream while nobody reads it, in few pieces. A window of 64 KiB has room for as many DATA frames of one byte, and
 * Node keeps a buffer for each, which takes two hundred times what it holds: one connection could have the edge keep 200 MB.
 */
export class GatheredFrames {
  readonly #stream: Readable;
  readonly #push: Readable["push"];
  #memory: Buffer | undefined;
  #length = 0;

  /** Takes the place of the stream's own `push`, by which Node hands frames to it. */
  constructor(stream: Readable) {
    this.#stream = stream;
    this.#push = stream.push;
    stream.push = this.#take;
  }

  /** Bytes that the stream does not know of yet. */
  get length(): number {
    return this.#length;
  }

  /** Hands on what was gathered: to be called before the stream is read on. */
  flush(): void {
    if (!this.#memory || this.#length === 0) return;
    const gathered = this.#memory.subarray(0, this.#length);
    this.#memory = undefined;
    this.#length = 0;
    this.#push.call(this.#stream, gathered);
  }

  readonly #take = (chunk: Buffer | null, encoding?: BufferEncoding): boolean => {
    const stream = this.#stream;
    const waits = stream.readableLength > 0 && stream.readableFlowing !== true;
    if (chunk === null || chunk.length > SMALL_BYTES || !waits) {
      this.flush();
      return this.#push.call(stream, chunk, encoding);
    }
    if (this.#length + chunk.length > GATHERED_BYTES) this.flush();
    this.#memory ??= Buffer.allocUnsafeSlow(GATHERED_BYTES);
    this.#length += chunk.copy(this.#memory, this.#length);
    return stream.readableLength + this.#length < stream.readableHighWaterMark;
  };
}
