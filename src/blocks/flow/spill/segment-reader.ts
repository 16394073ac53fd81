import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { RECORD_HEAD_BYTES, readRecord, SEGMENT_HEAD_BYTES } from "./record.ts";
import type { Segment } from "./segment.ts";

/** What is read from the disk at a time. */
const CHUNK_BYTES = 256 * 1024;

/** What comes next in a segment. */
export type Found =
  | {
      readonly kind: "record";
      readonly sequence: number;
      readonly payload: Uint8Array;
      readonly offset: number;
    }
  /** What stands from `offset` to `end` is damaged; what it was up to is `last`, the highest sequence number lost. */
  | { readonly kind: "damage"; readonly offset: number; readonly end: number; readonly last: number };

/** Reads a segment from front to back, also while it is being written. */
export class SegmentReader {
  readonly segment: Segment;
  #offset = SEGMENT_HEAD_BYTES;
  #last: number;
  #file: FileHandle | undefined;
  #chunk = new Uint8Array(0);
  #chunkAt = 0;

  constructor(segment: Segment) {
    this.segment = segment;
    this.#last = segment.first - 1;
  }

  /** Whether everything that is written has been read. */
  get isAtEnd(): boolean {
    return this.#offset >= this.segment.bytes;
  }

  /** Moves past a record just written, whose content its writer still has. */
  passOver(sequence: number, bytes: number): void {
    this.#offset += bytes;
    this.#last = sequence;
  }

  /** The next record or the next damage. There has to be one: see `isAtEnd`. */
  async next(): Promise<Found> {
    const offset = this.#offset;
    let read = readRecord(this.#chunk, offset - this.#chunkAt, crc32);
    if (read.kind === "short" && (await this.#load(CHUNK_BYTES))) read = readRecord(this.#chunk, 0, crc32);
    if (read.kind === "short" && read.needed > this.#chunk.length && (await this.#load(read.needed))) {
      read = readRecord(this.#chunk, 0, crc32);
    }
    if (read.kind === "record" && read.sequence > this.#last && read.sequence <= this.segment.last) {
      this.passOver(read.sequence, read.end + this.#chunkAt - offset);
      return { kind: "record", sequence: read.sequence, payload: read.payload, offset };
    }
    // A head that is whole says where the next record begins; without one, nothing in the rest can be told apart.
    const [end, last] =
      read.kind === "bad-payload" && read.sequence > this.#last
        ? [read.end + this.#chunkAt, read.sequence]
        : [this.segment.bytes, this.segment.last];
    this.passOver(last, end - offset);
    return { kind: "damage", offset, end, last };
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** Reads on from where the reader stands. False when the segment has not so many bytes as a record would need. */
  async #load(bytes: number): Promise<boolean> {
    const left = this.segment.bytes - this.#offset;
    if (bytes > left && left < RECORD_HEAD_BYTES) return false;
    this.#file ??= await open(this.segment.path, "r");
    const chunk = new Uint8Array(Math.min(bytes, left));
    const { bytesRead } = await this.#file.read(chunk, 0, chunk.length, this.#offset);
    this.#chunk = chunk.subarray(0, bytesRead);
    this.#chunkAt = this.#offset;
    return true;
  }
}
