import assert from "node:assert/strict";
import { test } from "node:test";
import { KeylessHashes, mixed, secondStableHash, stableHash } from "./stable-hash.ts";

test("hashes are what they are, in every process and release: members and keys would be dealt anew otherwise", () => {
  assert.deepEqual(
    ["", "a", "shortener.1", "192.0.2.1", "grüße", "日本"].map((text) => [
      stableHash(text),
      secondStableHash(text),
    ]),
    GOLDEN,
  );
});

const GOLDEN = [
  [396721019, 2571527587],
  [993212621, 3084386495],
  [682371134, 747762706],
  [1922510563, 1683109595],
  [2883104532, 3926536655],
  [1314885563, 3931536359],
];

test("mixing is one to one, and changes about half of the bits when one is changed", () => {
  const seen = new Set<number>();
  let changed = 0;
  for (let bits = 0; bits < 20_000; bits++) {
    seen.add(mixed(bits));
    for (let difference = mixed(bits) ^ mixed(bits ^ 1); difference !== 0; difference &= difference - 1)
      changed += 1;
  }
  assert.equal(seen.size, 20_000);
  assert.ok(Math.abs(changed / 20_000 - 16) < 0.5, `${changed / 20_000} bits`);
});

test("draws without a key are spread evenly, however few they are", () => {
  const hashes = new KeylessHashes();
  const counts = new Array<number>(16).fill(0);
  for (let draw = 0; draw < 160; draw++) {
    const sixteenth = hashes.next() >>> 28;
    counts[sixteenth] = (counts[sixteenth] ?? 0) + 1;
  }
  for (const count of counts) assert.ok(count >= 8 && count <= 12, `${counts}`);
});
