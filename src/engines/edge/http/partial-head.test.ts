import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { headEnd, PartialHead } from "./partial-head.ts";

const bytesOf = (text: string): Buffer => Buffer.from(text, "latin1");

test("the end of a head is where its empty line is, whatever line ends stand before it", () => {
  const piece = fc.constantFrom("\r\n\r\n", "\r\n", "\r", "\n", "a", "bc", "def", "\0");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.nat({ max: 10 }), (pieces, from) => {
      const bytes = bytesOf(pieces.join(""));
      assert.equal(headEnd(bytes, from), from > bytes.length ? -1 : bytes.indexOf("\r\n\r\n", from));
    }),
    { numRuns: 2_000 },
  );
});

test("a head that comes in pieces is put together, though each piece is written over", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,900}$/), { minLength: 1, maxLength: 6 }), (pieces) => {
      const partial = new PartialHead();
      for (const piece of pieces) {
        const fed = bytesOf(piece);
        assert.equal(partial.hold(partial.join(fed), 0), true);
        fed.fill(0);
      }
      assert.equal(partial.held.toString("latin1"), pieces.join(""));
      assert.equal(partial.length, pieces.join("").length);
      partial.drop();
      assert.equal(partial.join(bytesOf("next")).toString("latin1"), "next");
    }),
  );
});

test("what was passed over before a head is no part of it, and vouches for nothing of it", () => {
  const partial = new PartialHead();
  assert.equal(partial.hold(partial.join(bytesOf("\r")), 0), true);
  assert.equal(partial.hold(partial.join(bytesOf("\nGET / HT")), 2), true);
  assert.equal(partial.join(bytesOf("TP")).toString("latin1"), "GET / HTTP");
  const bad = new PartialHead();
  assert.equal(bad.hold(bad.join(bytesOf("\r")), 0), true);
  assert.equal(bad.hold(bad.join(bytesOf("\n\0")), 2), false);
});

for (const [what, pieces] of [
  ["a first byte that no token has", ["\x16"]],
  ["a blank for its first byte", [" "]],
  ["a line feed for its first byte", ["\n"]],
  ["a bare line feed", ["GET / HTTP/1.1\nH"]],
  ["a bare line feed that comes alone", ["GET", "\n"]],
  ["a bare carriage return", ["GET\r/"]],
  ["a bare carriage return at the end of a piece", ["GET\r", "/"]],
  ["two carriage returns", ["GET\r", "\r"]],
  ["a zero byte", ["GET", "\0"]],
  ["a DEL", ["GET\x7f"]],
] as const) {
  test(`bytes with ${what} cannot become a head, and that shows at once`, () => {
    const partial = new PartialHead();
    const held = pieces.map((piece) => partial.hold(partial.join(bytesOf(piece)), 0));
    assert.deepEqual(held, [...pieces.slice(1).map(() => true), false]);
  });
}

test("a head that is dribbled byte by byte costs in proportion to its size", () => {
  const bytes = bytesOf(`GET / HTTP/1.1\r\nX-A: ${"a".repeat(512 * 1024)}`);
  const partial = new PartialHead();
  const before = process.cpuUsage();
  for (let at = 0; at < bytes.length; at++) {
    const joined = partial.join(bytes.subarray(at, at + 1));
    assert.equal(headEnd(joined, partial.searchFrom), -1);
    assert.equal(partial.hold(joined, 0), true);
  }
  // A copy, or a search, of all of it for each byte would take longer by orders of magnitude.
  assert.ok(process.cpuUsage(before).user < 5_000_000);
});
