import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeBase62, encodeBase62 } from "./base62.ts";

test("every whole number up to 2^53 - 1 is read back as it was written", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (value) => assert.equal(decodeBase62(encodeBase62(value)), value)));
});

test("padding keeps the number, and texts of one width sort as their numbers do", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (one, other) => {
      const [first, second] = [encodeBase62(one, 9), encodeBase62(other, 9)];
      assert.equal(first.length, 9);
      assert.equal(decodeBase62(first), one);
      assert.equal(first < second, one < other);
    }),
  );
});

test("the digits are 0-9, A-Z, a-z, in this order", () => {
  assert.equal(encodeBase62(0), "0");
  assert.equal(encodeBase62(61), "z");
  assert.equal(encodeBase62(62), "10");
  assert.equal(encodeBase62(62 ** 7 - 1), "zzzzzzz");
  assert.equal(encodeBase62(35, 7), "000000Z");
});

test("what is not base 62 is not read", () => {
  for (const text of ["", "-1", "a b", "ä", "a\u0000", "zzzzzzzzzzz", "1.5"]) {
    assert.equal(decodeBase62(text), undefined, JSON.stringify(text));
  }
});

test("what cannot be written is refused", () => {
  for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    assert.throws(() => encodeBase62(value), RangeError);
  }
  assert.throws(() => encodeBase62(62 ** 7, 7), /needs more than 7/);
});
