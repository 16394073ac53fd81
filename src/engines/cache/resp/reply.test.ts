import assert from "node:assert/strict";
import { test } from "node:test";
import { type ProtocolVersion, Reply } from "./index.ts";

function written(protocol: ProtocolVersion, write: (reply: Reply) => void): string {
  const reply = new Reply(1000);
  reply.protocol = protocol;
  write(reply);
  return reply.take();
}

const FORMS: readonly (readonly [
  what: string,
  write: (reply: Reply) => void,
  resp2: string,
  resp3: string,
])[] = [
  ["a simple string", (reply) => reply.simple("PONG"), "+PONG\r\n", "+PONG\r\n"],
  ["an error", (reply) => reply.error("ERR no\r\n+OK"), "-ERR no  +OK\r\n", "-ERR no  +OK\r\n"],
  ["an integer", (reply) => reply.integer(-3), ":-3\r\n", ":-3\r\n"],
  [
    "a large integer",
    (reply) => reply.integer(2n ** 63n - 1n),
    ":9223372036854775807\r\n",
    ":9223372036854775807\r\n",
  ],
  ["a bulk string", (reply) => reply.bulk("\x00\r\n"), "$3\r\n\x00\r\n\r\n", "$3\r\n\x00\r\n\r\n"],
  ["an empty bulk string", (reply) => reply.bulk(""), "$0\r\n\r\n", "$0\r\n\r\n"],
  ["no value", (reply) => reply.null(), "$-1\r\n", "_\r\n"],
  ["no array", (reply) => reply.nullArray(), "*-1\r\n", "_\r\n"],
  [
    "an array",
    (reply) => reply.bulks(["a", ""]),
    "*2\r\n$1\r\na\r\n$0\r\n\r\n",
    "*2\r\n$1\r\na\r\n$0\r\n\r\n",
  ],
  ["a map's head", (reply) => reply.map(2), "*4\r\n", "%2\r\n"],
  ["a set's head", (reply) => reply.set(2), "*2\r\n", "~2\r\n"],
  ["text for people", (reply) => reply.verbatim("hi"), "$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n"],
];

for (const [what, write, resp2, resp3] of FORMS)
  test(`${what} is written as each version of the protocol has it`, () => {
    assert.equal(written(2, write), resp2);
    assert.equal(written(3, write), resp3);
  });

test("an answer beyond the limit is not kept, and said to be too long", () => {
  const reply = new Reply(10);
  reply.bulk("12345678901");
  assert.equal(reply.overflowed, true);
  assert.equal(reply.take(), "");
});
