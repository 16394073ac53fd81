import {
  type Checksum,
  getSequence,
  RECORD_HEAD_BYTES,
  readRecord,
  SEGMENT_HEAD_BYTES,
  viewOf,
} from "./record.ts";

/** How the last segment of a queue ends, after whatever ended its writer. */
export interface Tail {
  /**
   * `torn`: after `end` there is part of what was being written, whose sender was not told that it was accepted.
   * `damaged`: after `end` there is damage, and a valid record after the damage, so this is no writer's end.
   */
  readonly kind: "whole" | "torn" | "damaged";
  /** Where the last valid record before any tear or damage ends. */
  readonly end: number;
  /** The sequence number of that record; `undefined` when there is none. */
  readonly last: number | undefined;
}

/** How far sequence numbers may jump from one record to the next and still be taken for a continuation. */
export const JUMP_MAX = 2 ** 32;

/**
 * Reads the whole of a segment, and tells a torn end (to be cut off) from damage in the middle (to be reported).
 *
 * What tells them apart is whether any valid record follows. Looking for one at every offset may be misled by a payload that
 * contains a record, but only into reporting damage: nothing is delivered by its looks.
 */
export function readTail(bytes: Uint8Array, checksum: Checksum): Tail {
  let end = SEGMENT_HEAD_BYTES;
  let last: number | undefined;
  while (end < bytes.length) {
    const read = readRecord(bytes, end, checksum);
    switch (read.kind) {
      case "record":
        if (last !== undefined && read.sequence <= last) return { kind: "damaged", end, last };
        end = read.end;
        last = read.sequence;
        break;
      case "short":
        return { kind: "torn", end, last };
      case "bad-payload":
      case "bad-head": {
        const from = read.kind === "bad-head" ? end + 1 : read.end;
        const kind = recordFollows(bytes, from, last ?? -1, checksum) ? "damaged" : "torn";
        return { kind, end, last };
      }
      default:
        return read satisfies never;
    }
  }
  return { kind: "whole", end, last };
}

function recordFollows(bytes: Uint8Array, from: number, last: number, checksum: Checksum): boolean {
  const view = viewOf(bytes);
  for (let at = from; at + RECORD_HEAD_BYTES <= bytes.length; at++) {
    // Cheaper than a checksum, and rules out nearly every place.
    const jump = getSequence(view, at + 8) - last;
    if (jump > 0 && jump < JUMP_MAX && readRecord(bytes, at, checksum).kind === "record") return true;
  }
  return false;
}
