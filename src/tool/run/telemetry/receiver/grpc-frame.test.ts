import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeGrpcMessage, frameOf, messageOfFrame } from "./grpc-frame.ts";

test("a message is what was framed, and nothing else is a frame", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const frame = frameOf(bytes);
      assert.deepEqual(messageOfFrame(frame), { isCompressed: false, bytes });
      for (let length = 0; length < frame.length; length++)
        assert.equal(messageOfFrame(frame.subarray(0, length)), "malformed");
      assert.equal(messageOfFrame(Uint8Array.of(...frame, 0)), "malformed");
    }),
  );
  assert.deepEqual(messageOfFrame(Uint8Array.of(1, 0, 0, 0, 1, 7)), {
    isCompressed: true,
    bytes: Uint8Array.of(7),
  });
  assert.equal(messageOfFrame(Uint8Array.of(2, 0, 0, 0, 1, 7)), "malformed");
});

test("a status message is printable ASCII whatever it says, and decodes to what it said", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), (text) => {
      const encoded = encodeGrpcMessage(text);
      assert.match(encoded, /^[\x20-\x7e]*$/);
      assert.equal(decodeURIComponent(encoded), text);
    }),
  );
  assert.equal(encodeGrpcMessage("\ud800"), "%EF%BF%BD");
});
