import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../time/index.ts";
import { KeyHash } from "./key-hash.ts";

test("every bit of the hash is set for about half of all keys, those that differ in little too", () => {
  const hash = new KeyHash(seededRandom(1));
  const counts = new Float64Array(64);
  const keys = 20_000;
  for (let index = 0; index < keys; index++) {
    hash.of(`user:${index}`);
    for (let bit = 0; bit < 32; bit++) {
      counts[bit] = (counts[bit] ?? 0) + ((hash.low >>> bit) & 1);
      counts[32 + bit] = (counts[32 + bit] ?? 0) + ((hash.high >>> bit) & 1);
    }
  }
  // Six standard deviations.
  for (const count of counts) assert.ok(Math.abs(count - keys / 2) < 3 * Math.sqrt(keys));
});

test("the two halves together repeat for no two of many keys, and depend on the secret", () => {
  const hash = new KeyHash(seededRandom(2));
  const other = new KeyHash(seededRandom(3));
  const seen = new Set<string>();
  for (let index = 0; index < 50_000; index++) {
    hash.of(`${index}`);
    other.of(`${index}`);
    seen.add(`${hash.low}:${hash.high}`);
    assert.ok(hash.low !== other.low || hash.high !== other.high);
  }
  assert.equal(seen.size, 50_000);
});

test("keys that differ in one character, its width, their length or an end of zeros are apart", () => {
  const hash = new KeyHash(seededRandom(4));
  const alike = [
    "",
    "\0",
    "\0\0",
    "\0\0\0\0",
    "abcd",
    "abcd\0",
    "abc",
    "abcé",
    "abcł",
    "łabc",
    "aB",
    "ŁB",
    "\u4261",
    "aBcD",
    "\u4261\u4463",
  ];
  const seen = new Set(
    alike.map((key) => {
      hash.of(key);
      return `${hash.low}:${hash.high}`;
    }),
  );
  assert.equal(seen.size, alike.length);
});
