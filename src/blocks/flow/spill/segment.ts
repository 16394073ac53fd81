import { type FileHandle, lstat, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { FlowError } from "../errors.ts";
import {
  encodeRecords,
  FORMAT_VERSION,
  type OutgoingRecord,
  readSegmentHead,
  SEGMENT_HEAD_BYTES,
  segmentHead,
} from "./record.ts";

/** A file of records. Only the last of a queue is ever written to, and that only since the queue was opened. */
export interface Segment {
  readonly path: string;
  /** No record in it comes before this sequence number, and every record of earlier segments does. */
  readonly first: number;
  /** The sequence number of its last record. In older segments, of which only heads were read, no less than it. */
  last: number;
  /** Bytes known to be whole. */
  bytes: number;
}

/** What a file has to offer to be written to: a `FileHandle` does. */
export type WritableFile = Pick<FileHandle, "write" | "datasync" | "truncate" | "close">;

const NAME = /^(\d{16})\.segment$/;

/** Names sort as their sequence numbers do. */
export function segmentPath(folder: string, first: number): string {
  return join(folder, `${String(first).padStart(16, "0")}.segment`);
}

/** The sequence number in a segment's name; `undefined` for other files. */
export function firstOf(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Reads a segment's head and size; `undefined` when its head is not whole, or it is no file (a link may lead anywhere, and
 * reading a pipe would never end).
 *
 * @throws FlowError `SPILL_TOO_NEW`
 */
export async function inspectSegment(path: string, first: number): Promise<Segment | undefined> {
  const found = await lstat(path);
  if (!found.isFile()) return undefined;
  const { size } = found;
  const head = new Uint8Array(SEGMENT_HEAD_BYTES);
  const file = await open(path, "r");
  try {
    await file.read(head, 0, head.length, 0);
  } finally {
    await file.close();
  }
  const read = readSegmentHead(head, crc32);
  if (read.kind === "too-new") {
    throw new FlowError("SPILL_TOO_NEW", {
      message: `${path} is of version ${read.version}; this program knows ${FORMAT_VERSION}`,
      details: { file: path, version: read.version, known: FORMAT_VERSION },
    });
  }
  if (read.kind === "bad-head" || read.first !== first) return undefined;
  return { path, first, last: first, bytes: size };
}

/** Appends records to a segment; after a failed write, the segment is as it was before. */
export class SegmentWriter {
  readonly segment: Segment;
  readonly #file: WritableFile;

  constructor(segment: Segment, file: WritableFile) {
    this.segment = segment;
    this.#file = file;
  }

  /** Begins a segment. `force` waits until the disk has its name. */
  static async begin(
    folder: string,
    first: number,
    options: { readonly force: boolean },
  ): Promise<SegmentWriter> {
    const path = segmentPath(folder, first);
    const file = await open(path, "wx", 0o600);
    try {
      await writeAll(file, segmentHead(first, crc32), 0);
      if (options.force) await syncFolder(folder);
    } catch (thrown) {
      await file.close();
      // Left behind, it would look like a damaged segment among those that follow.
      await rm(path);
      throw thrown;
    }
    return new SegmentWriter({ path, first, last: first - 1, bytes: SEGMENT_HEAD_BYTES }, file);
  }

  /** Resolves when the operating system has the records: from then on they outlive this process. */
  async append(records: readonly OutgoingRecord[]): Promise<void> {
    const bytes = encodeRecords(records, crc32);
    try {
      await writeAll(this.#file, bytes, this.segment.bytes);
    } catch (thrown) {
      await this.#file.truncate(this.segment.bytes);
      throw thrown;
    }
    this.segment.bytes += bytes.length;
    this.segment.last = records.at(-1)?.sequence ?? this.segment.last;
  }

  /** Resolves when the disk has all records: from then on they outlive a loss of power. */
  async force(): Promise<void> {
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** Writes a whole segment, which appears under its name only when it is complete. */
export async function writeSegment(
  folder: string,
  records: readonly OutgoingRecord[],
  options: { readonly force: boolean },
): Promise<Segment> {
  const first = records[0]?.sequence ?? 0;
  const path = segmentPath(folder, first);
  const body = encodeRecords(records, crc32);
  const file = await open(`${path}.draft`, "wx", 0o600);
  try {
    await writeAll(file, segmentHead(first, crc32), 0);
    await writeAll(file, body, SEGMENT_HEAD_BYTES);
    if (options.force) await file.datasync();
  } finally {
    await file.close();
  }
  await rename(`${path}.draft`, path);
  if (options.force) await syncFolder(folder);
  return { path, first, last: records.at(-1)?.sequence ?? first, bytes: SEGMENT_HEAD_BYTES + body.length };
}

/** Makes names that were given or taken in a folder outlive a loss of power. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A write may take fewer bytes than it was given, as when a disk is about to be full. */
async function writeAll(file: WritableFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
