import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { HmacSha256 } from "./hmac.ts";

test("the cases of RFC 4231, section 4, that are text come out as it says", () => {
  const cases = [
    ["0b".repeat(20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
    [
      Buffer.from("Jefe").toString("hex"),
      "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      "aa".repeat(131),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
  ] as const;
  for (const [key, text, expected] of cases) {
    assert.equal(
      Buffer.from(new HmacSha256(Buffer.from(key, "hex")).of(text), "base64url").toString("hex"),
      expected,
    );
  }
});

test("keys and texts of any length make the same as the runtime's own HMAC, one after the other with one object", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 100 }),
      fc.array(fc.string({ unit: "binary", maxLength: 250, size: "max" }), { minLength: 1, maxLength: 4 }),
      (key, texts) => {
        const hmac = new HmacSha256(key);
        for (const text of texts) {
          assert.equal(hmac.of(text), createHmac("sha256", key).update(text, "utf8").digest("base64url"));
        }
      },
    ),
  );
});
