import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SqlError } from "../errors.ts";
import {
  decodeColumns,
  decodeComplaint,
  decodeRow,
  encodeQuery,
  encodeStartup,
  MESSAGE_BYTES_MAX,
  MessageReader,
} from "./messages.ts";

test("the startup message has the bytes that the manual gives it", () => {
  assert.deepEqual(
    encodeStartup({ user: "u", database: "d" }),
    Buffer.from("\0\0\0\x1b\0\x03\0\0user\0u\0database\0d\0\0", "latin1"),
  );
});

test("a query is one string, and a NUL in it is refused rather than cut", () => {
  assert.deepEqual(encodeQuery("SELECT 1"), Buffer.from("Q\0\0\0\x0dSELECT 1\0", "latin1"));
  assert.throws(() => encodeQuery("SELECT 1\0; DROP TABLE x"), { code: "PROTOCOL" });
});

test("messages are the same however the network cuts them", () => {
  const bytes = Buffer.concat([encodeQuery("SELECT 'é'"), encodeQuery(""), encodeQuery("x".repeat(300))]);
  const whole = new MessageReader().push(bytes);
  assert.equal(whole.length, 3);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
      const reader = new MessageReader();
      const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const read = edges.slice(1).flatMap((end, at) => reader.push(bytes.subarray(edges[at] ?? 0, end)));
      assert.deepEqual(read, whole);
    }),
  );
});

test("a message that claims an impossible length is refused before it is waited for", () => {
  for (const length of [-1, 0, 3, MESSAGE_BYTES_MAX + 1]) {
    const head = Buffer.from("T\0\0\0\0");
    head.writeInt32BE(length, 1);
    assert.throws(() => new MessageReader().push(head), { code: "PROTOCOL" }, String(length));
  }
});

test("rows carry text and NULL", () => {
  const columns = decodeColumns(
    Buffer.concat([Buffer.from("\0\x02a\0"), Buffer.alloc(18), Buffer.from("b\0"), Buffer.alloc(18)]),
  );
  assert.deepEqual(columns, ["a", "b"]);
  const row = Buffer.from("\0\x02\xff\xff\xff\xff\0\0\0\x02hi", "latin1");
  assert.deepEqual(decodeRow(row, columns), { a: null, b: "hi" });
});

test("a complaint keeps what it says and skips fields it does not know", () => {
  const body = Buffer.from("SERROR\0C42P01\0Mno such table\0P15\0Zfuture\0\0");
  assert.deepEqual(decodeComplaint(body), { message: "no such table", sqlState: "42P01", position: 15 });
});

test("hostile bytes are an error of the protocol, never a crash or a hang", () => {
  const decoders = [decodeColumns, decodeComplaint, (body: Buffer) => decodeRow(body, ["a", "b"])];
  const run = (bytes: Uint8Array) => {
    for (const decode of [...decoders, (body: Buffer) => new MessageReader().push(body)]) {
      try {
        decode(Buffer.from(bytes));
      } catch (thrown) {
        assert.ok(thrown instanceof SqlError, String(thrown));
      }
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), run), { numRuns: 2_000 });
});
