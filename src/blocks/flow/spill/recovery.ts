import { lstat, mkdir, readdir, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Damage } from "./damage.ts";
import type { Position } from "./position-file.ts";
import { SEGMENT_HEAD_BYTES } from "./record.ts";
import { firstOf, inspectSegment, type Segment } from "./segment.ts";
import { JUMP_MAX, readTail } from "./tail.ts";

/** What the queue before this one left. */
export interface Recovered {
  /** In their order; none is empty. */
  readonly segments: Segment[];
  /** The next item's sequence number: above all that were ever acknowledged or are on disk. */
  readonly next: number;
  /** Bytes cut off the end of the last segment: of items that were being written, and that nobody was told are accepted. */
  readonly tornBytes: number;
}

/** Makes the folder, which only its owner can open. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/**
 * Finds what is on disk and mends what a crash may leave: drafts, a segment that was only just begun, a torn tail. Only the
 * last segment is read whole; damage inside others is found when they are read.
 *
 * `report` is told of each damage, and throws if it is not to be passed over.
 *
 * @throws FlowError `SPILL_TOO_NEW`, and what `report` throws
 */
export async function recover(
  folder: string,
  position: Position,
  report: (damage: Damage) => void,
): Promise<Recovered> {
  const segments = await segmentsIn(folder, report);
  const newest = segments.at(-1);
  const tornBytes = newest ? await mendTail(newest, report) : 0;
  if (newest && newest.bytes <= SEGMENT_HEAD_BYTES) {
    await rm(newest.path);
    segments.pop();
  }
  const last = segments.at(-1)?.last ?? 0;
  const { acknowledged, durable } = position;
  if (last < durable && acknowledged < durable) {
    const [file, end] = [newest?.path ?? folder, newest?.bytes ?? 0];
    report({
      file,
      offset: end,
      end,
      what: `items up to number ${durable} were on disk, and end at ${last}`,
    });
  }
  return { segments, next: Math.max(last, acknowledged, durable) + 1, tornBytes };
}

async function segmentsIn(folder: string, report: (damage: Damage) => void): Promise<Segment[]> {
  const names = (await readdir(folder)).sort();
  for (const name of names) if (name.endsWith(".segment.draft")) await rm(join(folder, name));
  const found = names.filter((name) => firstOf(name) !== undefined);
  const segments: Segment[] = [];
  for (const name of found) {
    const path = join(folder, name);
    const first = firstOf(name) ?? 0;
    const before = segments.at(-1);
    if (before) before.last = first - 1;
    const segment = await inspectSegment(path, first);
    if (segment) {
      segments.push(segment);
      continue;
    }
    const entry = await lstat(path);
    const isFile = entry.isFile();
    // The last may have been begun and no more; whatever else has no head has lost it.
    const isBegun = isFile && name === found.at(-1) && entry.size <= SEGMENT_HEAD_BYTES;
    const what = isFile ? "the segment's head is damaged" : "it is no file";
    if (!isBegun) report({ file: path, offset: 0, end: entry.size, what });
    if (isFile) await rm(path);
  }
  return segments;
}

async function mendTail(segment: Segment, report: (damage: Damage) => void): Promise<number> {
  const bytes = await readFile(segment.path);
  const { kind, end, last } = readTail(bytes, crc32);
  if (kind === "damaged") {
    report({
      file: segment.path,
      offset: end,
      end: bytes.length,
      what: "damage, with whole records after it",
    });
    // What the rest holds is not known before it is read, but no record of it is beyond this number.
    segment.last = (last ?? segment.first) + JUMP_MAX;
    return 0;
  }
  segment.last = last ?? segment.first;
  segment.bytes = end;
  if (kind === "torn") await truncate(segment.path, end);
  return bytes.length - end;
}
