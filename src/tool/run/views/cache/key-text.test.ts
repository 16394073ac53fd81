import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { keyBytes, keyText, patternBytes } from "./key-text.ts";

describe("keys as text", () => {
  test("what can be read stays, and all else is told by its bytes", () => {
    const cases: readonly (readonly [Buffer, string])[] = [
      [Buffer.from("user:42 grün 日本"), "user:42 grün 日本"],
      [Buffer.from([0x61, 0x00, 0xff, 0x62]), "a\\x00\\xffb"],
      [Buffer.from("a\\x41\n"), "a\\\\x41\\x0a"],
      // A character that turns the direction of writing, and one without width.
      [Buffer.from("\u202egpj\u200b"), "\\xe2\\x80\\xaegpj\\xe2\\x80\\x8b"],
      // Longer than needed, half a pair, and cut off.
      [Buffer.from([0xc0, 0x80, 0xed, 0xa0, 0x80, 0xe6, 0x97]), "\\xc0\\x80\\xed\\xa0\\x80\\xe6\\x97"],
    ];
    for (const [bytes, text] of cases) assert.equal(keyText(bytes), text);
  });

  test("every key comes back from its text, and the text holds nothing that is not seen", () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, (key) => {
        const text = keyText(key);
        assert.deepEqual(keyBytes(text), Buffer.from(key));
        assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test("a byte named in a pattern is that byte and no wildcard; all else is as the server has it", () => {
    assert.deepEqual(patternBytes("user:*\\x00"), Buffer.from("user:*\0"));
    assert.deepEqual(patternBytes("\\x2a\\x3F"), Buffer.from("\\*\\?"));
    assert.deepEqual(patternBytes("\\*[a-z]\\\\x41"), Buffer.from("\\*[a-z]\\\\x41"));
  });
});
