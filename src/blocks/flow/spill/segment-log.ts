import { rm } from "node:fs/promises";
import { type OutgoingRecord, RECORD_HEAD_BYTES, SEGMENT_HEAD_BYTES } from "./record.ts";
import { type Segment, SegmentWriter, writeSegment } from "./segment.ts";
import { type Found, SegmentReader } from "./segment-reader.ts";

/** What a record takes on disk at most, with the head of a segment that may have to be begun for it. */
export const OVERHEAD_BYTES = RECORD_HEAD_BYTES + SEGMENT_HEAD_BYTES;

/** What was read, and where. */
export interface LogRead {
  readonly found: Found;
  readonly file: string;
}

/** Where the log lies, and how. */
export interface SegmentLogOptions {
  readonly folder: string;
  /** Another segment is begun when one would grow beyond this. */
  readonly segmentBytes: number;
  /** Whether to wait for the disk where a loss of power could otherwise undo things. */
  readonly force: boolean;
}

/** The queue's files as one log: written at the end, read from the front, deleted behind what was acknowledged. */
export class SegmentLog {
  readonly #options: SegmentLogOptions;
  readonly #segments: Segment[];
  #writer: SegmentWriter | undefined;
  #reader: SegmentReader | undefined;
  #bytes: number;
  #isAppending = false;
  #isDirty = false;
  #durable: number;
  /** Settles when the segment ended last is forced and closed. */
  #retired = Promise.resolve();

  constructor(segments: Segment[], options: SegmentLogOptions & { readonly durable: number }) {
    this.#segments = segments;
    this.#options = options;
    this.#durable = options.durable;
    this.#bytes = segments.reduce((sum, { bytes }) => sum + bytes, 0);
    const first = segments[0];
    if (first) this.#reader = new SegmentReader(first);
  }

  /** Bytes of all segments. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether everything that is written has been read. */
  get isRead(): boolean {
    return !this.#reader || (this.#reader.isAtEnd && this.#reader.segment === this.#segments.at(-1));
  }

  /** The last sequence number that a loss of power leaves in place. */
  get durable(): number {
    return this.#durable;
  }

  /** Writes records in their order. Only one such call at a time. */
  async append(records: readonly OutgoingRecord[]): Promise<void> {
    const size = records.reduce((sum, { payload }) => sum + RECORD_HEAD_BYTES + payload.length, 0);
    if (this.#writer && this.#writer.segment.bytes + size > this.#options.segmentBytes) void this.retire();
    this.#isAppending = true;
    try {
      await this.#retired;
      this.#writer ??= await this.#begin(records[0]?.sequence ?? 0);
      await this.#writer.append(records);
    } finally {
      this.#isAppending = false;
    }
    this.#bytes += size;
    this.#isDirty = true;
  }

  async #begin(first: number): Promise<SegmentWriter> {
    const { folder, force } = this.#options;
    const writer = await SegmentWriter.begin(folder, first, { force });
    this.#segments.push(writer.segment);
    this.#reader ??= new SegmentReader(writer.segment);
    this.#bytes += SEGMENT_HEAD_BYTES;
    return writer;
  }

  /** Waits until the disk has all that was written. */
  async force(): Promise<void> {
    const writer = this.#writer;
    if (!writer || !this.#isDirty) return;
    const { last } = writer.segment;
    this.#isDirty = false;
    await writer.force();
    this.#durable = last;
  }

  /** Ends the segment that is written to, and the next record begins another; unless one is being written just now. */
  retire(): Promise<void> {
    const writer = this.#writer;
    if (!writer || this.#isAppending) return this.#retired;
    const mustForce = this.#options.force && this.#isDirty;
    // At once, so that whoever comes next finds it ended; what is left to do is waited for by the next that writes.
    this.#writer = undefined;
    this.#isDirty = false;
    const before = this.#retired;
    this.#retired = (async () => {
      await before;
      if (mustForce) {
        await writer.force();
        this.#durable = writer.segment.last;
      }
      await writer.close();
    })();
    this.#retired.catch(() => {});
    return this.#retired;
  }

  /** What comes next, or `undefined` when everything is read. Only one such call at a time. */
  async next(): Promise<LogRead | undefined> {
    for (;;) {
      const reader = this.#reader;
      if (!reader) return undefined;
      if (!reader.isAtEnd) return { found: await reader.next(), file: reader.segment.path };
      const following = this.#segments[this.#segments.indexOf(reader.segment) + 1];
      if (!following) return undefined;
      await this.#readFrom(following);
    }
  }

  /**
   * Moves past records just written, before which everything has been read: whoever has them need not read them back.
   * It has happened when this returns; the promise is of tidying up.
   */
  passOver(records: readonly OutgoingRecord[]): Promise<void> {
    const newest = this.#segments.at(-1);
    if (!newest || records.length === 0) return Promise.resolve();
    const tidied = this.#reader?.segment === newest ? Promise.resolve() : this.#readFrom(newest);
    for (const { sequence, payload } of records) {
      this.#reader?.passOver(sequence, RECORD_HEAD_BYTES + payload.length);
    }
    return tidied;
  }

  /** Reads on at the front of a segment: at once, whatever is under way in the one before. */
  async #readFrom(segment: Segment | undefined): Promise<void> {
    const before = this.#reader;
    this.#reader = segment && new SegmentReader(segment);
    await before?.close();
  }

  /** Whether something would be deleted. */
  isReclaimable(acknowledged: number): boolean {
    const oldest = this.#segments[0];
    return oldest !== undefined && oldest !== this.#writer?.segment && oldest.last <= acknowledged;
  }

  /** Deletes segments in which everything has been acknowledged. */
  async reclaim(acknowledged: number): Promise<void> {
    while (this.isReclaimable(acknowledged)) {
      const oldest = this.#segments.shift();
      if (!oldest) return;
      if (this.#reader?.segment === oldest) await this.#readFrom(this.#segments[0]);
      await rm(oldest.path, { force: true });
      this.#bytes -= oldest.bytes;
    }
  }

  /** Whether a segment begins between two sequence numbers: then their records cannot share one. */
  startsBetween(one: number, other: number): boolean {
    return this.#segments.some(({ first }) => first > one && first < other);
  }

  /** Writes records that belong before or between those on disk. Nothing is read after this. */
  async insert(records: readonly OutgoingRecord[]): Promise<void> {
    const { folder, force } = this.#options;
    await writeSegment(folder, records, { force });
    const last = records.at(-1)?.sequence ?? 0;
    if (force) this.#durable = Math.max(this.#durable, last);
  }

  async close(): Promise<void> {
    await this.retire();
    await this.#reader?.close();
  }
}
