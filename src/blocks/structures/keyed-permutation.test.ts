import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeBase62 } from "./base62.ts";
import { keyedPermutation } from "./keyed-permutation.ts";

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index);
const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 });

test("every value of every small domain is reached exactly once", () => {
  for (let size = 1; size <= 130; size++) {
    const permutation = keyedPermutation({ size, key: KEY });
    const reached = new Set<number>();
    for (let value = 0; value < size; value++) {
      const to = permutation.apply(value);
      assert.ok(Number.isInteger(to) && to >= 0 && to < size);
      assert.equal(permutation.invert(to), value);
      reached.add(to);
    }
    assert.equal(reached.size, size);
  }
});

test("in a domain of any size and under any key, inverting gives the value back", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 52 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      anyKey,
      (size, share, key) => {
        const permutation = keyedPermutation({ size, key });
        const value = Math.floor(share * size);
        const to = permutation.apply(value);
        assert.ok(Number.isInteger(to) && to >= 0 && to < size);
        assert.equal(permutation.invert(to), value);
      },
    ),
  );
});

test("the values of earlier releases still come out", () => {
  const permutation = keyedPermutation({ size: 62 ** 7, key: KEY });
  const codes = [0, 1, 2, 62 ** 7 - 1].map((value) => encodeBase62(permutation.apply(value), 7));
  assert.deepEqual(codes, ["iruwMMR", "I2EpvRx", "l60Bcju", "LiZqSRc"]);
});

test("neighbours land far apart, and another key sends them elsewhere", () => {
  const size = 62 ** 7;
  const permutation = keyedPermutation({ size, key: KEY });
  const other = keyedPermutation({ size, key: KEY.toReversed() });
  let distance = 0;
  const count = 1000;
  for (let value = 0; value < count; value++) {
    distance += Math.abs(permutation.apply(value) - permutation.apply(value + 1)) / size;
    assert.notEqual(permutation.apply(value), other.apply(value));
  }
  // Two independent uniform points of [0, 1) are a third apart on average.
  assert.ok(Math.abs(distance / count - 1 / 3) < 0.04, `mean distance ${distance / count}`);
});

test("a value outside the domain, a size outside 1 to 2^52 and a short key are refused", () => {
  const permutation = keyedPermutation({ size: 10, key: KEY });
  for (const value of [-1, 10, 0.5, Number.NaN]) {
    assert.throws(() => permutation.apply(value), RangeError);
    assert.throws(() => permutation.invert(value), RangeError);
  }
  for (const size of [0, -1, 1.5, 2 ** 52 + 2, Number.NaN]) {
    assert.throws(() => keyedPermutation({ size, key: KEY }), RangeError);
  }
  assert.throws(() => keyedPermutation({ size: 10, key: new Uint8Array(8) }), /32 bytes/);
});
