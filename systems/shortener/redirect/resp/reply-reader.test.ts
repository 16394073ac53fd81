import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ProtocolError, type Reply, ReplyReader } from "./reply-reader.ts";

const anyReply = fc.oneof(
  fc.constantFrom("OK", "PONG").map((text) => ({ reply: text as Reply, wire: `+${text}\r\n` })),
  fc.integer().map((value) => ({ reply: value as Reply, wire: `:${value}\r\n` })),
  fc.constant({ reply: null as Reply, wire: "$-1\r\n" }),
  fc.constant({ reply: { error: "ERR no" } as Reply, wire: "-ERR no\r\n" }),
  fc.string({ unit: "grapheme", maxLength: 300 }).map((text) => {
    return { reply: text as Reply, wire: `$${Buffer.byteLength(text)}\r\n${text}\r\n` };
  }),
);

test("replies are the same, however their bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(anyReply),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (sent, sizes) => {
        const bytes = Buffer.from(sent.map(({ wire }) => wire).join(""));
        const reader = new ReplyReader();
        const received: Reply[] = [];
        for (let at = 0, piece = 0; at < bytes.length; piece++) {
          const size = sizes[piece % sizes.length] ?? 1;
          reader.push(bytes.subarray(at, at + size), (reply) => received.push(reply));
          at += size;
        }
        assert.deepEqual(
          received,
          sent.map(({ reply }) => reply),
        );
      },
    ),
  );
});

test("what no command asks for, and what is not RESP, is refused", () => {
  for (const text of [
    "*1\r\n:1\r\n",
    "HTTP/1.1 200 OK\r\n",
    ":abc\r\n",
    "$9999999\r\n",
    "$-2\r\n",
    "+a\rb\r\n",
    "\r\n\r\n",
  ]) {
    assert.throws(
      () => new ReplyReader().push(Buffer.from(text), () => {}),
      ProtocolError,
      JSON.stringify(text),
    );
  }
  const endless = Buffer.alloc(10_000, "+");
  assert.throws(() => new ReplyReader().push(endless, () => {}), ProtocolError);
});

test("whatever bytes come, the reader returns or refuses", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        new ReplyReader().push(Buffer.from(bytes), () => {});
      } catch (thrown) {
        assert.ok(thrown instanceof ProtocolError);
      }
    }),
  );
});
