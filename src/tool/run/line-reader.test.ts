import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LINE_BYTES_MAX, LineReader } from "./line-reader.ts";

/** What comes of bytes that arrive in these chunks. */
function linesOf(...chunks: readonly (Buffer | string)[]): string[] {
  const reader = new LineReader();
  return [...chunks.flatMap((chunk) => reader.push(Buffer.from(chunk))), ...reader.end()];
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const bounds = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  return bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
}

describe("a line reader", () => {
  test("gives lines without their ends, be they LF or CRLF, and the last one without any", () => {
    assert.deepEqual(linesOf("one\ntwo\r\n\nthree"), ["one", "two", "", "three"]);
    assert.deepEqual(linesOf(""), []);
  });

  test("gives the same lines however the bytes are cut", () => {
    const text = fc.array(
      fc.constantFrom("a", "é", "𝄞", "\n", "\r\n", "\r", "x".repeat(9_000), "\u{1F600}"),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 12 }), (pieces, places) => {
        const bytes = Buffer.from(pieces.join(""));
        assert.deepEqual(linesOf(...cut(bytes, places)), linesOf(bytes));
      }),
    );
  });

  test("loses no byte of text and makes no line longer than its bound", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("y".repeat(5_000), "é", "\u{1F600}", "\n")), (pieces) => {
        const lines = linesOf(pieces.join(""));
        for (const line of lines) assert.ok(Buffer.byteLength(line) <= LINE_BYTES_MAX);
        assert.equal(lines.join(""), pieces.join("").replaceAll("\n", ""));
      }),
    );
  });

  test("splits a line that is too long between characters, never inside one", () => {
    const [first, second] = linesOf(`${"x".repeat(LINE_BYTES_MAX - 1)}é!\n`);
    assert.equal(first, "x".repeat(LINE_BYTES_MAX - 1));
    assert.equal(second, "é!");
  });

  test("takes bytes that are no text: they become replacement characters, and lines stay bounded", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.integer({ min: 1, max: 300 }), (bytes, times) => {
        const flood = Buffer.concat(Array.from({ length: times }, () => bytes));
        for (const line of linesOf(flood)) assert.ok(line.length <= LINE_BYTES_MAX);
      }),
      { numRuns: 50 },
    );
    assert.deepEqual(linesOf(Buffer.from([0xff, 0x0a])), ["\uFFFD"]);
  });

  test("holds back at most one unfinished line, and no memory of the chunk around it", () => {
    const reader = new LineReader();
    for (let chunk = 0; chunk < 50; chunk++) {
      const lines = reader.push(Buffer.alloc(64 * 1024, "z"));
      assert.ok(lines.every((line) => line.length === LINE_BYTES_MAX));
    }
    assert.ok((reader.end()[0]?.length ?? 0) <= LINE_BYTES_MAX);
  });
});
