import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Reply, ReplyError, ReplyReader } from "./reply-reader.ts";

function readAll(chunks: readonly Buffer[], keptBytes = 1_000): Reply[] {
  const reader = new ReplyReader(keptBytes);
  return chunks.flatMap((chunk) => reader.push(chunk));
}

const SAMPLE =
  "+OK\r\n:-12\r\n$-1\r\n*-1\r\n$5\r\nhe\r\no\r\n*0\r\n*3\r\n:1\r\n*2\r\n$1\r\na\r\n-no\r\n$0\r\n\r\n-ERR what\r\n";

describe("reading a cache's answers", () => {
  test("every kind of RESP2 is understood, nested ones too", () => {
    assert.deepEqual(readAll([Buffer.from(SAMPLE)]), [
      { is: "text", text: "OK" },
      { is: "number", value: -12 },
      { is: "nothing" },
      { is: "nothing" },
      { is: "bytes", bytes: Buffer.from("he\r\no"), length: 5 },
      { is: "list", items: [] },
      {
        is: "list",
        items: [
          { is: "number", value: 1 },
          {
            is: "list",
            items: [
              { is: "bytes", bytes: Buffer.from("a"), length: 1 },
              { is: "error", message: "no" },
            ],
          },
          { is: "bytes", bytes: Buffer.alloc(0), length: 0 },
        ],
      },
      { is: "error", message: "ERR what" },
    ]);
  });

  test("it does not matter how the network cuts the bytes", () => {
    const whole = readAll([Buffer.from(SAMPLE)]);
    fc.assert(
      fc.property(fc.array(fc.nat(SAMPLE.length)), (cuts) => {
        const at = [0, ...cuts.sort((one, other) => one - other), SAMPLE.length];
        const chunks = at.slice(1).map((end, index) => Buffer.from(SAMPLE.slice(at[index], end)));
        assert.deepEqual(readAll(chunks), whole);
      }),
    );
  });

  test("of a long string only the beginning is held, and how long it is", () => {
    const chunks = [Buffer.from("*2\r\n$100000000\r\nab"), ...Array(100).fill(Buffer.alloc(1_000_000, "c"))];
    const replies = readAll(
      [...chunks.slice(0, -1), Buffer.alloc(999_998, "c"), Buffer.from("\r\n:7\r\n")],
      4,
    );
    assert.deepEqual(replies, [
      {
        is: "list",
        items: [
          { is: "bytes", bytes: Buffer.from("abcc"), length: 100_000_000 },
          { is: "number", value: 7 },
        ],
      },
    ]);
  });

  test("what is no such protocol, is nested too deeply or has no end is refused", () => {
    for (const bytes of [
      "HTTP/1.1 400\r\n",
      "*1\r\n".repeat(9),
      ":x\r\n",
      "$\r\n",
      `+${"x".repeat(20_000)}`,
    ]) {
      assert.throws(() => readAll([Buffer.from(bytes)]), ReplyError);
    }
    assert.throws(() => readAll([Buffer.from(`*300000\r\n${":1\r\n".repeat(250_000)}`)]), /more than/);
  });
});
