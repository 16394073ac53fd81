import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import {
  encodeRecords,
  FORMAT_VERSION,
  readRecord,
  readSegmentHead,
  SEGMENT_HEAD_BYTES,
  segmentHead,
  viewOf,
} from "./record.ts";
import { readTail } from "./tail.ts";

const anyPayloads = fc.array(fc.uint8Array({ maxLength: 60, size: "max" }), { minLength: 1, maxLength: 6 });

/** A whole segment, whose records are numbered from `first` by threes. */
function segmentOf(payloads: readonly Uint8Array[], first = 10): Uint8Array {
  const records = payloads.map((payload, index) => ({ sequence: first + index * 3, payload }));
  return Buffer.concat([segmentHead(first, crc32), encodeRecords(records, crc32)]);
}

/** The records that can be read one after the other. */
function readAll(bytes: Uint8Array): { sequence: number; payload: string; end: number }[] {
  const all: { sequence: number; payload: string; end: number }[] = [];
  for (let at = SEGMENT_HEAD_BYTES; ; ) {
    const read = readRecord(bytes, at, crc32);
    if (read.kind !== "record") return all;
    all.push({ sequence: read.sequence, payload: Buffer.from(read.payload).toString("hex"), end: read.end });
    at = read.end;
  }
}

test("what is written reads back, for sequence numbers up to 2^53 - 1", () => {
  fc.assert(
    fc.property(anyPayloads, fc.maxSafeNat(), (payloads, near) => {
      const first = Math.min(near, Number.MAX_SAFE_INTEGER - 30);
      const bytes = segmentOf(payloads, first);
      assert.deepEqual(readSegmentHead(bytes, crc32), { kind: "head", first });
      assert.deepEqual(
        readAll(bytes).map(({ sequence, payload }) => ({ sequence, payload })),
        payloads.map((payload, index) => ({
          sequence: first + index * 3,
          payload: Buffer.from(payload).toString("hex"),
        })),
      );
      assert.equal(readTail(bytes, crc32).kind, "whole");
    }),
  );
});

test("the bytes of the first version stay as they are", () => {
  const bytes = segmentOf([Buffer.from("hello")], 2 ** 32 + 7);
  assert.equal(
    Buffer.from(bytes).toString("hex"),
    "7370696c010000000700000001000000cda757830500000086a610360700000001000000847a2cc868656c6c6f",
  );
});

test("a newer version is told apart from damage", () => {
  const bytes = segmentHead(1, crc32);
  viewOf(bytes).setUint16(4, FORMAT_VERSION + 1, true);
  assert.equal(readSegmentHead(bytes, crc32).kind, "bad-head");
  viewOf(bytes).setUint32(16, crc32(bytes.subarray(0, 16)), true);
  assert.deepEqual(readSegmentHead(bytes, crc32), { kind: "too-new", version: FORMAT_VERSION + 1 });
});

test("a segment cut off at any byte keeps every whole record, and loses only the torn one", () => {
  fc.assert(
    fc.property(anyPayloads, (payloads) => {
      const bytes = segmentOf(payloads);
      const ends = [SEGMENT_HEAD_BYTES, ...readAll(bytes).map(({ end }) => end)];
      for (let length = SEGMENT_HEAD_BYTES; length <= bytes.length; length++) {
        const tail = readTail(bytes.subarray(0, length), crc32);
        assert.equal(tail.end, Math.max(...ends.filter((end) => end <= length)));
        assert.equal(tail.kind, tail.end === length ? "whole" : "torn");
      }
    }),
    { numRuns: 50 },
  );
});

test("a tail of zeros, as after a loss of power, is torn and holds nothing", () => {
  const whole = segmentOf([Buffer.from("one"), Buffer.alloc(0)]);
  for (const zeros of [1, 19, 20, 21, 5_000]) {
    const tail = readTail(Buffer.concat([whole, Buffer.alloc(zeros)]), crc32);
    assert.deepEqual(tail, { kind: "torn", end: whole.length, last: 13 });
  }
});

test("a bit flipped anywhere is never read as an item, and is damage unless it is in the last record", () => {
  fc.assert(
    fc.property(anyPayloads, fc.nat(), (payloads, flip) => {
      const bytes = Buffer.from(segmentOf(payloads));
      const whole = readAll(bytes);
      const at = SEGMENT_HEAD_BYTES + (flip % (bytes.length - SEGMENT_HEAD_BYTES));
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (flip % 8));
      const hit = whole.findIndex(({ end }) => at < end);
      assert.deepEqual(readAll(bytes), whole.slice(0, hit));
      const tail = readTail(bytes, crc32);
      assert.equal(tail.kind, hit === whole.length - 1 ? "torn" : "damaged");
      assert.equal(tail.end, whole[hit - 1]?.end ?? SEGMENT_HEAD_BYTES);
    }),
    { numRuns: 500 },
  );
});

test("a payload that looks like a record is never taken for one", () => {
  const inner = encodeRecords([{ sequence: 11, payload: Buffer.from("forged") }], crc32);
  const bytes = Buffer.from(segmentOf([inner, Buffer.from("next")]));
  bytes[SEGMENT_HEAD_BYTES + 20] = (bytes[SEGMENT_HEAD_BYTES + 20] ?? 0) ^ 0x80;
  const read = readRecord(bytes, SEGMENT_HEAD_BYTES, crc32);
  assert.equal(read.kind, "bad-payload");
  const following = readRecord(bytes, read.kind === "bad-payload" ? read.end : 0, crc32);
  assert.equal(following.kind === "record" && Buffer.from(following.payload).toString(), "next");
});

test("whatever bytes come, reading them ends, and never throws", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300, size: "max" }), (bytes) => {
      readSegmentHead(bytes, crc32);
      readTail(Buffer.concat([segmentHead(1, crc32), bytes]), crc32);
    }),
  );
});
