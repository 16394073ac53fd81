import assert from "node:assert/strict";
import { isIPv4, isIPv6 } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { addressBytes, addressText } from "./ip-address.ts";

test("every address is read back from its own text, and Node agrees that the text is one", () => {
  fc.assert(
    fc.property(fc.oneof(bytesOf(4), bytesOf(16)), (bytes) => {
      const text = addressText(bytes);
      assert.deepEqual(addressBytes(text), bytes);
      assert.ok(bytes.length === 4 ? isIPv4(text) : isIPv6(text), text);
    }),
  );
});

test("addresses of IPv6 are written as RFC 5952 says", () => {
  const spellings: readonly (readonly [string, string])[] = [
    ["2001:0DB8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["::1", "::1"],
    ["fe80::", "fe80::"],
    ["::ffff:c000:0201", "::ffff:192.0.2.1"],
  ];
  for (const [written, canonical] of spellings) {
    const bytes = addressBytes(written);
    assert.ok(bytes, written);
    assert.equal(addressText(bytes), canonical);
  }
});

test("whatever Node takes for an address is one here, and nothing else is", () => {
  const pieces = fc.array(
    fc.constantFrom("0", "1", "12", "255", "256", "ffff", "a", ":", "::", ".", ":1", "01", "g"),
    {
      maxLength: 14,
    },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        pieces.map((some) => some.join("")),
        fc.ipV4(),
        fc.ipV6(),
      ),
      (text) => {
        assert.equal(addressBytes(text) !== undefined, isIPv4(text) || isIPv6(text), text);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("what some read as an octal number, and a zone, are no address", () => {
  for (const text of [
    "010.0.0.1",
    "1.2.3.04",
    "fe80::1%eth0",
    "",
    "1.2.3",
    "1.2.3.4.5",
    "::ffff:01.2.3.4",
    "1".repeat(99),
  ])
    assert.equal(addressBytes(text), undefined, text);
});

/** With many zeros among them, since those are what the spelling is about. */
function bytesOf(length: number): fc.Arbitrary<Uint8Array> {
  const byte = fc.oneof(fc.constant(0), fc.constant(255), fc.nat(255));
  return fc.array(byte, { minLength: length, maxLength: length }).map((some) => Uint8Array.from(some));
}
