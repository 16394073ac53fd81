import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addExtended, addInt64, formatExtended, multiplyInt64, parseExtended, parseInt64 } from "./index.ts";

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

test("every 64-bit integer is read as what it is", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: MIN, max: MAX }), (value) => {
      assert.equal(BigInt(parseInt64(String(value)) ?? "0x0") === value, true);
    }),
  );
});

for (const text of [
  "",
  "-",
  "+1",
  " 1",
  "1 ",
  "01",
  "-01",
  "-0",
  "1.0",
  "1e3",
  "0x1",
  "9223372036854775808",
  "-9223372036854775809",
  "١",
])
  test(`${JSON.stringify(text)} is no canonical 64-bit integer`, () => {
    assert.equal(parseInt64(text), undefined);
  });

test("sums and products are exact, or undefined beyond 64 bits", () => {
  const int64 = fc.bigInt({ min: MIN, max: MAX });
  fc.assert(
    fc.property(int64, int64, (left, right) => {
      const within = (value: bigint) => (value < MIN || value > MAX ? undefined : value);
      const [a, b] = [parseInt64(String(left)), parseInt64(String(right))];
      assert.ok(a !== undefined && b !== undefined);
      const sum = addInt64(a, b);
      const product = multiplyInt64(a, b);
      assert.equal(sum === undefined ? undefined : BigInt(sum), within(left + right));
      assert.equal(product === undefined ? undefined : BigInt(product), within(left * right));
    }),
  );
});

/** Taken from redis-server 7.0 on x86-64. */
const SUMS: readonly (readonly [left: string, right: string, sum: string])[] = [
  ["0.1", "0.2", "0.3"],
  ["10.50", "0.1", "10.6"],
  ["5.0e3", "200", "5200"],
  ["3.0e3", "1e-20", "3000"],
  ["-1", "1", "0"],
  ["-0.00000000000000000001", "0", "0"],
  ["0", "1.23456789012345678901234567890", "1.23456789012345679"],
  ["1e-17", "0x10", "16.00000000000000001"],
  ["0x1.8p1", "-.5", "2.5"],
];

for (const [left, right, sum] of SUMS)
  test(`${left} + ${right} is ${sum} in extended precision`, () => {
    assert.equal(sumOf(left, right), sum);
  });

function sumOf(left: string, right: string): string | undefined {
  const [a, b] = [parseExtended(left), parseExtended(right)];
  const sum = a && b && addExtended(a, b);
  return sum && formatExtended(sum);
}

test("whole numbers of up to 63 bits add up exactly", () => {
  const whole = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
  fc.assert(fc.property(whole, whole, (a, b) => assert.equal(sumOf(`${a}`, `${b}`), `${a + b}`)));
});

for (const text of [
  "",
  ".",
  "e5",
  "1e",
  " 1",
  "1 ",
  "nan",
  "1e5000",
  "1e-99999",
  "1e999999999999",
  "0x",
  "0x1p99999999999",
  "1,5",
])
  test(`${JSON.stringify(text)} is no number in range`, () => {
    assert.equal(parseExtended(text), undefined);
  });

test("infinity is a number, but no sum", () => {
  const infinity = parseExtended("-Infinity");
  assert.ok(infinity);
  assert.equal(formatExtended(infinity), "-inf");
  assert.equal(addExtended(infinity, infinity), undefined);
});
