import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { cacheText } from "./cache-text.ts";

describe("bytes of a cache, as they are shown", () => {
  test("UTF-8 is text, with its tabs and ends of lines", () => {
    assert.deepEqual(cacheText(Buffer.from('{"a":\t"ü"}\r\n')), {
      text: '{"a":\t"ü"}\r\n',
      form: "text",
      bytes: 13,
      isCut: false,
    });
  });

  test("anything else is hexadecimal digits", () => {
    for (const bytes of [Buffer.from([0xff]), Buffer.from("a\0b"), Buffer.from("\u001b[31m")]) {
      assert.deepEqual(cacheText(bytes), {
        text: bytes.toString("hex"),
        form: "hex",
        bytes: bytes.length,
        isCut: false,
      });
    }
  });

  test("text that was cut inside a character is still text, and tells how long it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.nat(), (text, cut) => {
        fc.pre(!/\p{Cc}/u.test(text));
        const whole = Buffer.from(text);
        const at = cut % whole.length;
        const shown = cacheText(whole.subarray(0, at), whole.length);
        assert.equal(shown.form, "text");
        assert.ok(text.startsWith(shown.text));
        assert.ok(at - Buffer.byteLength(shown.text) < 4);
        assert.deepEqual([shown.bytes, shown.isCut], [whole.length, true]);
      }),
    );
  });
});
