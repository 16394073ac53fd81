import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EVENT_LENGTH_MAX, eventStreamReader, type ServerSentEvent } from "./event-stream.ts";

const EXAMPLE =
  '\uFEFF: hello\nevent: figures\ndata: {"a":\r\ndata: 1}\r\n\r\nid: 7\ndata:no space\rdata\r\r\nevent: empty\n\ndata: last\n\n';
const READ: ServerSentEvent[] = [
  { type: "figures", data: '{"a":\n1}' },
  { type: "message", data: "no space\n" },
  { type: "message", data: "last" },
];

test("events are read whatever their line ends are; comments, other fields and events without data are left out", () => {
  assert.deepEqual(eventStreamReader()(EXAMPLE), READ);
});

test("a stream means the same in whatever pieces it comes", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(EXAMPLE.length), { maxLength: 12 }), (cuts) => {
      const read = eventStreamReader();
      const places = [0, ...cuts.sort((one, other) => one - other), EXAMPLE.length];
      const events = places.flatMap((from, at) => read(EXAMPLE.slice(from, places[at + 1])));
      assert.deepEqual(events, READ);
    }),
  );
});

test("an event that has not ended is not told", () => {
  const read = eventStreamReader();
  assert.deepEqual(read("data: one\n"), []);
  assert.deepEqual(read("\n"), [{ type: "message", data: "one" }]);
});

test("an event beyond the bound is left out, and the one after it is read", () => {
  const read = eventStreamReader();
  const half = "x".repeat(EVENT_LENGTH_MAX / 2 + 1);
  assert.deepEqual(read(`data: ${half}\ndata: ${half}\n\n`), []);
  assert.deepEqual(read(`data: ${half}`), []);
  assert.deepEqual(read(half), []);
  assert.deepEqual(read("the end\n\ndata: next\n\n"), [{ type: "message", data: "next" }]);
});
