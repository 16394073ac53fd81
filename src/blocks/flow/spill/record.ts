/**
 * How a queue lies on disk. All numbers are little-endian; a sequence number is 8 bytes of which 53 bits are used.
 *
 * ```
 * segment   = head *record
 * head      = "spil" version(2) zero(2) first-sequence(8) checksum(4)      ; the checksum is of the 16 bytes before
 * record    = length(4) payload-checksum(4) sequence(8) checksum(4) payload
 * ```
 *
 * A record's head has a checksum of its own, so that a damaged payload is skipped by a length that can be trusted: what
 * follows is never looked for by its looks, as a payload may hold bytes that look like a record.
 */
export const FORMAT_VERSION = 1;
/** What the head of a segment takes. */
export const SEGMENT_HEAD_BYTES = 20;
/** What a record takes beside its payload. */
export const RECORD_HEAD_BYTES = 20;

const MAGIC = 0x6c_69_70_73; // "spil"
const CHECKED_BYTES = 16;

/** A checksum of 32 bits; the queue uses CRC-32 (ISO 3309, as in zlib). */
export type Checksum = (bytes: Uint8Array) => number;

/** A record to be written. Sequence numbers rise from record to record, not always by one. */
export interface OutgoingRecord {
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** What stands at a place in a segment. */
export type RecordRead =
  | { readonly kind: "record"; readonly sequence: number; readonly payload: Uint8Array; readonly end: number }
  /** The bytes given end before the record does, which would take `needed` bytes as far as can be told. */
  | { readonly kind: "short"; readonly needed: number }
  /** The head is whole, the payload is not. The next record begins at `end`. */
  | { readonly kind: "bad-payload"; readonly sequence: number; readonly end: number }
  /** Nothing can be told, not even where the next one would begin. */
  | { readonly kind: "bad-head" };

/** What stands at the front of a segment. */
export type SegmentHeadRead =
  | { readonly kind: "head"; readonly first: number }
  | { readonly kind: "too-new"; readonly version: number }
  | { readonly kind: "bad-head" };

/** The head of a segment whose records begin at `first`. */
export function segmentHead(first: number, checksum: Checksum): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEAD_BYTES);
  const view = viewOf(bytes);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, FORMAT_VERSION, true);
  setSequence(view, 8, first);
  view.setUint32(16, checksum(bytes.subarray(0, CHECKED_BYTES)), true);
  return bytes;
}

/** Reads the head at the front of `bytes`. */
export function readSegmentHead(bytes: Uint8Array, checksum: Checksum): SegmentHeadRead {
  if (bytes.length < SEGMENT_HEAD_BYTES) return { kind: "bad-head" };
  const view = viewOf(bytes);
  if (view.getUint32(0, true) !== MAGIC) return { kind: "bad-head" };
  if (view.getUint32(16, true) !== checksum(bytes.subarray(0, CHECKED_BYTES))) return { kind: "bad-head" };
  const version = view.getUint16(4, true);
  if (version > FORMAT_VERSION) return { kind: "too-new", version };
  return { kind: "head", first: getSequence(view, 8) };
}

/** Records as they are written, one after the other. */
export function encodeRecords(records: readonly OutgoingRecord[], checksum: Checksum): Uint8Array {
  let length = 0;
  for (const { payload } of records) length += RECORD_HEAD_BYTES + payload.length;
  const bytes = new Uint8Array(length);
  const view = viewOf(bytes);
  let at = 0;
  for (const { sequence, payload } of records) {
    view.setUint32(at, payload.length, true);
    view.setUint32(at + 4, checksum(payload), true);
    setSequence(view, at + 8, sequence);
    view.setUint32(at + 16, checksum(bytes.subarray(at, at + CHECKED_BYTES)), true);
    bytes.set(payload, at + RECORD_HEAD_BYTES);
    at += RECORD_HEAD_BYTES + payload.length;
  }
  return bytes;
}

/** Reads what stands at `at`. A payload is a view of `bytes`, not a copy. */
export function readRecord(bytes: Uint8Array, at: number, checksum: Checksum): RecordRead {
  const payloadAt = at + RECORD_HEAD_BYTES;
  if (payloadAt > bytes.length) return { kind: "short", needed: RECORD_HEAD_BYTES };
  const view = viewOf(bytes);
  if (view.getUint32(at + 16, true) !== checksum(bytes.subarray(at, at + CHECKED_BYTES))) {
    return { kind: "bad-head" };
  }
  const length = view.getUint32(at, true);
  const end = payloadAt + length;
  if (end > bytes.length) return { kind: "short", needed: RECORD_HEAD_BYTES + length };
  const sequence = getSequence(view, at + 8);
  const payload = bytes.subarray(payloadAt, end);
  if (view.getUint32(at + 4, true) !== checksum(payload)) return { kind: "bad-payload", sequence, end };
  return { kind: "record", sequence, payload, end };
}

/** The same bytes, to be read as numbers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Writes a whole number below 2^53 into 8 bytes. */
export function setSequence(view: DataView, at: number, sequence: number): void {
  view.setUint32(at, sequence % 2 ** 32, true);
  view.setUint32(at + 4, Math.floor(sequence / 2 ** 32), true);
}

/** Reads a whole number of 8 bytes, exact below 2^53. */
export function getSequence(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
