import assert from "node:assert/strict";
import { test } from "node:test";
import { ChaCha20 } from "./chacha20.ts";

const hex = (words: Uint32Array) =>
  Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString("hex");

test("the block of RFC 8439, section 2.3.2, comes out", () => {
  const key = Uint8Array.from({ length: 32 }, (_, index) => index);
  const block = new ChaCha20(key).block(1, [0x09000000, 0x4a000000, 0x00000000]);
  assert.equal(
    hex(block),
    "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e" +
      "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e",
  );
});

test("the blocks of an all-zero key of RFC 8439, appendix A.1, come out", () => {
  const cipher = new ChaCha20(new Uint8Array(32));
  assert.match(hex(cipher.block(0, [0, 0, 0])), /^76b8e0ada0f13d90405d6ae55386bd28/);
  assert.match(hex(cipher.block(1, [0, 0, 0])), /^9f07e7be5551387a98ba977c732d080d/);
});

test("a key of another length is refused", () => {
  assert.throws(() => new ChaCha20(new Uint8Array(16)), /32 bytes, not 16/);
});
